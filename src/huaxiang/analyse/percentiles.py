"""The place of a number among all customers, or among those who are alike in another tag."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.model.rules import Percentile
from huaxiang.model.tags import Tag


def with_percentiles(engine: Engine, name: str, wide: ir.Table, tags: Iterable[Tag]) -> ir.Table:
    """``wide`` (one row per customer) with a column for each percentile tag, whose places are held under that name;
    unknown for those who lack the number, or the group."""
    asked = [(tag, tag.rule) for tag in tags if isinstance(tag.rule, Percentile)]
    if not asked:
        return wide
    # Apart from the others, for whoever is put in order is put in order with all columns.
    numbers = dict.fromkeys(column for _, rule in asked for column in (rule.of, rule.within) if column)
    narrow = wide.select("customer_id", *numbers)
    found = {tag.key: _layered(rule, _place(rule, narrow)).cast(tag.field.ibis_type) for tag, rule in asked}
    places = engine.keep(name, narrow.select(placed_id=narrow.customer_id, **found))
    return wide.inner_join(places, [("customer_id", "placed_id")]).drop("placed_id")


def _place(rule: Percentile, wide: ir.Table) -> Any:
    """The share of customers with less, and half of those with as much: (below + equal / 2) / all."""
    number = wide[rule.of].cast("float64")
    group = [wide[rule.within]] if rule.within else []
    # Who has no number comes last, so that it changes nobody's place.
    below = ibis.rank().over(ibis.window(group_by=group, order_by=ibis.asc(number, nulls_first=False)))
    equal = number.count().over(ibis.window(group_by=[*group, number]))
    everybody = number.count().over(ibis.window(group_by=group))
    known = number.notnull() & (group[0].notnull() if group else True)
    return ibis.cases((known, (below.cast("float64") + equal.cast("float64") / 2.0) / everybody.cast("float64")))


def _layered(rule: Percentile, place: Any) -> Any:
    return ibis.cases(*((place >= layer.least, layer.value) for layer in rule.layers)) if rule.layers else place
