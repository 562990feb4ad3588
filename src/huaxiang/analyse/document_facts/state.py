"""What a document is computed from: one published state of a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import ibis.expr.types as ir

from huaxiang.analyse.population import published_population
from huaxiang.engine.interface import Engine, only
from huaxiang.errors import InputError, WorkspaceError
from huaxiang.ledger import Ledger
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags
from huaxiang.settings import Settings


@dataclass(frozen=True)
class State:
    """A published state: its tables, its day, its definitions and the ledger entry that says it was published.

    ``segments`` are those that can be counted on it. ``lists`` are the uploaded lists that segments may name, each a
    table with a column ``customer_id``.
    ``smallest_cell`` is the least count of people that is shown; ``currency`` that of amounts (ISO 4217).
    """

    engine: Engine
    as_of: date
    run_id: str
    tags: Tags
    segments: Segments
    definitions_version: str
    smallest_cell: int
    currency: str
    timezone: str
    ledger_position: int
    ledger_hash: str
    lists: Mapping[str, ir.Table] = field(default_factory=dict)


def latest_state(
    engine: Engine,
    ledger: Ledger,
    settings: Settings,
    tags: Tags,
    segments: Segments,
    version: str,
    lists: Mapping[str, ir.Table] | None = None,
) -> State:
    """The state that the latest refresh published; ``version`` is that of the definitions.

    Raises :class:`InputError` before the first refresh, :class:`WorkspaceError` when the ledger does not know the run.
    """
    runs = engine.table("run")
    latest = only(engine.arrow(runs.order_by(runs.run_id.desc()).limit(1)))
    if not latest:
        raise InputError("workspace.never_refreshed")
    run_id = str(latest[0]["run_id"])
    entry = ledger.latest("refresh.published", run_id)
    if entry is None:
        raise WorkspaceError("document.run_not_logged", run=run_id)
    as_of = date.fromisoformat(str(latest[0]["as_of"]))
    # A segment that cannot be counted does not keep the others out of the document.
    sound = published_population(engine, tags, segments, as_of, lists=lists).holding(segments)
    return State(
        engine=engine,
        as_of=as_of,
        run_id=run_id,
        tags=tags,
        segments={key: segment for key, segment in segments.items() if key in sound},
        definitions_version=version,
        smallest_cell=settings.smallest_cell,
        currency=settings.currency,
        timezone=settings.timezone,
        ledger_position=entry.seq,
        ledger_hash=entry.hash,
        lists=lists or {},
    )
