"""Who is in a segment: the customers with what people need to recognise and reach them, not yet masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.contact_columns import identifier_of_each, name_of_each, stores_of_each
from huaxiang.analyse.crowd_sizes import REVENUE
from huaxiang.analyse.population import Population
from huaxiang.model.conditions import Condition


def crowd_members(
    population: Population, condition: Condition, columns: Sequence[str], *, limit: int | None = None, offset: int = 0
) -> pa.Table:
    """One row per customer of the segment, greatest net revenue first: ``customer_id, person_name, phone``, the
    ``columns`` that the portrait has, and ``stores`` (the stores of their orders, a list).

    Personal values are in full: the table is for the release door only.
    """
    inside = _inside(population, condition, columns)
    order = [ibis.desc(REVENUE, nulls_first=False), "customer_id"]
    return _told(population, inside.order_by(order).limit(limit, offset=offset), columns, order)


def crowd_page(
    population: Population, condition: Condition, columns: Sequence[str], *, after: str = "", limit: int | None = None
) -> pa.Table:
    """The same rows in the order of their ids, from the first one behind ``after`` on.

    Whoever asks for one page after another sees every customer once, whatever the place of each.
    """
    inside = _inside(population, condition, columns)
    behind = inside.filter(inside.customer_id > after) if after else inside
    return _told(population, behind.order_by("customer_id").limit(limit), columns, ["customer_id"])


def _inside(population: Population, condition: Condition, columns: Sequence[str]) -> ir.Table:
    return population.members(condition, [REVENUE, *columns])


def _told(population: Population, chosen: ir.Table, columns: Sequence[str], order: Sequence[Any]) -> pa.Table:
    engine = population.engine
    wide = chosen = engine.keep("crowd_members", chosen)
    own = {
        name: engine.table(name).semi_join(chosen, "customer_id") for name in ("account", "customer_identifier", "sale")
    }
    found = name_of_each(own["account"]), identifier_of_each(own["customer_identifier"], "phone")
    for part in (*found, stores_of_each(own["sale"])):
        wide = wide.left_join(part, "customer_id").drop("customer_id_right")
    shown = [name for name in dict.fromkeys(columns) if name in chosen.columns]
    return engine.arrow(wide.order_by(order).select("customer_id", "person_name", "phone", *shown, "stores"))
