"""How the size of a crowd changes while one of its thresholds moves, everything else left as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.moved import Holder, Moved, with_figure
from huaxiang.analyse.population import Population
from huaxiang.engine.interface import only
from huaxiang.model.conditions import All, AnyOf, Condition, Not, Test
from huaxiang.model.field_tests import MOST_DAYS

REVENUE = "net_revenue_total"
_YES, _NO = All(all=()), Not(part=All(all=()))
#: For each operator that has one threshold, whether customers at the threshold and beyond it pass.
_PASSING: dict[str, tuple[str, bool]] = {
    ">": ("above", False), ">=": ("above", True), "<": ("below", False), "<=": ("below", True)
}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """The crowd if the threshold stood at ``cut``: its customers and their net revenue (None where none is known)."""

    cut: float
    customers: int
    net_revenue_total: Decimal | None


def size_curve(population: Population, condition: Condition, moved: Moved, cuts: Sequence[float]) -> tuple[Point, ...]:
    """One point per cut, lowest first: exactly whom the condition would mean with its threshold at that cut.

    One pass over the customers, and over the rows of events where those are counted, however many cuts. Customers
    without a figure never pass.
    """
    ordered = sorted(set(cuts))
    with_it, without_it = (_replaced(condition, moved.leaf, verdict) for verdict in (_YES, _NO))
    fields = [moved.leaf.field] if isinstance(moved.leaf, Test) else []
    rows = population.marked({"yes": with_it, "no": without_it}, [*fields, REVENUE])
    counted = only(population.engine.arrow(_by_step(with_figure(moved, rows, population), moved, ordered)))
    return tuple(_point(cut, place, counted, moved) for place, cut in enumerate(ordered))


def usual_cuts(population: Population, moved: Moved, most: int = 24) -> tuple[float, ...]:
    """Cuts worth trying: the figures where they are few, else figures that split the customers evenly."""
    rows = with_figure(moved, population.table, population).select(value="figure")
    rows = rows.filter(lambda row: row.value.notnull() & (row.value <= MOST_DAYS if moved.is_of_days else True))
    counted = rows.group_by("value").aggregate(customers=rows.count())
    running = counted.mutate(
        below=counted.customers.sum().over(ibis.window(order_by="value", following=0)), everyone=counted.customers.sum()
    )
    share = (running.below.cast("float64") / running.everyone.cast("float64") * most).ceil()
    steps = running.group_by(step=share).aggregate(cut=running.value.min())
    found = {float(str(row["cut"])) for row in only(population.engine.arrow(steps.select("cut")))}
    # "Within n days" begins to mean somebody one day after their figure.
    nearest = {cut + 1 for cut in found} if moved.is_of_days and moved.op in ("<", ">=") else found
    return tuple(sorted(cut for cut in nearest if cut > 0 or not moved.is_of_days))


def _replaced(condition: Condition, moved: Holder, verdict: Condition) -> Condition:
    if condition is moved:
        return verdict
    match condition:
        case All():
            return All(all=tuple(_replaced(part, moved, verdict) for part in condition.all))
        case AnyOf():
            return AnyOf(any=tuple(_replaced(part, moved, verdict) for part in condition.any))
        case Not():
            return Not(part=_replaced(condition.part, moved, verdict))
        case _:
            return condition


def _by_step(rows: ir.Table, moved: Moved, cuts: Sequence[float]) -> ir.Table:
    """One row per step between the cuts (0: below the first; null: no value), with who is in with and without it."""
    value = rows.figure
    side, at_cut = _PASSING[moved.op]
    beyond: Callable[[Any, float], Any] = (
        (lambda given, cut: given >= cut) if (side == "above") == at_cut else (lambda given, cut: given > cut)
    )
    places = [(beyond(value, cut), place + 1) for place, cut in reversed(list(enumerate(cuts)))]
    step = ibis.cases((value.isnull(), None), *places, else_=0).cast("int64")
    stepped = rows.mutate(step=step)
    asked: dict[str, ir.Value] = {name: stepped.count(where=stepped[name]) for name in ("yes", "no")}
    if REVENUE in rows.columns:
        asked |= {f"{name}_revenue": stepped[REVENUE].sum(where=stepped[name]) for name in ("yes", "no")}
    return stepped.group_by("step").aggregate(**asked)


def _point(cut: float, place: int, counted: list[dict[str, Any]], moved: Moved) -> Point:
    above = _PASSING[moved.op][0] == "above"
    customers, revenue, is_known = 0, Decimal(0), False
    for row in counted:
        step = row["step"]
        passes = step is not None and (step > place) == above
        name = "yes" if passes else "no"
        customers += int(row[name])
        if f"{name}_revenue" in row:
            is_known = True
            revenue += row[f"{name}_revenue"] or Decimal(0)
    return Point(cut, customers, revenue if is_known else None)
