"""How crowds fared from refresh to refresh, and in which crowds a customer is since when, as published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine, only

#: Refreshes that a chart shows.
MOST_RUNS = 40


class Fared(NamedTuple):
    """One refresh of one crowd; ``customers`` is None where it failed, for the ``reason`` (JSON of a message)."""

    run_id: str
    as_of: date
    started_at: datetime
    import_count: int
    version: int
    customers: int | None
    entered: int
    gone: int
    status: str
    reason: str | None
    outside: bool


class Standing(NamedTuple):
    """That a customer is in a crowd, since which day and refresh."""

    crowd: str
    since_as_of: date
    since_run: str


def is_kept(engine: Engine) -> bool:
    """Whether the lake has a history; one that an earlier program refreshed has none yet."""
    return "crowd_run" in engine.tables()


def fared(engine: Engine, crowd: str, most: int = MOST_RUNS) -> list[Fared]:
    """The latest refreshes of a crowd, the oldest first."""
    if not is_kept(engine):
        return []
    rows = engine.table("crowd_run")
    own = rows.filter(rows.crowd == crowd)
    return _fared(engine, own, most)[::-1]


def latest_of_each(engine: Engine) -> dict[str, Fared]:
    """How every crowd fared at the latest refresh, by its key."""
    if not is_kept(engine):
        return {}
    rows = engine.table("crowd_run")
    last = engine.arrow(rows.aggregate(last=rows.run_id.max())).column(0)[0].as_py()
    own = rows.filter(rows.run_id == last)
    crowds = engine.arrow(own.order_by("crowd").select("crowd")).column(0).to_pylist()
    found = _fared(engine, own.order_by("crowd"), None)
    return dict(zip(crowds, found, strict=True))


def changes_of(engine: Engine, crowd: str, run_id: str, limit: int) -> pa.Table:
    """Who came and went at one refresh: ``customer_id, change, because``, unmasked ids in their order."""
    rows = engine.table("crowd_change")
    own = rows.filter(rows.crowd == crowd, rows.run_id == run_id)
    return engine.arrow(own.order_by(["change", "customer_id"]).select("customer_id", "change", "because").limit(limit))


def standings(engine: Engine, customer_id: str) -> list[Standing]:
    """The crowds that a customer is in as of the last refresh, the longest first."""
    if "crowd_member" not in engine.tables():
        return []
    rows = engine.table("crowd_member")
    own = rows.filter(rows.customer_id == customer_id).order_by(["since_run", "crowd"])
    return [Standing(**row) for row in only(engine.arrow(own.select(*Standing._fields)))]  # type: ignore[arg-type]


def imports_since(engine: Engine, run: Fared) -> int:
    """How many imports came after that refresh had begun."""
    count = engine.arrow(engine.table("import").count().name("n").as_table()).column(0)[0].as_py()
    return max(0, int(count) - run.import_count)


def reasons_counted(changes: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many came or went for each reason (the JSON of ``because``), the most frequent first."""
    counts: dict[str, int] = {}
    for row in changes:
        counts[str(row["because"])] = counts.get(str(row["because"]), 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _fared(engine: Engine, own: ir.Table, most: int | None) -> list[Fared]:
    runs = engine.table("run").select("run_id", "started_at", "import_count")
    joined = own.inner_join(runs.rename({"of_run": "run_id"}), [("run_id", "of_run")])
    order = [ibis.desc("run_id"), "crowd"]
    shown = joined.order_by(order).limit(most).select(*Fared._fields)
    return [Fared(**row) for row in only(engine.arrow(shown))]  # type: ignore[arg-type]
