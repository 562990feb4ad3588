"""A small shop's files, and a workspace that has taken them in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.few_tags import check_nothing, keep_few

import huaxiang
from huaxiang.collect.report import ImportReport
from huaxiang.workspace import Workspace

NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
PEOPLE = "会员号,手机号,姓名,注册时间\n" + "".join(
    f"M{number},1391000{number:04d},客{number},2025-01-{number % 28 + 1:02d} 09:00:00\n" for number in range(1, 31)
)
ORDERS = "订单编号,会员号,下单时间,订单状态,实付金额\n" + "".join(
    f"D{number},M{number % 30 + 1},2026-06-{number % 30 + 1:02d} 10:00:00,已完成,{number}.50\n"
    for number in range(1, 61)
)
#: Its second row waits for a readable amount.
MORE_ORDERS = (
    "订单编号,会员号,下单时间,订单状态,实付金额\n"
    "E1,M1,2026-06-30 10:00:00,已完成,8.00\n"
    "E2,M2,2026-06-30 11:00:00,已完成,八九块\n"
)


def written(folder: Path, name: str, text: str) -> Path:
    """A file of that text."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


#: The tags of the lean workspace: stated ones, counts and sums, layers, and one that changes with every day.
FEW = ("orders_total", "net_revenue_total", "registered_on", "city", "days_since_last_order", "lifecycle")


def made_small(folder: Path) -> None:
    """Make a workspace in ``folder / "ws"`` with the people and the orders, refreshed once."""
    _filled(huaxiang.init(folder / "ws", memory_limit="1GB", threads=2), folder)


def made_lean(folder: Path) -> None:
    """The same with :data:`FEW` of the shipped tags and no checks, for tests about neither that refresh much."""
    workspace = huaxiang.init(folder / "ws", memory_limit="1GB", threads=2)
    keep_few(workspace.folder, FEW)
    check_nothing(workspace.folder)
    _filled(workspace, folder)


def _filled(workspace: Workspace, folder: Path) -> None:
    for name, text in (("会员.csv", PEOPLE), ("订单.csv", ORDERS)):
        taken_in(workspace, written(folder / "files", name, text))
    workspace.refresh(NOW)


def taken_in(workspace: Workspace, path: Path, actor: str = "kim") -> ImportReport:
    """Import one file."""
    return workspace.import_files(workspace.look(path), NOW, actor=actor)[0]
