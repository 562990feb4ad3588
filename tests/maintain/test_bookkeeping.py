"""What the lake shows and the ledger lacks is written down once, by whoever asked for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.workspace.small import MORE_ORDERS, NOW, taken_in, written

from huaxiang.errors import NotFound
from huaxiang.ledger import Entry, Ledger
from huaxiang.workspace import Workspace


def logged(workspace: Workspace, kind: str) -> list[Entry]:
    """The entries of a kind."""
    with Ledger.open(workspace.ledger_path) as ledger:
        return list(ledger.entries(kind))


def without_ledger(workspace: Workspace) -> None:
    """Lose the ledger, as if every build had been killed just before writing into it."""
    for path in workspace.ledger_path.parent.iterdir():
        path.unlink()


def test_a_lost_ledger_gets_its_imports_and_its_runs_back(workspace: Workspace) -> None:
    kinds = ("import.accepted", "refresh.published", "identity.link", "identity.hold")
    before = {kind: [dict(entry.body) for entry in logged(workspace, kind)] for kind in kinds}
    assert (len(before["import.accepted"]), len(before["refresh.published"])) == (2, 1)
    without_ledger(workspace)
    workspace.import_files([], NOW, actor="lee")
    workspace.import_files([], NOW, actor="lee")
    assert {kind: [dict(entry.body) for entry in logged(workspace, kind)] for kind in kinds} == before
    assert {entry.actor for entry in logged(workspace, "import.accepted")} == {"kim"}


def test_the_same_file_again_is_not_logged_again(workspace: Workspace, tmp_path: Path) -> None:
    path = written(tmp_path, "六月订单.csv", MORE_ORDERS)
    first, second = taken_in(workspace, path), taken_in(workspace, path, actor="lee")
    assert second.import_id == first.import_id
    assert [entry.actor for entry in logged(workspace, "import.accepted")] == ["kim"] * 3


def test_a_row_is_mended_once(workspace: Workspace, tmp_path: Path) -> None:
    report = taken_in(workspace, written(tmp_path, "六月订单.csv", MORE_ORDERS))
    waiting = [row for row in workspace.quarantine().to_pylist() if row["import_id"] == report.import_id]
    fixes = {row["source_row"]: {"实付金额": "89"} for row in waiting}
    assert len(fixes) == 1
    workspace.replay(report.import_id, fixes, NOW, actor="lee")
    with pytest.raises(NotFound) as found:
        workspace.replay(report.import_id, fixes, NOW, actor="lee")
    assert found.value.code == "history.row_not_waiting"
    with pytest.raises(NotFound) as unknown:
        workspace.replay("nothing", fixes, NOW)
    assert unknown.value.code == "collect.no_such_import"
    entries = logged(workspace, "quarantine.fixed")
    assert [(entry.actor, entry.body["headers"]) for entry in entries] == [("lee", ["实付金额"])]
    imported = next(row for row in workspace.imports().to_pylist() if row["import_id"] == report.import_id)
    assert (imported["rows_kept"] + imported["rows_repaired"], imported["rows_quarantined"]) == (2, 0)
