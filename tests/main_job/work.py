"""Work on a workspace in a process of its own, which can be told where to die: ``python -m tests.main_job.work``.

The deaths are SIGKILL: nothing is flushed, closed or said. They are patched in here, the product knows nothing of them.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from huaxiang.engine import DuckEngine
from huaxiang.errors import NotFound
from huaxiang.workspace import Workspace

NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
ACTOR = "kim"
MENDED = {"time_impossible": {"下单时间": "2026-06-15 10:00:00"}, "amount_unreadable": {"实付金额": "100.00"}}


class Place(NamedTuple):
    """Where a process dies: before or after the ``nth`` call of a function, or before a statement of the lake.

    ``pieces`` is a fault of the product, not only of the machine: every statement is committed by itself.
    """

    moment: Literal["before", "after", "statement", "pieces"]
    target: str
    nth: int = 1


PLACES: dict[str, Place] = {
    "import stored": Place("after", "huaxiang.collect.landing:Landing.store"),
    "import accepted": Place("after", "huaxiang.collect.landing:Landing.accept"),
    "import staged": Place("after", "huaxiang.collect.load:Loader._stage"),
    "import half written": Place("statement", "INSERT", 2),
    "before commit": Place("statement", "COMMIT"),
    "committed": Place("after", "huaxiang.engine.duck:DuckEngine.publish"),
    "links logged": Place("after", "huaxiang.maintain.refresh:link_log"),
    "run logged": Place("after", "huaxiang.ledger.ledger:Ledger.append"),
    "snapshots forgotten": Place("statement", "CALL ducklake_cleanup_old_files"),
    "rebuild half way": Place("after", "huaxiang.collect.load:Loader.load", 2),
    "before switch": Place("before", "huaxiang.workspace.building:put_in_place"),
    "published in pieces": Place("pieces", "INSERT", 3),
    "switched": Place("after", "huaxiang.workspace.building:put_in_place"),
}


def work(folder: str, what: str, files: list[str], place: str | None = None) -> None:
    """Do one step of work on the workspace, and die at ``place`` when the step comes by it."""
    if place is not None:
        _die_at(PLACES[place])
    workspace = Workspace.open(folder)
    STEPS[what](workspace, files)


def _import(workspace: Workspace, files: list[str]) -> None:
    looks = [look for path in files for look in workspace.look(path)]
    workspace.import_files(looks, NOW, actor=ACTOR)


def _replay(workspace: Workspace, files: list[str]) -> None:
    for one in workspace.quarantine().to_pylist():
        if one["file_name"] == Path(files[0]).name and one["reason"] in MENDED:
            fixes = {one["source_row"]: MENDED[one["reason"]]}
            with suppress(NotFound):  # a replay that was killed has been finished meanwhile
                workspace.replay(one["import_id"], fixes, NOW, actor=ACTOR)


def _refresh(workspace: Workspace, _: list[str]) -> None:
    workspace.refresh(NOW, actor=ACTOR)


def _rebuild(workspace: Workspace, _: list[str]) -> None:
    workspace.rebuild(NOW)


STEPS: dict[str, Callable[[Workspace, list[str]], None]] = {
    "import": _import,
    "replay": _replay,
    "refresh": _refresh,
    "rebuild": _rebuild,
}


def _die_at(place: Place) -> None:
    if place.moment in ("statement", "pieces"):
        _die_at_statement(place)
        return
    module, path = place.target.split(":")
    *owners, name = path.split(".")
    owner: Any = functools.reduce(getattr, owners, importlib.import_module(module))
    setattr(owner, name, _deadly(getattr(owner, name), place))


def _deadly(real: Callable[..., Any], place: Place) -> Callable[..., Any]:
    calls = iter(range(1, 1_000_000))

    @functools.wraps(real)
    def dying(*args: Any, **options: Any) -> Any:
        call = next(calls)
        if place.moment == "before" and call == place.nth:
            _die()
        given = real(*args, **options)
        if place.moment == "after" and call == place.nth:
            _die()
        return given

    return dying


class _Statements:
    """A DuckDB connection that dies before the ``nth`` statement that begins as said."""

    def __init__(self, real: Any, place: Place) -> None:
        self._real, self._place, self._left = real, place, place.nth

    def execute(self, statement: str, *params: Any) -> Any:
        comes_by = statement.startswith(self._place.target)
        self._left -= comes_by
        if not self._left:
            _die()
        given = self._real.execute(statement, *params)
        if comes_by and self._place.moment == "pieces":
            self._real.execute("COMMIT").execute("BEGIN")
        return given

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _die_at_statement(place: Place) -> None:
    real = DuckEngine.__init__

    def opened(self: DuckEngine, *args: Any, **options: Any) -> None:
        real(self, *args, **options)
        self._duck = _Statements(self._duck, place)  # type: ignore[assignment]

    DuckEngine.__init__ = opened  # type: ignore[method-assign]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace")
    parser.add_argument("what", choices=STEPS)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--die-at", choices=PLACES)
    given = parser.parse_args()
    work(given.workspace, given.what, given.files, given.die_at)
