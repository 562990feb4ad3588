"""Favourites: the value that a customer's rows name most often, or with the greatest sum."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.measures import meant
from huaxiang.model.facts import fact_named
from huaxiang.model.rules import Favourite
from huaxiang.model.tags import Tag


def favourite(tag: Tag, rule: Favourite, rows: ir.Table, as_of: date) -> ir.Table:
    """One row per customer with a favourite: ``customer_id`` and the tag's column.

    Values without weight (no rows in the window, or a sum of 0 or less) are no favourites.
    """
    fact = fact_named(rule.fact)
    value = rows[rule.column]
    chosen = rows.filter(meant(rule, rows, fact, as_of), value.notnull(), rows.customer_id.notnull())
    weighed = chosen.group_by(customer_id=chosen.customer_id, value=chosen[rule.column]).aggregate(
        weight=chosen[rule.by].sum() if rule.by else chosen.count(), last=chosen[fact.at].max() if fact.at else None
    )
    order = [weighed.weight.desc(), ibis.desc(weighed["last"], nulls_first=False), weighed.value.asc()]
    place = ibis.row_number().over(ibis.window(group_by="customer_id", order_by=order))
    best = weighed.filter(weighed.weight > 0).mutate(place=place)
    best = best.filter(best.place == 0)
    return best.select("customer_id", **{tag.key: best.value.cast(tag.field.ibis_type)})
