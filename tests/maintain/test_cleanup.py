"""What killed builds and superseded results leave behind goes away; what somebody reads stays."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from tests.workspace.small import NOW, written

from huaxiang.engine import DuckEngine
from huaxiang.engine.spill import SpillFolder
from huaxiang.errors import EngineError
from huaxiang.maintain.cleanup import sweep
from huaxiang.workspace import Workspace


@pytest.fixture
def workspace(lean: Workspace) -> Workspace:
    """A workspace of a test's own; which tags it has is nothing to these tests."""
    return lean


def parquet_files(workspace: Workspace) -> set[Path]:
    """The files of the lake."""
    return set(workspace.lake.data.rglob("*.parquet"))


def _derived(files: set[Path]) -> int:
    """How many of the files hold results; every refresh adds one to those of ``run`` and of the crowds' runs, and one
    to those of their changes where somebody came or went."""
    return sum(path.parent.name not in {"run", "crowd_run", "crowd_change"} for path in files)


def swept(workspace: Workspace) -> None:
    """Clean up as the next builder does."""
    sweep(workspace.folder / "tmp", workspace.landing, workspace.folder / "lake")


def test_what_a_killed_build_left_goes_and_a_living_session_keeps_its_folder(workspace: Workspace) -> None:
    scratch, landing = workspace.folder / "tmp", workspace.landing
    left = [scratch / "import-ab12" / "rows.parquet", scratch / "spill-cd34" / "duckdb_temp_storage_DEFAULT-0.tmp"]
    left += [landing.log / "000009-x.partial", landing.objects / "ab" / "abcd.csv.partial"]
    left.append(workspace.folder / "lake" / "generation-0007" / "data" / "half.parquet")
    for path in left:
        written(path.parent, path.name, "half")
    mine = SpillFolder(scratch)
    kept = written(scratch / "uploads", "one.csv", "a,b\n")
    swept(workspace)
    assert [path for path in left if path.exists()] == []
    assert mine.path.is_dir()
    assert kept.exists()
    mine.remove()
    assert not mine.path.exists()
    assert workspace.runs().num_rows == 1


def test_two_sessions_never_spill_into_one_folder(workspace: Workspace) -> None:
    with workspace.reading() as one, workspace.reading() as other:
        folders = {
            engine._duck.execute("SELECT current_setting('temp_directory')").fetchone() for engine in (one, other)
        }
        assert len(folders) == 2
        assert len(list((workspace.folder / "tmp").glob("spill-*"))) == 2
    assert not list((workspace.folder / "tmp").glob("spill-*"))


def test_superseded_files_go_after_the_next_refresh_while_readers_go_on(workspace: Workspace) -> None:
    first = parquet_files(workspace)
    with workspace.reading() as engine:
        profile = engine.table("profile")
        before = engine.arrow(profile.count())[0][0].as_py()
        workspace.refresh(NOW + timedelta(days=1))
        second = parquet_files(workspace)
        assert first <= second, "the results that stood before are kept for those who are reading them"
        workspace.refresh(NOW + timedelta(days=2))
        assert engine.arrow(profile.count())[0][0].as_py() == before
    third = parquet_files(workspace)
    gone = {path.parent.name for path in first - third}
    assert {"profile", "customer", "sale", "rfm"} <= gone
    assert gone.isdisjoint({"orders", "person_record", "import"}), "facts are not superseded"
    assert _derived(third) == _derived(second), "one result and the one before it"


def test_files_without_a_snapshot_go_at_the_next_refresh(workspace: Workspace) -> None:
    orphan = workspace.lake.data / "main" / "profile" / "killed.parquet"
    shutil.copyfile(next(iter(orphan.parent.glob("*.parquet"))), orphan)
    rows = workspace.profiles().num_rows
    workspace.refresh(NOW + timedelta(days=1))
    assert not orphan.exists()
    assert workspace.profiles().num_rows == rows


def test_an_old_lake_stays_while_it_is_read(workspace: Workspace) -> None:
    old = workspace.lake.folder
    reader = DuckEngine(workspace.lake, read_only=True)
    workspace.rebuild(NOW)
    swept(workspace)
    assert reader.arrow(reader.table("profile")).num_rows == 30
    reader.close()
    swept(workspace)
    assert not old.exists()
    assert workspace.profiles().num_rows == 30


def test_a_lake_that_is_gone_is_said_to_be_gone(workspace: Workspace) -> None:
    shutil.rmtree(workspace.folder / "lake")
    with pytest.raises(EngineError) as found:
        workspace.profiles()
    assert found.value.code == "engine.lake_unreadable"
    with pytest.raises(EngineError):
        workspace.refresh(NOW)


@pytest.mark.parametrize("damage", ["gone", "catalogue damaged", "rows gone"])
def test_landing_and_ledger_make_the_same_lake_again(workspace: Workspace, damage: str) -> None:
    before = (workspace.profiles().to_pylist(), workspace.quarantine().to_pylist(), workspace.runs().to_pylist())
    lake = workspace.lake
    if damage == "gone":
        shutil.rmtree(workspace.folder / "lake")
    elif damage == "catalogue damaged":
        lake.catalogue.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    else:
        shutil.rmtree(lake.data)
    workspace.rebuild(NOW)
    after = (workspace.profiles().to_pylist(), workspace.quarantine().to_pylist(), workspace.runs().to_pylist())
    assert sorted(map(repr, after[0])) == sorted(map(repr, before[0]))
    assert after[1:] == before[1:]
