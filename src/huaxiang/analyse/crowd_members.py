"""Who is in a segment: the customers with what people need to recognise and reach them, not yet masked."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.contact_columns import identifier_of_each, name_of_each, stores_of_each
from huaxiang.analyse.crowd_sizes import REVENUE
from huaxiang.analyse.population import Population
from huaxiang.engine.interface import Engine
from huaxiang.model.conditions import Condition


def crowd_members(
    population: Population, condition: Condition, columns: Sequence[str], *, limit: int | None = None, offset: int = 0
) -> pa.Table:
    """One row per customer of the segment, greatest net revenue first: ``customer_id, person_name, phone``, the
    ``columns`` that the portrait has, and ``stores`` (the stores of their orders, a list).

    Personal values are in full: the table is for the release door only.
    """
    engine = population.engine
    shown = [name for name in columns if name in population.table.columns]
    inside = population.members(condition).select("customer_id", *dict.fromkeys([REVENUE, *shown]))
    order = [ibis.desc(REVENUE, nulls_first=False), "customer_id"]
    chosen = engine.keep("crowd_members", inside.order_by(order).limit(limit, offset=offset))
    wide = chosen
    own = {
        name: engine.table(name).semi_join(chosen, "customer_id") for name in ("account", "customer_identifier", "sale")
    }
    found = name_of_each(own["account"]), identifier_of_each(own["customer_identifier"], "phone")
    for part in (*found, stores_of_each(own["sale"])):
        wide = wide.left_join(part, "customer_id").drop("customer_id_right")
    return engine.arrow(wide.order_by(order).select("customer_id", "person_name", "phone", *shown, "stores"))
