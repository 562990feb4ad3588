"""Tags computed from other tags: formulas, expressions, days since, anniversaries, look-ups and layers, which may ask
what a customer did too."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import and_
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.doers import EventLeaf, doers
from huaxiang.analyse.evaluate import compiled, tested
from huaxiang.analyse.events import Events
from huaxiang.analyse.expressions import computed
from huaxiang.model.compared import of_one_row
from huaxiang.model.conditions import Condition, Meaning
from huaxiang.model.fields import Fields
from huaxiang.model.rules import Anniversary, Expression, Formula, Layers, Lookup, Rule, Since
from huaxiang.model.tags import Tag, groups_of


def derived(tag: Tag, wide: ir.Table, fields: Fields, events: Events) -> ir.Value:
    """The tag as a column over a table that already has the tags it needs, for the day of the ``events``: what the
    customers did until then."""
    if isinstance(tag.rule, Formula | Expression):
        return computed(tag.rule.tree, wide, fields, tag.field, events.as_of)
    if isinstance(tag.rule, Layers):
        return _layered(tag.rule, wide, fields, events).cast(tag.field.ibis_type)
    return _value(tag.rule, wide, events.as_of).cast(tag.field.ibis_type)


def _value(rule: Rule, wide: ir.Table, as_of: date) -> ir.Value:
    match rule:
        case Since():
            return _since(wide[rule.of], rule.unit, as_of)
        case Anniversary():
            return to_anniversary(wide[rule.of], as_of)
        case Lookup():
            return _looked_up(rule, wide[rule.of])
        case _:
            raise AssertionError(f"{rule.kind} tags are computed elsewhere")


def _since(day: Any, unit: str, as_of: date) -> ir.Value:
    today = ibis.literal(as_of)
    if unit == "days":
        passed = today.delta(day, unit="day")
    else:
        number = day.year().cast("int64") * 10_000 + day.month().cast("int64") * 100 + day.day().cast("int64")
        passed = (ibis.literal(as_of.year * 10_000 + as_of.month * 100 + as_of.day) - number) // 10_000
    return ibis.cases((day <= today, passed))


def to_anniversary(day: Any, as_of: date) -> ir.Value:
    """Days from the ``as_of`` day to the next anniversary of a day, 0 on the day itself."""
    this_year, next_year = (_days_until(day, year, as_of) for year in (as_of.year, as_of.year + 1))
    return ibis.ifelse(this_year >= 0, this_year, next_year)


def _days_until(day: Any, year: int, as_of: date) -> ir.Value:
    # Counted from the first of the month, so that 29 February falls on 1 March in other years.
    first = ibis.date(ibis.literal(year), day.month(), ibis.literal(1))
    return first.delta(ibis.literal(as_of), unit="day") + day.day() - 1


def _looked_up(rule: Lookup, text: Any) -> ir.Value:
    groups = groups_of(rule.groups)
    # 上海 and 上海市 are one city.
    found = [(text.isin([*members, *(f"{name}市" for name in members)]), group) for group, members in groups.items()]
    otherwise = [(text.notnull(), rule.otherwise)] if rule.otherwise else []
    return ibis.cases(*found, *otherwise)


def _layered(rule: Layers, wide: ir.Table, fields: Fields, events: Events) -> ir.Value:
    layers = [(_inside(layer.when, wide, fields, events), layer.value) for layer in rule.layers]
    chosen = ibis.cases(*layers)
    if not rule.needs:
        return chosen
    known = reduce(and_, [wide[key].notnull() for key in rule.needs])
    return ibis.cases((known, chosen))


def _inside(condition: Condition, wide: ir.Table, fields: Fields, events: Events) -> ir.BooleanValue:
    """Whether the condition is true of each customer; nobody did what the workspace knows nothing of."""

    def meaning(leaf: Meaning) -> ir.BooleanValue:
        if not isinstance(leaf, EventLeaf):
            return tested(of_one_row(leaf), wide, fields, events.as_of)
        found = doers(leaf, events)
        return ibis.literal(value=False) if found is None else wide.customer_id.isin(found)

    return compiled(condition, meaning)
