"""Doing steps of work in processes that are killed, and looking at what each of them left."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.main_job.work import work

from huaxiang.engine.interface import only
from huaxiang.ledger import Ledger
from huaxiang.workspace import Workspace

#: Killed at a named place, or after so many seconds.
Kill = str | float
Rows = Counter[str]
#: Nothing in a workspace but the time that the machine took differs between two runs of the same work, and how many
#: entries the ledger has: what a killed refresh found of crowds and tags stays in it, superseded by the next one's.
_TAKEN = {
    "run": {"seconds", "ledger_position"},
    "refresh.published": {"seconds", "ledger_position"},
    "crowd_run": {"seconds"},
    "crowds.computed": {"sha256", "at"},
    "tags.compared": {"sha256", "at"},
}
_SUPERSEDED = {"crowds.computed", "tags.compared"}

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.main_job.work"])


@dataclass(frozen=True)
class Step:
    """One piece of work, the files that it reads, and the kills that it suffers before it is let alone."""

    what: str
    files: tuple[Path, ...] = ()
    kills: tuple[Kill, ...] = ()


@dataclass
class Kills:
    """How many processes were killed, and how many had ended before their time came."""

    dead: Counter[str] = field(default_factory=Counter)
    too_late: int = 0


def done(folder: Path, step: Step, kill: Kill | None = None) -> bool:
    """Do the step in a process; whether it came to its end. A kill in seconds counts from the start of the process."""
    place = kill if isinstance(kill, str) else None
    process = _PROCESSES.Process(target=work, args=(str(folder), step.what, [str(file) for file in step.files], place))
    process.start()
    process.join(kill if isinstance(kill, float) else 600)
    process.kill()
    process.join()
    assert process.exitcode in (0, -9), f"{step.what} failed by itself with {process.exitcode}"
    return process.exitcode == 0


def content(folder: Path) -> dict[str, Rows]:
    """Every row of every published table, and every entry of the ledger by its kind, as text."""
    with Workspace.open(folder).reading() as engine:
        tables = {name: only(engine.arrow(engine.table(name))) for name in engine.tables()}
    found = {name: Counter(_text(row, _TAKEN.get(name, set())) for row in rows) for name, rows in tables.items()}
    for entry in entries(folder):
        kept = {**entry.body, "at": entry.at}
        texts, text = found.setdefault(f"ledger {entry.kind}", Counter()), _text(kept, _TAKEN.get(entry.kind, set()))
        texts[text] = 1 if entry.kind in _SUPERSEDED else texts[text] + 1
    return found


def entries(folder: Path) -> list[Any]:
    """Every entry of the ledger, which must hold together."""
    with Ledger.open(Workspace.open(folder).ledger_path) as ledger:
        assert ledger.verify().ok
        return list(ledger.entries())


def differences(one: dict[str, Rows], other: dict[str, Rows]) -> dict[str, tuple[int, int]]:
    """By table, how many rows only the one and only the other has; tables that are equal are left out."""
    found = {}
    for name in sorted(one.keys() | other.keys()):
        mine, theirs = one.get(name, Counter()), other.get(name, Counter())
        if mine != theirs:
            found[name] = ((mine - theirs).total(), (theirs - mine).total())
    return found


def counts(folder: Path) -> tuple[int, dict[str, int]]:
    """The published snapshot, and how many rows each of its tables has."""
    with Workspace.open(folder).reading() as engine:
        found = {name: engine.arrow(engine.table(name).count())[0][0].as_py() for name in engine.tables()}
        return engine.snapshot(), found


def torn(folder: Path) -> list[str]:
    """What the published tables say against each other: nothing, unless a publication was torn."""
    with Workspace.open(folder).reading() as engine:
        tables = {name: only(engine.arrow(engine.table(name))) for name in engine.tables()}
    known = {one["import_id"] for one in tables["import"]}
    faults = [fault for one in tables["import"] for fault in _torn_import(one, tables)]
    faults += [f"{name}: rows of an unknown import" for name, rows in tables.items() if not known >= _imports(rows)]
    if tables["run"]:
        last = max(tables["run"], key=lambda run: str(run["run_id"]))
        members = {row["customer_id"] for row in tables["customer"]}
        strangers = {row["customer_id"] for row in tables["profile"]} - members
        if last["customer_count"] != len(tables["profile"]) or strangers:
            faults.append(f"{last['run_id']}: {len(tables['profile'])} profiles, {len(strangers)} of nobody")
    return faults


def _imports(rows: list[dict[str, Any]]) -> set[str]:
    return {row["import_id"] for row in rows if row.get("import_id")}


def _torn_import(one: dict[str, Any], tables: dict[str, list[dict[str, Any]]]) -> list[str]:
    name = one["import_id"]
    rows = sum(row["import_id"] == name for row in tables[one["table_name"]])
    waiting = sum(row["import_id"] == name for row in tables["quarantine"])
    operations = sum(row["import_id"] == name and row["kind"] == "import" for row in tables["operation"])
    expected = (one["rows_kept"] + one["rows_repaired"], one["rows_quarantined"], 1)
    found = (rows, waiting, operations)
    return [] if found == expected else [f"{name}: {found} instead of {expected}"]


def _text(row: dict[str, Any], without: set[str]) -> str:
    return repr(sorted((name, value) for name, value in row.items() if name not in without))
