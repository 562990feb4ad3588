"""Thresholds that can be moved: of tags, of what was counted or summed, of what a first or last time was like, the days
of windows, the time between two steps, and how many a cap lets through.

Each is one figure per customer and a comparison: who passes at any place is told by the figure alone, so one pass over
the customers, or over the rows of events, tells the sizes for every place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil, floor
from typing import Literal

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.derived import to_anniversary
from huaxiang.analyse.doers import edges, figures
from huaxiang.analyse.evaluate import column_of, holds
from huaxiang.analyse.population import Population
from huaxiang.analyse.sequences import gaps
from huaxiang.model.conditions import All, Capped, Did, First, Last, Sequence, Test
from huaxiang.model.fields import NUMERIC, Field
from huaxiang.model.measured import fact_meant, figure_field
from huaxiang.model.operators import DATED

#: What is moved: the value that is compared with, the days of the window, the time since the step before, or the most
#: customers of a cap.
Part = Literal["value", "days", "gap", "cap"]
#: What a place that is no value of a field is counted in.
Unit = Literal["", "days", "hours", "customers"]
#: What can hold a threshold.
Holder = Test | Did | First | Last | Sequence | Capped
_PASSING = frozenset({">", ">=", "<", "<="})
_OF_DAYS = {
    "in last days": "<", "not in last days": ">=", "more than days ago": ">", "in next days": "<",
    "anniversary in next days": "<",
}  # fmt: skip
_EPOCH = date(1970, 1, 1)
_NEVER = 1_000_000


@dataclass(frozen=True)
class Moved:
    """A threshold in a condition: the same object as there, for the same test may stand in it twice.

    ``op`` compares the figure with the place; ``at`` is the place where it stands. ``field`` is what the place is in,
    else ``unit`` what it is counted in. Days of the calendar are numbers too, counted from 1970. ``inner`` is the test
    on the first or last row, ``place`` the step of the sequence, where the threshold is one of those.
    """

    leaf: Holder
    part: Part
    op: str
    at: float
    field: Field | None = None
    unit: Unit = ""
    inner: Test | None = None
    place: int = 0

    def day(self, cut: float) -> date:
        """The day of the calendar that a place is."""
        return _EPOCH + timedelta(days=int(cut))

    @property
    def is_of_days(self) -> bool:
        """Whether the place is a number of days."""
        return self.unit == "days"

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return self.field is None or self.field.type in (*DATED, "int")


def thresholds(leaf: object, field: Field | None = None) -> Iterator[Moved]:
    """What can be moved in a leaf of a condition; ``field`` is that of a test."""
    if isinstance(leaf, Test) and field is not None:
        if leaf.op in _OF_DAYS:
            yield Moved(leaf, "value", _OF_DAYS[leaf.op], float(str(leaf.value)), unit="days")
        else:
            yield from _of_value(leaf, leaf, field)
    if isinstance(leaf, Did):
        if not leaf.is_plain:
            yield from _of_value(leaf, leaf.compared, figure_field(leaf))
        if leaf.during is not None and leaf.during.window_days is not None and _times(leaf):
            yield Moved(leaf, "days", "<", float(leaf.during.window_days), unit="days")
    if isinstance(leaf, Capped):
        yield Moved(leaf, "cap", "<=", float(leaf.cap.customers), unit="customers")


def edge_thresholds(leaf: First | Last, inner: Test) -> Iterator[Moved]:
    """What can be moved in a test on the first or last row; nothing where another test could stand in for it."""
    parts = leaf.has.all if isinstance(leaf.has, All) else (leaf.has,)
    field = fact_meant(leaf.first if isinstance(leaf, First) else leaf.last).columns.get(inner.field)
    if inner in parts and field is not None:
        yield from (replace(moved, inner=inner) for moved in _of_value(leaf, inner, field))


def gap_thresholds(leaf: Sequence, place: int) -> Iterator[Moved]:
    """The time within which the step at ``place`` has to follow the one before it."""
    step = leaf.sequence[place]
    if step.within_days is not None:
        yield Moved(leaf, "gap", "<=", float(step.within_days), unit="days", place=place)
    elif step.within_hours is not None:
        yield Moved(leaf, "gap", "<=", float(step.within_hours), unit="hours", place=place)


def with_figure(moved: Moved, rows: ir.Table, population: Population) -> ir.Table:
    """The rows, one per customer, with ``figure``: null for customers who pass nowhere."""
    leaf = moved.leaf
    if isinstance(leaf, Test):
        is_there = leaf.field in rows.columns
        return rows.mutate(figure=_of_test(moved, leaf, rows, population) if is_there else ibis.null("float64"))
    found = _figures(moved, leaf, population)
    if found is None:
        return rows.mutate(figure=ibis.null("float64"))
    counted = found.select(owner="customer_id", figure=_number(found.figure))
    return rows.left_join(counted, [rows.customer_id == counted.owner]).drop("owner")


def _figures(moved: Moved, leaf: Holder, population: Population) -> ir.Table | None:
    """One row per customer with ``figure``; customers that are not there pass nowhere."""
    match leaf:
        case Did():
            return _ages(leaf, population) if moved.part == "days" else figures(leaf, population.events)
        case Sequence():
            return _waits(moved, leaf, population)
        case Capped():
            return population.places(leaf).rename(figure="place")
        case First() | Last():
            return _of_edge(moved, leaf, population)
    raise AssertionError(leaf)


def _waits(moved: Moved, sequence: Sequence, population: Population) -> ir.Table | None:
    """Per customer the fewest hours or days within which the step follows."""
    found = gaps(sequence, moved.place, population.events)
    if found is None:
        return None
    seconds = 86_400 if moved.unit == "days" else 3600
    return found.select("customer_id", figure=(found.seconds / seconds).ceil())


def _of_edge(moved: Moved, leaf: First | Last, population: Population) -> ir.Table | None:
    """Of each customer's first or last row the value that is compared, where all that is asked besides holds."""
    rows = edges(leaf, population.events)
    if rows is None or moved.inner is None or moved.field is None:
        return None
    others = [part for part in (leaf.has.all if isinstance(leaf.has, All) else ()) if part != moved.inner]
    fields = fact_meant(leaf.first if isinstance(leaf, First) else leaf.last).columns
    column = column_of(moved.field, rows)
    if column is None:
        return None
    fits = holds(All(all=tuple(others)), rows, fields, population.as_of)
    return rows.filter(fits).select("customer_id", figure=_number(column))


def _of_value(leaf: Test | Did | First | Last, test: Test, field: Field) -> Iterator[Moved]:
    if test.op not in _PASSING or isinstance(test.value, tuple):
        return
    if field.type in NUMERIC:
        yield Moved(leaf, "value", test.op, float(str(test.value)), field)
    elif field.type in DATED:
        at = (date.fromisoformat(str(test.value)[:10]) - _EPOCH).days
        yield Moved(leaf, "value", test.op, float(at), field)


def _of_test(moved: Moved, test: Test, rows: ir.Table, population: Population) -> ir.Value:
    column = rows[test.field]
    if not moved.is_of_days:
        return _number(column)
    today, day = ibis.literal(population.as_of), column.cast("date")
    if test.op == "anniversary in next days":
        return to_anniversary(day, population.as_of).cast("float64")
    passed = today.delta(day, unit="day").cast("float64")
    if test.op == "in next days":
        passed = -passed
    # What has not come yet is in no last days, and not in them however many they are.
    otherwise = ibis.literal(float(_NEVER)) if test.op == "not in last days" else ibis.null("float64")
    return passed if test.op == "more than days ago" else ibis.cases((passed >= 0, passed), (passed < 0, otherwise))


def _number(value: ir.Value) -> ir.Value:
    kind = value.type()
    if kind.is_date() or kind.is_timestamp():
        return value.cast("date").delta(ibis.literal(_EPOCH), unit="day").cast("float64")
    return value.cast("float64")


def _times(did: Did) -> int:
    """How many rows it takes at least; 0 where more than their number is asked."""
    if did.is_plain:
        return 1
    value = did.value
    if did.measure != "count" or did.op not in (">", ">=") or isinstance(value, tuple | str | None):
        return 0
    return max(1, ceil(value) if did.op == ">=" else floor(value) + 1)


def _ages(did: Did, population: Population) -> ir.Table | None:
    """Per customer the days, before those that are skipped, since the row that makes it enough of them."""
    rows = population.events.meant(did.did, did.where, None, timed=True)
    if rows is None or did.during is None:
        return None
    at, skipped = rows[str(fact_meant(did.did).at)], did.during.skip_days
    age = ibis.literal(population.as_of).delta(at.cast("date"), unit="day") - skipped
    aged = rows.select("customer_id", age=age).filter(lambda row: row.age >= 0)
    if _times(did) == 1:
        return aged.group_by("customer_id").aggregate(figure=aged.age.min())
    place = ibis.row_number().over(ibis.window(group_by=aged.customer_id, order_by=aged.age))
    counted = aged.mutate(place=place)
    return counted.filter(counted.place == _times(did) - 1).select("customer_id", figure=counted.age)
