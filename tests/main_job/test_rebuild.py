"""The lake can be thrown away: landing, ledger and definitions make it again, row for row. A folder can be moved."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from tests.few_tags import check_nothing, keep_few
from tests.main_job.conftest import NOW, imported

import huaxiang
from huaxiang.town import build
from huaxiang.workspace import Workspace

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace after imports, a mended row and a refresh."""
    town = tmp_path_factory.mktemp("town")
    build(town, customers=500, days=60, seed=3)
    workspace = huaxiang.init(tmp_path_factory.mktemp("used") / "ws", memory_limit="2GB")
    imported(workspace, *sorted((town / "raw").iterdir()))
    mend_one_amount(workspace)
    workspace.refresh(NOW)
    return workspace


def mend_one_amount(workspace: Workspace) -> None:
    """Give the first order whose amount is a word an amount."""
    waiting = workspace.quarantine().to_pylist()
    row = next(one for one in waiting if one["reason"] == "amount_unreadable" and "商城订单" in one["file_name"])
    header = "实付金额" if "实付金额" in json.loads(row["raw_text"]) else "实付金额 "
    report = workspace.replay(row["import_id"], {row["source_row"]: {header: "88.00"}}, NOW + timedelta(minutes=1))
    assert report.rows_kept + report.rows_repaired == 1


def contents(workspace: Workspace) -> dict[str, Counter[str]]:
    """Every published table as a bag of rows."""
    with workspace.reading() as engine:
        names = [name for name in engine.tables() if name != "run"]
        return {name: Counter(map(repr, engine.arrow(engine.table(name)).to_pylist())) for name in names}


def test_a_rebuild_gives_the_same_tables(used: Workspace) -> None:
    before = contents(used)
    assert len(before["customer"]) > 100
    used.rebuild(NOW + timedelta(days=1))
    after = contents(used)
    assert set(after) == set(before)
    assert [name for name in before if after[name] != before[name]] == []


def test_a_moved_workspace_goes_on(used: Workspace, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(used.folder, copy, symlinks=True)
    assert contents(huaxiang.open(copy)) == contents(used)
    keep_few(copy, ("orders_total", "net_revenue_total"))  # which tags it goes on with does not matter
    check_nothing(copy)
    moved = huaxiang.open(copy)
    extra = tmp_path / "new.csv"
    extra.write_text("会员号,姓名,手机号\nNEW1,王新,13912345678\n", encoding="utf-8")
    [report] = imported(moved, extra)
    assert report.rows_kept == 1
    moved.refresh(NOW + timedelta(days=2))
    assert len(contents(moved)["person_record"]) == len(contents(used)["person_record"]) + 1
