"""A suggested rule: any group of customers in a few readable tests, and how well they find it among others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np

from huaxiang.analyse.groups.counting import narrow
from huaxiang.analyse.groups.intervals import wilson
from huaxiang.analyse.groups.rule_columns import rule_columns
from huaxiang.analyse.groups.rule_paths import condition_of, short_paths
from huaxiang.analyse.groups.splits import sampled_rows
from huaxiang.analyse.groups.verdicts import FEWEST_CUSTOMERS
from huaxiang.analyse.population import Population
from huaxiang.engine.interface import only
from huaxiang.errors import InputError
from huaxiang.model.conditions import Condition

#: Customers of each side on whom a rule is found.
_SAMPLE = 15_000


@dataclass(frozen=True)
class Quality:
    """How a rule does on customers who had no part in finding it.

    ``found`` meet the rule, ``group`` belong to the group, ``both`` do both, of ``customers``. ``precision`` is both ÷
    found, ``recall`` both ÷ group, each with its 95% interval; ``lift`` is precision ÷ the group's share of all.
    """

    customers: int
    group: int
    found: int
    both: int

    @property
    def precision(self) -> float | None:
        """The part of those found who belong to the group; None where nobody is found."""
        return self.both / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The part of the group that is found; None for an empty group."""
        return self.both / self.group if self.group else None

    @property
    def lift(self) -> float | None:
        """How many times the group's share of all customers the precision is."""
        share = self.group / self.customers if self.customers else 0.0
        return self.precision / share if self.precision is not None and share else None

    @property
    def precision_ends(self) -> tuple[float, float]:
        """Wilson's interval of the precision."""
        return wilson(self.both, self.found)

    @property
    def recall_ends(self) -> tuple[float, float]:
        """Wilson's interval of the recall."""
        return wilson(self.both, self.group)

    @property
    def separates(self) -> bool:
        """Whether those found belong to the group more often than anybody does, beyond chance."""
        return self.customers > 0 and self.precision_ends[0] > self.group / self.customers


@dataclass(frozen=True)
class Suggested:
    """A rule and its quality on the half of the customers that was kept apart; None where no test tells them apart."""

    condition: Condition | None
    quality: Quality | None


def suggested_rule(population: Population, keys: Sequence[str], leave_out: Collection[str] = ()) -> Suggested:
    """A short rule for the customers whose ``inside`` is true.

    The table of the population has the boolean ``inside`` (never null) beside the tags. A decision tree finds the rule
    on one half of the customers, or on as many as 15,000 of each side of it; the engine counts on the other half. The
    same customers give the same rule every time. ``keys`` are the tags that it may name, those of ``leave_out`` and
    those that name people excepted. Raises :class:`InputError` for fewer than 30 customers inside or outside in either
    half.
    """
    told = [key for key in dict.fromkeys(keys) if key in population.table.columns and key not in leave_out]
    wide = population.table.select("customer_id", "inside", *told)
    halved = wide.mutate(learned=wide.customer_id.hexdigest("md5")[8] < "8")
    rows = narrow(population.engine, "suggested_rows", halved)
    sizes = _sizes(population, rows)
    columns, inside, weights = _learned(population, rows, told, sizes)
    paths = short_paths(columns, inside, weights)
    if not paths:
        return Suggested(None, None)
    condition = condition_of(paths, columns)
    return Suggested(condition, _quality(population.over(rows), condition))


def _sizes(population: Population, rows: ir.Table) -> dict[tuple[bool, bool], int]:
    grouped = rows.group_by("learned", "inside").aggregate(customers=rows.count())
    found = {(half, side): 0 for half in (True, False) for side in (True, False)}
    for row in only(population.engine.arrow(grouped)):
        found[bool(row["learned"]), bool(row["inside"])] = int(str(row["customers"]))
    least = min(found.values())
    if least < FEWEST_CUSTOMERS:
        group = found[True, True] + found[False, True]
        raise InputError("group.rule_too_few", group=group, fewest=FEWEST_CUSTOMERS)
    return found


def _learned(population: Population, rows: ir.Table, keys: Sequence[str], sizes: dict[tuple[bool, bool], int]) -> Any:
    taken: list[dict[str, Any]] = []
    for side in (True, False):
        half = rows.filter(rows.learned, rows.inside if side else ~rows.inside)
        some = sampled_rows(half, sizes[True, side], _SAMPLE).order_by("customer_id")
        numbers = {key: some[key].cast("float64") for key in keys if some[key].type().is_decimal()}
        taken += only(population.engine.arrow(some.mutate(**numbers).select("inside", *keys)))
    inside = np.array([row["inside"] for row in taken], dtype=np.bool_)
    each = {side: sizes[True, side] / int((inside == side).sum()) for side in (True, False)}
    weights = np.where(inside, each[True], each[False])
    return rule_columns(taken, population.fields, keys), inside, weights


def _quality(population: Population, condition: Condition) -> Quality:
    rows = population.table
    held, found = ~rows.learned, population.inside(condition)
    counted = rows.aggregate(
        customers=rows.count(where=held),
        group=rows.count(where=held & rows.inside),
        found=rows.count(where=held & found),
        both=rows.count(where=held & found & rows.inside),
    )
    row = only(population.engine.arrow(counted))[0]
    return Quality(**{name: int(str(value)) for name, value in row.items()})
