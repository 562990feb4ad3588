"""Who is in a segment: the customers with what people need to recognise and reach them, not yet masked."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.evaluate import holds
from huaxiang.engine.interface import Engine
from huaxiang.model.conditions import Condition
from huaxiang.model.fields import Fields

REVENUE = "net_revenue_total"


def crowd_members(
    engine: Engine,
    table: ir.Table,
    condition: Condition,
    fields: Fields,
    columns: Sequence[str],
    *,
    limit: int | None = None,
    offset: int = 0,
) -> pa.Table:
    """One row per customer of the segment, greatest net revenue first: ``customer_id, person_name, phone``, the
    ``columns`` that the portrait has, and ``stores`` (the stores of their orders, a list).

    Personal values are in full: the table is for the release door only.
    """
    shown = [name for name in columns if name in table.columns]
    inside = table.filter(holds(condition, table, fields)).select("customer_id", *dict.fromkeys([REVENUE, *shown]))
    order = [ibis.desc(REVENUE, nulls_first=False), "customer_id"]
    chosen = engine.keep("crowd_members", inside.order_by(order).limit(limit, offset=offset))
    wide = chosen
    for part in (_names(engine, chosen), _phones(engine, chosen), _stores(engine, chosen)):
        wide = wide.left_join(part, "customer_id").drop("customer_id_right")
    return engine.arrow(wide.order_by(order).select("customer_id", "person_name", "phone", *shown, "stores"))


def _names(engine: Engine, chosen: ir.Table) -> ir.Table:
    account = engine.table("account").semi_join(chosen, "customer_id")
    first = account.person_name.argmin(account.account_key, where=account.person_name.notnull())
    return account.group_by("customer_id").aggregate(person_name=first)


def _phones(engine: Engine, chosen: ir.Table) -> ir.Table:
    known = engine.table("customer_identifier").semi_join(chosen, "customer_id")
    phones = known.filter(known.identifier_type == "phone")
    # A verified number comes first.
    place = ibis.ifelse(phones.is_verified, "0", "1") + phones.identifier_value
    return phones.group_by("customer_id").aggregate(phone=place.min().substr(1))


def _stores(engine: Engine, chosen: ir.Table) -> ir.Table:
    sale = engine.table("sale").semi_join(chosen, "customer_id")
    bought = sale.filter(sale.store_no.notnull()).select("customer_id", "store_no").distinct()
    return bought.group_by("customer_id").aggregate(stores=bought.store_no.collect())
