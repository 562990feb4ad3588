"""Doing steps of work in processes that are killed, and looking at what each of them left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.main_job.nursery import Nursery, Order

from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.engine.lake import ALIAS
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
_OPERATIONS = "SELECT import_id, kind FROM"
_SUPERSEDED = {"crowds.computed", "tags.compared"}


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


def order(folder: Path, step: Step) -> Order:
    """The step as it is asked for, to be let alone."""
    return Order(str(folder), step.what, [str(file) for file in step.files])


def done(nursery: Nursery, folder: Path, step: Step, kill: Kill | None = None) -> bool:
    """Do the step in a process; whether it came to its end. A kill in seconds counts from the start of the process."""
    asked = order(folder, step)
    if isinstance(kill, str):
        asked = asked._replace(place=kill)
    elif kill is not None:
        asked = asked._replace(seconds=kill)
    code = nursery.done(asked)
    assert code in (0, -9), f"{step.what} failed by itself with {code}"
    return code == 0


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
        found = {name: _asked(engine, "SELECT count(*) FROM", name) for name in engine.tables()}
        return engine.snapshot(), {name: rows[0][0] for name, rows in found.items()}


def torn(folder: Path) -> list[str]:
    """What the published tables say against each other: nothing, unless a publication was torn."""
    with Workspace.open(folder).reading() as engine:
        imports = only(engine.arrow(engine.table("import")))
        known = {str(one["import_id"]) for one in imports}
        rows = {name: _by_import(engine, name) for name in engine.tables() if "import_id" in engine.table(name).columns}
        operations = Counter(name for name, kind in _asked(engine, _OPERATIONS, "operation") if kind == "import")
        faults = [fault for one in imports for fault in _torn_import(one, rows, operations)]
        faults += [f"{name}: rows of an unknown import" for name, found in rows.items() if not known >= found.keys()]
        return faults + _torn_run(engine)


def _torn_import(one: dict[str, Any], rows: dict[str, Counter[str]], operations: Counter[str]) -> list[str]:
    name = one["import_id"]
    expected = (one["rows_kept"] + one["rows_repaired"], one["rows_quarantined"], 1)
    found = (rows[one["table_name"]][name], rows["quarantine"][name], operations[name])
    return [] if found == expected else [f"{name}: {found} instead of {expected}"]


def _torn_run(engine: DuckEngine) -> list[str]:
    runs = sorted(_asked(engine, "SELECT run_id, customer_count FROM", "run"))
    if not runs:
        return []
    (run, customers), profiles = runs[-1], _asked(engine, "SELECT customer_id FROM", "profile")
    strangers = set(profiles) - set(_asked(engine, "SELECT customer_id FROM", "customer"))
    sound = customers == len(profiles) and not strangers
    return [] if sound else [f"{run}: {len(profiles)} profiles, {len(strangers)} of nobody"]


def _by_import(engine: DuckEngine, name: str) -> Counter[str]:
    return Counter(found for (found,) in _asked(engine, "SELECT import_id FROM", name) if found)


def _asked(engine: DuckEngine, question: str, table: str) -> list[tuple[Any, ...]]:
    """The answer of DuckDB alone: what the product says of its tables takes ten times as long."""
    return engine._duck.execute(f'{question} {ALIAS}.main."{table}"').fetchall()


def _text(row: dict[str, Any], without: set[str]) -> str:
    return repr(sorted((name, value) for name, value in row.items() if name not in without))
