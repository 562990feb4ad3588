"""What happened between us and one customer, day by day, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.errors import NotFound, nearest
from huaxiang.prepare.history import KINDS


@dataclass(frozen=True)
class Wanted:
    """Which entries: of these ``kinds`` (none: all), of days from ``first`` to ``last`` and earlier than ``before``, of
    the latest ``days`` days with one (None: all)."""

    kinds: Sequence[str] = ()
    first: date | None = None
    last: date | None = None
    before: date | None = None
    days: int | None = None


def timeline(engine: Engine, history: ir.Table, customer_id: str, wanted: Wanted) -> pa.Table:
    """One row per entry of the customer, newest first.

    ``history`` is the table of :func:`huaxiang.prepare.history.history`, whose columns come out. A kind that is
    none of :data:`huaxiang.prepare.history.KINDS` raises :class:`NotFound`.
    """
    for kind in wanted.kinds:
        if kind not in KINDS:
            raise NotFound("customer.unknown_kind", given=kind, nearest=nearest(kind, KINDS))
    own = history.filter(history.customer_id == customer_id)
    if wanted.kinds:
        own = own.filter(own.kind.isin(wanted.kinds))
    if wanted.first:
        own = own.filter(own.day >= wanted.first)
    if wanted.last:
        own = own.filter(own.day <= wanted.last)
    if wanted.before:
        own = own.filter(own.day < wanted.before)
    shown = own
    if wanted.days is not None:
        newest = ibis.dense_rank().over(ibis.window(order_by=own.day.desc()))
        shown = own.mutate(place_of_day=newest)
        shown = shown.filter(shown.place_of_day < wanted.days).drop("place_of_day")
    order = [shown["at"].desc(), shown.kind, shown.import_id, shown.source_row, shown.number, shown.what, shown.words]
    return engine.arrow(shown.order_by(order))
