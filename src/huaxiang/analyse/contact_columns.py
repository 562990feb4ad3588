"""How any number of customers are called and reached, and where they bought, as columns to join to their rows.

The same values as :mod:`huaxiang.analyse.contacts` finds for a few customers. All of them are unmasked.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


def name_of_each(account: ir.Table) -> ir.Table:
    """``customer_id, person_name``: the name of the founding account, else of the account that came first."""
    known = account.filter(account.person_name.notnull())
    founder_first = ibis.ifelse(known.account_key == known.founder_account_key, "0", "1")
    place = founder_first + _first(known.first_import_id, known.first_source_row) + known.account_key
    return known.group_by("customer_id").aggregate(person_name=known.person_name.argmin(place))


def identifier_of_each(customer_identifier: ir.Table, kind: str) -> ir.Table:
    """``customer_id`` and a column called like the kind of identifier: the verified one that came first."""
    own = customer_identifier.filter(customer_identifier.identifier_type == kind)
    verified_first = ibis.ifelse(own.is_verified, "0", "1")
    place = verified_first + _first(own.import_id, own.source_row) + own.identifier_value
    return own.group_by("customer_id").aggregate(own.identifier_value.argmin(place).name(kind))


def stores_of_each(sale: ir.Table) -> ir.Table:
    """``customer_id, stores``: the stores in which they have orders, sorted; customers without one are left out."""
    bought = sale.filter(sale.store_no.notnull(), sale.customer_id.notnull()).select("customer_id", "store_no")
    pairs = bought.distinct()
    return pairs.group_by("customer_id").aggregate(stores=pairs.store_no.collect()).mutate(stores=ibis._.stores.sort())


def _first(import_id: ir.StringValue, source_row: ir.IntegerValue) -> ir.StringValue:
    # Text of fixed width orders like the number in it.
    return import_id + "|" + source_row.cast("string").lpad(12, "0") + "|"
