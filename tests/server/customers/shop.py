"""A small shop in files, made into a workspace by the real chain: import, refresh."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from huaxiang.workspace import Workspace

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
ATTACK = '<img src=x onerror="window.__xss=1">'
SCRIPT = "</script><script>window.__xss=1</script>"

MEMBERS = f"""会员号,姓名,手机号,邮箱,性别,生日,城市,会员等级,注册时间,同意营销
M0001,王小明,13611112222,wang@shop-mail.cn,男,1990-02-03,上海市,金卡,2025-01-05,是
M0002,李秀英,13722223333,li@shop-mail.cn,女,1985-06-07,北京市,银卡,2025-02-05,否
M0003,赵铁柱,13833334444,,男,,{ATTACK.replace('"', "'")},普通会员,2025-03-05,
M0004,{SCRIPT},13944445555,,女,1999-09-09,广州市,普通会员,2025-04-05,是
"""

ORDERS = """订单号,会员号,手机号,下单时间,门店编号,商品总额,优惠金额,实付金额,订单状态
D1001,M0001,13611112222,2026-03-01 10:00:00,S1,100,0,100,已付款
D1002,M0001,13611112222,2026-04-01 10:00:00,S1,220,20,200,已付款
D1003,M0001,13611112222,2026-06-20 10:00:00,S2,300,0,300,已付款
D1004,M0002,13722223333,2026-06-10 12:30:00,S2,80,0,80,已付款
D1005,M0002,13722223333,2026-06-12 12:30:00,S2,50,0,50,已取消
D1006,M0003,13833334444,2026-05-05 09:15:00,S1,60,0,60,已付款
D1007,,,2026-06-25 18:00:00,S1,40,0,40,已付款
"""

SURVEY = f"""会员号,手机号,提交时间,推荐意愿,满意度,意见
M0001,13611112222,2026-06-21 09:00:00,9,5,很满意，我的电话是13611112222
M0003,13833334444,2026-06-22 09:00:00,3,2,{ATTACK.replace('"', "'")}{SCRIPT}
"""


def made_shop(folder: Path) -> Workspace:
    """The workspace of the shop in ``folder / "ws"``, refreshed as of 2026-06-30."""
    files = {"会员.csv": MEMBERS, "订单.csv": ORDERS, "问卷.csv": SURVEY}
    workspace = Workspace.init(folder / "ws", name="小店", memory_limit="1GB", threads=1)
    for name, text in files.items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        workspace.import_files(workspace.look(path), NOW)
    workspace.refresh(NOW, as_of=datetime(2026, 6, 30, tzinfo=UTC).date())
    return workspace
