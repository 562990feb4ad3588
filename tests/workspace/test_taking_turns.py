"""One builder at a time; readers beside it never fail; who cancels changes nothing."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.workspace.small import MORE_ORDERS, NOW, taken_in, written

from huaxiang.engine import DuckEngine, building
from huaxiang.errors import BusyError, HuaxiangError
from huaxiang.ledger import Ledger
from huaxiang.words import LANGUAGES, say
from huaxiang.workspace import Workspace

_PROCESSES = multiprocessing.get_context("forkserver")


@pytest.fixture
def workspace(lean: Workspace) -> Workspace:
    """A workspace of a test's own; which tags it has is nothing to these tests."""
    return lean


def hold(lock: str, holding: Any) -> None:
    """Hold the builder's lock until killed."""
    with building(Path(lock), "refresh", NOW):
        holding.set()
        signal.pause()


def test_the_second_builder_is_told_who_builds_and_a_dead_one_leaves_nothing(
    workspace: Workspace, tmp_path: Path
) -> None:
    holding = _PROCESSES.Event()
    process = _PROCESSES.Process(target=hold, args=(str(workspace.folder / "tmp" / "builder.lock"), holding))
    process.start()
    assert holding.wait(120)
    with pytest.raises(BusyError) as found:
        workspace.refresh(NOW)
    told = {
        "pid": process.pid,
        "host": socket.gethostname(),
        "since": NOW.isoformat(timespec="seconds"),
        "work": "refresh",
    }
    assert found.value.params == told
    for lang in LANGUAGES:
        assert all(str(value) in say(found.value.code, lang, **told) for value in told.values())
    process.kill()
    process.join()
    assert taken_in(workspace, written(tmp_path, "六月订单.csv", MORE_ORDERS)).rows_kept == 1


def test_readers_beside_a_refresh_and_a_rebuild_never_fail(workspace: Workspace, tmp_path: Path) -> None:
    taken_in(workspace, written(tmp_path, "六月订单.csv", MORE_ORDERS))
    stop, seen, failures = threading.Event(), set[tuple[int, int, int]](), list[str]()
    readers = [threading.Thread(target=_read, args=(workspace, stop, seen, failures, held)) for held in (True, False)]
    for reader in readers:
        reader.start()
    workspace.refresh(NOW)
    workspace.rebuild(NOW)
    stop.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert seen == {(1, 30, 60), (2, 30, 61)}


def _read(workspace: Workspace, stop: threading.Event, seen: set[Any], failures: list[str], held: bool) -> None:
    """Read one row of three tables again and again, with one engine for ever or a new one every time."""
    engine = DuckEngine(workspace.lake, read_only=True)
    while not stop.wait(0.1):
        try:
            if not held:
                engine.close()
                engine = DuckEngine(Workspace.open(workspace.folder).lake, read_only=True)
            seen.add(_counts(engine))
        except HuaxiangError as problem:
            failures.append(str(problem))
    engine.close()


def _counts(engine: DuckEngine) -> tuple[int, int, int]:
    run, profile, sale = (engine.table(name) for name in ("run", "profile", "sale"))
    one_row = run.aggregate(runs=run.count()).cross_join(
        profile.aggregate(customers=profile.count()), sale.aggregate(sales=sale.count())
    )
    row = engine.arrow(one_row).to_pylist()[0]
    return row["runs"], row["customers"], row["sales"]


@pytest.mark.parametrize("step", ["unify", "publish"])
def test_a_refresh_that_is_cancelled_changes_nothing(workspace: Workspace, step: str) -> None:
    before = _state(workspace)

    def cancel(current: str, _: int, __: int) -> None:
        if current == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workspace.refresh(NOW, progress=cancel)
    assert _state(workspace) == before


@pytest.mark.parametrize("at", ["DuckEngine.arrow", "DuckEngine.publish", "Loader._stage"])
def test_an_import_that_is_interrupted_is_taken_back(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    before = _state(workspace)
    looks = workspace.look(written(tmp_path, "六月订单.csv", MORE_ORDERS))
    with monkeypatch.context() as patch:
        _interrupt(patch, at)
        with pytest.raises(KeyboardInterrupt):
            workspace.import_files(looks, NOW)
    assert _state(workspace) == before
    assert workspace.import_files(looks, NOW)[0].rows_kept == 1


def _interrupt(patch: pytest.MonkeyPatch, at: str) -> None:
    """Send this process what Ctrl-C sends while a file is loaded, once."""
    from huaxiang.collect.load import Loader

    owner, name = at.split(".")
    target = {"DuckEngine": DuckEngine, "Loader": Loader}[owner]
    real, load = getattr(target, name), Loader.load
    state = {"loading": False, "sent": False}

    def loading(self: Loader, *args: Any, **options: Any) -> Any:
        state["loading"] = True
        return load(self, *args, **options)

    def interrupted(self: Any, *args: Any, **options: Any) -> Any:
        if state["loading"] and not state["sent"]:
            state["sent"] = True
            os.kill(os.getpid(), signal.SIGINT)
        return real(self, *args, **options)

    patch.setattr(Loader, "load", loading)
    patch.setattr(target, name, interrupted)


def _state(workspace: Workspace) -> dict[str, Any]:
    with workspace.reading() as engine, Ledger.open(workspace.ledger_path) as ledger:
        return {
            "snapshot": engine.snapshot(),
            "rows": {name: engine.arrow(engine.table(name).count())[0][0].as_py() for name in engine.tables()},
            "ledger": ledger.head(),
            "operations": [one.name for one in workspace.landing.operations()],
            "scratch": sorted(path.name for path in (workspace.folder / "tmp").glob("import-*")),
        }
