"""What happened between us and one customer, day by day, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.errors import NotFound, nearest
from huaxiang.prepare.history import KINDS


def timeline(
    engine: Engine, history: ir.Table, customer_id: str, kinds: Sequence[str], before: date | None, days: int
) -> pa.Table:
    """One row per entry of the customer's latest ``days`` days with one, newest first.

    ``history`` is the table of :func:`huaxiang.prepare.history.history`, whose columns come out. ``before`` (not
    included) turns to earlier pages. An empty ``kinds`` means all of :data:`huaxiang.prepare.history.KINDS`; an
    unknown one raises :class:`NotFound`.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise NotFound("customer.unknown_kind", given=kind, nearest=nearest(kind, KINDS))
    own = history.filter(history.customer_id == customer_id)
    if kinds:
        own = own.filter(own.kind.isin(kinds))
    if before:
        own = own.filter(own.day < before)
    newest = ibis.dense_rank().over(ibis.window(order_by=own.day.desc()))
    shown = own.mutate(place_of_day=newest)
    shown = shown.filter(shown.place_of_day < days).drop("place_of_day")
    order = [shown["at"].desc(), shown.kind, shown.import_id, shown.source_row, shown.number, shown.what, shown.words]
    return engine.arrow(shown.order_by(order))
