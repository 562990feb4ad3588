"""A small shop whose members contradict themselves; tests only read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.once import own_copy

from huaxiang.workspace import Workspace

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
SCRIPT = "<script>window.__xss=1</script>"
MEMBERS = f"""会员号,姓名,手机号,邮箱,性别,生日,职业,城市,身份证号
M0001,王小明,+86 136-1111-2222,wang@shop-mail.cn,男,1949-12-31,退休,上海市,11010519491231002X
M0002,李女士,13800138000,li@qq.con,男,2008-06-07,退休,北京市,
M0003,赵铁柱,123,,男,1900-01-01,教师,广州市,
M0004,{SCRIPT},13944445555,,女,2007-09-09,退休,广州市,
"""
ORDERS = """订单号,会员号,下单时间,门店编号,商品总额,优惠金额,实付金额,订单状态
D1001,M0001,2026-03-01 10:00:00,S1,100,0,100,已付款
D1002,M0001,2026-04-01 10:00:00,S1,220,20,150,已付款
D1003,M0002,2026-06-10 12:30:00,S2,80,0,80,已付款
D1004,M0004,2026-06-30 09:15:00,S2,60,0,60,已付款
D1005,M0004,2026-06-31 09:15:00,S2,60,0,60,已付款
"""


@pytest.fixture(scope="session")
def odd_shop_made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The shop, only read."""
    return Workspace.open(own_copy(tmp_path_factory, "odd-shop", made_odd) / "ws")


def made_odd(folder: Path) -> None:
    """Make the workspace of the shop in ``folder / "ws"`` by the real chain, refreshed as of 2026-06-30."""
    workspace = Workspace.init(folder / "ws", name="小店", memory_limit="1GB", threads=1)
    for name, text in {"会员.csv": MEMBERS, "订单.csv": ORDERS}.items():
        (folder / name).write_text(text, encoding="utf-8")
        workspace.import_files(workspace.look(folder / name), NOW)
    workspace.refresh(NOW, as_of=date(2026, 6, 30))


@pytest.fixture
def odd_shop(odd_shop_made: Workspace, workspace: Path) -> Iterator[Workspace]:
    """The shop, served instead of the empty folder."""
    from django.test import override_settings

    with override_settings(HUAXIANG_WORKSPACE=odd_shop_made.folder):
        yield odd_shop_made


@pytest.fixture
def new_shop(tmp_path: Path, workspace: Path) -> Iterator[Workspace]:
    """A workspace into which nothing was imported."""
    from django.test import override_settings

    made = Workspace.init(tmp_path / "new", name="新店")
    with override_settings(HUAXIANG_WORKSPACE=made.folder):
        yield made
