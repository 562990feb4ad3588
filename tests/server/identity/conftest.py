"""A shop with a family's phone, a placeholder that many use, one customer known from two sources, and one whom an
account without a name shares nothing but the phone with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.few_tags import check_nothing, keep_few
from tests.once import own_copy

from huaxiang.workspace import Workspace

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
DAY = date(2026, 6, 30)
MEMBERS = """会员号,姓名,手机号,注册时间
M1,王小明,13611112222,2025-01-05
M2,李秀英,13722223333,2025-02-05
M3,李大壮,13722223333,2025-03-05
M4,赵铁柱,13800138000,2025-04-05
M5,钱多多,13800138000,2025-05-05
M6,孙悟空,13766667777,2025-05-06
"""
ACCOUNTS = """买家账号,姓名,手机号,注册时间
xiaoming,王小明,13611112222,2025-06-01
"""
SILENT = """买家账号,手机号,注册时间,同意营销
ghost,13766667777,2025-07-01,是
"""
ORDERS = """订单号,会员号,下单时间,实付金额,订单状态
D1,M2,2026-03-01 10:00:00,100,已付款
D2,M2,2026-03-02 10:00:00,50,已付款
"""
#: One member orders for seven others, who all have a phone of their own.
FOR_OTHERS = "订单号,会员号,手机号,下单时间,实付金额,订单状态\n" + "".join(
    f"E{place},M1,1391234567{place},2026-02-0{place} 10:00:00,80,已取消\n" for place in range(1, 8)
)


def made_shop(folder: Path) -> None:
    """Make the workspace of the shop in ``folder / "ws"``, refreshed once, with few tags and no checks."""
    made = Workspace.init(folder / "ws", name="小店", memory_limit="1GB", threads=1)
    keep_few(
        made.folder,
        ("lifecycle", "city", "gender", "net_revenue_total", "net_revenue_365d", "orders_total", "marketing_consent"),
    )
    check_nothing(made.folder)
    for name, text in {
        "会员.csv": MEMBERS,
        "商城账号.csv": ACCOUNTS,
        "无名账号.csv": SILENT,
        "订单.csv": ORDERS,
        "代购.csv": FOR_OTHERS,
    }.items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        made.import_files(made.look(path), NOW)
    made.refresh(NOW, as_of=DAY)


@pytest.fixture(scope="session")
def made_identity_shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The shop, only read."""
    return Workspace.open(own_copy(tmp_path_factory, "identity-shop", made_shop) / "ws")


@pytest.fixture
def shop(made_identity_shop: Workspace, workspace: Path) -> Iterator[Workspace]:
    """The shop, served instead of the empty folder."""
    from django.test import override_settings

    with override_settings(HUAXIANG_WORKSPACE=made_identity_shop.folder):
        yield made_identity_shop


@pytest.fixture
def own_shop(made_identity_shop: Workspace, workspace: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the shop in which a test may decide things."""
    from django.test import override_settings

    folder = tmp_path / "ws"
    shutil.copytree(made_identity_shop.folder, folder, symlinks=True)
    with override_settings(HUAXIANG_WORKSPACE=folder):
        yield Workspace.open(folder)
