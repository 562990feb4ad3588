"""How the size of a crowd changes while one of its thresholds moves, everything else left as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.population import Population
from huaxiang.engine.interface import only
from huaxiang.model.conditions import All, AnyOf, Condition, Not, Test

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


def has_threshold(test: Test) -> bool:
    """Whether the test compares with one threshold that can be moved."""
    return test.op in _PASSING


def size_curve(population: Population, condition: Condition, moved: Test, cuts: Sequence[float]) -> tuple[Point, ...]:
    """One point per cut, lowest first: exactly whom the condition would mean with ``moved`` compared with that cut.

    ``moved`` is a test in the condition on a number, with one of ``> >= < <=``; the same object, for the same test may
    stand in it twice. One pass over the customers, however many cuts. Customers without a value never pass the test.
    """
    ordered = sorted(set(cuts))
    with_it, without_it = (_replaced(condition, moved, verdict) for verdict in (_YES, _NO))
    rows = population.marked({"yes": with_it, "no": without_it}, [moved.field, REVENUE])
    counted = only(population.engine.arrow(_by_step(rows, moved, ordered)))
    return tuple(_point(cut, place, counted, moved) for place, cut in enumerate(ordered))


def usual_cuts(population: Population, key: str, most: int = 24) -> tuple[float, ...]:
    """Cuts worth trying for a number: its values where they are few, else values that split the customers evenly."""
    if key not in population.table.columns:
        return ()
    value = population.table[key].cast("float64")
    rows = population.table.select(value=value).filter(lambda row: row.value.notnull())
    counted = rows.group_by("value").aggregate(customers=rows.count())
    running = counted.mutate(
        below=counted.customers.sum().over(ibis.window(order_by="value", following=0)), everyone=counted.customers.sum()
    )
    share = (running.below.cast("float64") / running.everyone.cast("float64") * most).ceil()
    steps = running.group_by(step=share).aggregate(cut=running.value.min())
    found = {float(str(row["cut"])) for row in only(population.engine.arrow(steps.select("cut")))}
    return tuple(sorted(found))


def _replaced(condition: Condition, moved: Test, verdict: Condition) -> Condition:
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


def _by_step(rows: ir.Table, moved: Test, cuts: Sequence[float]) -> ir.Table:
    """One row per step between the cuts (0: below the first; null: no value), with who is in with and without it."""
    value = rows[moved.field].cast("float64")
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


def _point(cut: float, place: int, counted: list[dict[str, Any]], moved: Test) -> Point:
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
