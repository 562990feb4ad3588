"""The rebuild: the lake made again from landing, ledger and definitions, beside the old one, then put in its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa

from huaxiang.analyse.tag_runs import tag_runs_before
from huaxiang.collect.importing import Importer
from huaxiang.engine import DuckEngine, Lake
from huaxiang.errors import EngineError
from huaxiang.ledger import Entry, Ledger
from huaxiang.maintain.refresh import NOTHING_BEFORE, Before, Refreshed, Refresher
from huaxiang.maintain.run_rows import run_row
from huaxiang.maintain.steps import Progress
from huaxiang.model.operations import RUN

#: Makes the importer and the refresher that work on a new lake.
Importers = Callable[[DuckEngine], Importer]
Refreshers = Callable[[DuckEngine], Refresher]


def rebuild(
    lake: Lake, importers: Importers, refreshers: Refreshers, ledger: Ledger, progress: Progress | None = None
) -> Refreshed | None:
    """Load every accepted operation into the new, empty ``lake`` in order, and compute the last refreshed day again.

    Gives None when nothing was ever refreshed. Equal landing, ledger and definitions give equal tables.
    """
    lake.create()
    engine = DuckEngine(lake)
    try:
        importers(engine).finish_pending(progress)
        runs = list(ledger.entries("refresh.published"))
        if not runs:
            return None
        body = runs[-1].body
        day = date.fromisoformat(str(body["as_of"]))
        return refreshers(engine).publish(day, _rows(runs), progress, _before(lake))
    finally:
        engine.close()


def _before(lake: Lake) -> Before:
    """What the lake that stands knows of customers and tags, so that none of it is lost; nothing where it has none."""
    standing = replace(lake, folder=(lake.folder.parent / "current").resolve())
    try:
        engine = DuckEngine(standing, read_only=True)
    except EngineError:
        return NOTHING_BEFORE  # a lake that cannot be read is one reason to rebuild
    try:
        known = "account" in engine.tables()
        accounts = engine.arrow(engine.table("account").select("account_key", "customer_id")) if known else None
        return Before(accounts, tag_runs_before(engine))
    except EngineError:
        return NOTHING_BEFORE
    finally:
        engine.close()


def put_in_place(root: Path, generation: Path) -> None:
    """Make a generation the one that is read; the switch of the link is atomic. The older ones stay for those who are
    reading them, until the next sweep."""
    link = root / "next"
    link.unlink(missing_ok=True)
    link.symlink_to(generation.name)
    link.replace(root / "current")


def next_generation(root: Path) -> Path:
    """The folder of the generation to come."""
    numbers = [int(folder.name.split("-")[1]) for folder in root.glob("generation-*")]
    return root / f"generation-{max(numbers, default=0) + 1:04d}"


def _rows(runs: list[Entry]) -> pa.Table:
    return pa.concat_tables([run_row(dict(entry.body)) for entry in runs]).cast(ibis.schema(RUN).to_pyarrow())
