"""A suggested rule: any group of customers in a few readable tests, and how well they find it among others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from huaxiang.analyse.groups.counting import narrow
from huaxiang.analyse.groups.rule_columns import RuleColumn, rule_columns
from huaxiang.analyse.groups.rule_paths import SHORT, USUAL, Flags, Path, Shape, Weights, condition_of, short_paths
from huaxiang.analyse.groups.rule_quality import Quality, Suggested
from huaxiang.analyse.groups.splits import sampled_rows
from huaxiang.analyse.groups.verdicts import FEWEST_CUSTOMERS
from huaxiang.analyse.population import Population
from huaxiang.engine.interface import only
from huaxiang.model.conditions import Condition

#: With fewer customers inside or outside nothing is suggested: a rule would be about them alone.
FEWEST_FOR_RULE = 15
#: Customers of each side on whom a rule is found.
_SAMPLE = 15_000
_QUARTERS = range(4)

#: How many customers each quarter has inside (True) and outside.
Sizes = Mapping[tuple[int, bool], int]


@dataclass(frozen=True)
class _Learned:
    """Sampled customers: their tags as columns, who is inside, how many each stands for, and their quarter."""

    columns: list[RuleColumn]
    inside: Flags
    weights: Weights
    quarter: Any

    def paths(self, chosen: Flags, shape: Shape) -> list[Path]:
        """The rule that those chosen give."""
        part = [RuleColumn(each.field, each.codes[chosen], each.above, each.below, each.value) for each in self.columns]
        return short_paths(part, self.inside[chosen], self.weights[chosen], shape)


def suggested_rule(population: Population, keys: Sequence[str], leave_out: Collection[str] = ()) -> Suggested:
    """A short rule for the customers whose ``inside`` is true.

    The table of the population has the boolean ``inside`` (never null) beside the tags. A decision tree finds the rule
    on one half of the customers, or on as many as 15,000 of each side of it; the engine counts on the other half. With
    fewer than 30 customers inside or outside in either half the rule is shorter and found on all of them: it is judged
    quarter by quarter, each by the rule that the other three give. With fewer than 15 none is suggested. The same
    customers give the same rule every time. ``keys`` are the tags that it may name, those of ``leave_out`` and those
    that name people excepted.
    """
    told = [key for key in dict.fromkeys(keys) if key in population.table.columns and key not in leave_out]
    wide = population.table.select("customer_id", "inside", *told)
    rows = narrow(population.engine, "suggested_rows", wide.mutate(quarter=_quarter(wide.customer_id)))
    sizes = _sizes(population, rows)
    group, others = (sum(sizes[place, side] for place in _QUARTERS) for side in (True, False))
    if min(group, others) < FEWEST_FOR_RULE:
        return Suggested(None, None, "few", group, others)
    if min(_in_half(sizes, half, side) for half in (0, 2) for side in (True, False)) >= FEWEST_CUSTOMERS:
        condition, quality = _by_halves(population.over(rows), told, sizes)
        return Suggested(condition, quality, "half", group, others)
    condition, quality = _by_quarters(population.over(rows), told, sizes)
    return Suggested(condition, quality, "quarter", group, others)


def _quarter(customer_id: Any) -> ir.IntegerValue:
    letter = customer_id.hexdigest("md5")[8]
    return ibis.cases((letter < "4", 0), (letter < "8", 1), (letter < "c", 2), else_=3)


def _sizes(population: Population, rows: ir.Table) -> Sizes:
    grouped = rows.group_by("quarter", "inside").aggregate(customers=rows.count())
    found = {(place, side): 0 for place in _QUARTERS for side in (True, False)}
    for row in only(population.engine.arrow(grouped)):
        found[int(str(row["quarter"])), bool(row["inside"])] = int(str(row["customers"]))
    return found


def _in_half(sizes: Sizes, first: int, side: bool) -> int:
    return sizes[first, side] + sizes[first + 1, side]


def _by_halves(population: Population, keys: Sequence[str], sizes: Sizes) -> tuple[Condition | None, Quality | None]:
    rows = population.table
    sides = {side: _in_half(sizes, 0, side) for side in (True, False)}
    learned = _learned(population, rows.filter(rows.quarter < 2), keys, sides)
    paths = short_paths(learned.columns, learned.inside, learned.weights, USUAL)
    if not paths:
        return None, None
    condition = condition_of(paths, learned.columns)
    return condition, _quality(population, rows.quarter >= 2, population.inside(condition))


def _by_quarters(population: Population, keys: Sequence[str], sizes: Sizes) -> tuple[Condition | None, Quality | None]:
    rows = population.table
    sides = {side: sum(sizes[place, side] for place in _QUARTERS) for side in (True, False)}
    learned = _learned(population, rows, keys, sides)
    paths = short_paths(learned.columns, learned.inside, learned.weights, SHORT)
    if not paths:
        return None, None
    found = [ibis.literal(value=False)]
    for place in _QUARTERS:
        others = learned.paths(learned.quarter != place, SHORT)
        if others:
            found.append((rows.quarter == place) & population.inside(condition_of(others, learned.columns)))
    return condition_of(paths, learned.columns), _quality(population, ibis.literal(value=True), reduce(or_, found))


def _learned(population: Population, rows: ir.Table, keys: Sequence[str], sizes: Mapping[bool, int]) -> _Learned:
    taken: list[dict[str, Any]] = []
    for side in (True, False):
        some = sampled_rows(rows.filter(rows.inside if side else ~rows.inside), sizes[side], _SAMPLE)
        some = some.order_by("customer_id")
        numbers = {key: some[key].cast("float64") for key in keys if some[key].type().is_decimal()}
        taken += only(population.engine.arrow(some.mutate(**numbers).select("inside", "quarter", *keys)))
    inside, quarter = (np.array([row[name] for row in taken]) for name in ("inside", "quarter"))
    each = {side: sizes[side] / int((inside == side).sum()) for side in (True, False)}
    weights = np.where(inside, each[True], each[False])
    return _Learned(rule_columns(taken, population.fields, keys), inside, weights, quarter)


def _quality(population: Population, held: ir.BooleanValue, found: ir.BooleanValue) -> Quality:
    rows = population.table
    counted = rows.aggregate(
        customers=rows.count(where=held),
        group=rows.count(where=held & rows.inside),
        found=rows.count(where=held & found),
        both=rows.count(where=held & found & rows.inside),
    )
    row = only(population.engine.arrow(counted))[0]
    return Quality(**{name: int(str(value)) for name, value in row.items()})
