"""Held values that are still open: those whose accounts are several customers, counted over all of their accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.identity_records import Tables
from huaxiang.engine.interface import Engine, only
from huaxiang.prepare.unify.records import LIKENESS

VALUE = ("identifier_type", "identifier_value")
#: Customers named of one value; a till's phone may stand on a hundred thousand.
MOST_CUSTOMERS = 20
#: Reasons for a hold that say all there is to say.
NEED_NOBODY = ("placeholder", "staff_phone", "learned_placeholder", "operator_phone", "changed_hands")


def all_holds(tables: Tables) -> ir.Table:
    """The holds on values; pairs that look alike wait in a queue of their own."""
    hold = tables["identity_hold"]
    return hold.filter(hold.identifier_type != LIKENESS)


def to_settle(tables: Tables) -> ir.Table:
    """The holds on values that a person can settle."""
    hold = all_holds(tables)
    return hold.filter(~hold.reason.isin(NEED_NOBODY))


def open_holds(tables: Tables, hold: ir.Table) -> ir.Table:
    """The rows of ``hold`` with ``customer_count``: how many customers use the value, two or more.

    A value whose accounts another link has made one customer is left out: nothing is held back any more.
    """
    users = users_of_values(tables, hold)
    counted = users.group_by(*VALUE).agg(customer_count=users.customer_id.nunique())
    several = counted.filter(counted.customer_count > 1)
    return hold.inner_join(several, VALUE).select(*hold.columns, "customer_count")


def customers_of(
    engine: Engine, tables: Tables, holds: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str], list[str]]:
    """By type and value of each of these holds the customers that use it, the first :data:`MOST_CUSTOMERS` by id."""
    names = (*VALUE, "account_keys")
    asked = pa.table({name: pa.array([held[name] for held in holds], pa.string()) for name in names})
    users = users_of_values(tables, engine.bring("holds_asked", asked))
    place = ibis.row_number().over(group_by=VALUE, order_by="customer_id")
    placed = users.mutate(place=place)
    first = placed.filter(placed.place < MOST_CUSTOMERS).order_by([*VALUE, "customer_id"])
    found: dict[tuple[str, str], list[str]] = {}
    for row in only(engine.arrow(first)):
        found.setdefault((str(row["identifier_type"]), str(row["identifier_value"])), []).append(
            str(row["customer_id"])
        )
    return found


def users_of_values(tables: Tables, hold: ir.Table) -> ir.Table:
    """One row per value of these holds and customer. The accounts that a hold lists count as well, for some have the
    value as a hash, and others look alike and share none."""
    known, account = tables["customer_identifier"], tables["account"]
    by_value = known.semi_join(hold, VALUE).select(*VALUE, "customer_id")
    listed = hold.select(*VALUE, account_key=hold.account_keys.split(", ")).unnest("account_key")
    by_key = listed.inner_join(account.select("account_key", "customer_id"), "account_key")
    return by_value.union(by_key.select(*VALUE, "customer_id")).distinct()
