"""Who is in a segment: the customers with what people need to recognise and reach them, not yet masked."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

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
    for part in (_names(engine, chosen), _phones(engine, chosen), _stores(engine, chosen)):
        wide = wide.left_join(part, "customer_id").drop("customer_id_right")
    return engine.arrow(wide.order_by(order).select("customer_id", "person_name", "phone", *shown, "stores"))


def _names(engine: Engine, chosen: ir.Table) -> ir.Table:
    # The same name and number as :mod:`huaxiang.analyse.contacts` gives, for any number of customers at once.
    own = engine.table("account").semi_join(chosen, "customer_id")
    known = own.filter(own.person_name.notnull())
    founder_first = ibis.ifelse(known.account_key == known.founder_account_key, "0", "1")
    place = founder_first + _first(known.first_import_id, known.first_source_row) + known.account_key
    return known.group_by("customer_id").aggregate(person_name=known.person_name.argmin(place))


def _phones(engine: Engine, chosen: ir.Table) -> ir.Table:
    own = engine.table("customer_identifier").semi_join(chosen, "customer_id")
    phones = own.filter(own.identifier_type == "phone")
    verified_first = ibis.ifelse(phones.is_verified, "0", "1")
    place = verified_first + _first(phones.import_id, phones.source_row) + phones.identifier_value
    return phones.group_by("customer_id").aggregate(phone=phones.identifier_value.argmin(place))


def _first(import_id: ir.StringValue, source_row: ir.IntegerValue) -> ir.StringValue:
    # Text of fixed width orders like the number in it.
    return import_id + "|" + source_row.cast("string").lpad(12, "0") + "|"


def _stores(engine: Engine, chosen: ir.Table) -> ir.Table:
    sale = engine.table("sale").semi_join(chosen, "customer_id")
    bought = sale.filter(sale.store_no.notnull()).select("customer_id", "store_no").distinct()
    return bought.group_by("customer_id").aggregate(stores=bought.store_no.collect())
