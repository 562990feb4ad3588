"""The canonical rows that count: of every fact its newest version, and what had happened by a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.model.tables import canonical_table


def current(engine: Engine, name: str, as_of: date | None = None) -> ir.Table:
    """The canonical table with one row per fact: the version with the greatest (known_at, import_id, source_row).

    With ``as_of`` only versions count that had happened by the end of that day or carry no time: a consent withdrawn
    later still stands on that day. Facts that never change, and tables whose rows have no key, come as they are.
    """
    rows = engine.table(name) if as_of is None else until(engine.table(name), as_of)
    table = canonical_table(name)
    if table.first_wins or not table.key:
        return rows
    newest_first = [rows.known_at.desc(), rows.import_id.desc(), rows.source_row.desc(), rows.row_hash.desc()]
    version = ibis.row_number().over(group_by=rows.row_key, order_by=newest_first)
    ranked = rows.mutate(version_rank=version)
    return ranked.filter(ranked.version_rank == 0).drop("version_rank")


def until(rows: ir.Table, as_of: date) -> ir.Table:
    """The rows that had happened by the end of the day ``as_of``; rows without a time are kept."""
    end = datetime.combine(as_of + timedelta(days=1), time())
    return rows.filter(rows.occurred_at.isnull() | (rows.occurred_at < ibis.literal(end, type="timestamp(6)")))
