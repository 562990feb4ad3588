"""The accounts that use held values, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import pyarrow as pa

from huaxiang.analyse.customer_worth import customer_worth
from huaxiang.analyse.identity_records import Tables
from huaxiang.engine.interface import Engine, only

_VALUE = ["identifier_type", "identifier_value"]
#: Accounts shown of one value; a till's phone stands on thousands.
MOST_ACCOUNTS = 12
COLUMNS = ("account_key", "customer_id", "person_name", "first_seen_at", "orders_total", "net_revenue_total")

#: The accounts of each value, by its type and the value.
Users = dict[tuple[str, str], list[dict[str, Any]]]


def users_of(engine: Engine, tables: Tables, values: Sequence[Mapping[str, Any]]) -> Users:
    """:data:`MOST_ACCOUNTS` of the accounts that use each of these values: rows of :data:`COLUMNS`. One account of
    every customer comes first, so that those who could be one person stand side by side; then it goes by key.

    ``orders_total`` and ``net_revenue_total`` are those of the account's customer, null for who has no profile. Values
    without an account are left out. Unmasked: pass them through release.
    """
    asked = pa.table({name: pa.array([value[name] for value in values], pa.string()) for name in _VALUE})
    known = tables["customer_identifier"]
    used = known.semi_join(engine.bring("held_values", asked), _VALUE).select(*_VALUE, "account_key").distinct()
    account = tables["account"].select("account_key", "customer_id", "person_name", "first_seen_at")
    profile = customer_worth(tables["profile"])
    wide = used.inner_join(account, "account_key").left_join(profile, "customer_id").drop("customer_id_right")
    own = wide.mutate(own_place=ibis.row_number().over(group_by=[*_VALUE, "customer_id"], order_by="account_key"))
    order = [own.own_place > 0, own.account_key]
    placed = own.mutate(place=ibis.row_number().over(group_by=_VALUE, order_by=order))
    first = placed.filter(placed.place < MOST_ACCOUNTS).order_by([*_VALUE, "place"])
    found: Users = {}
    for row in only(engine.arrow(first.select(*_VALUE, *COLUMNS))):
        key = str(row["identifier_type"]), str(row["identifier_value"])
        found.setdefault(key, []).append({name: row[name] for name in COLUMNS})
    return found


def links_between(engine: Engine, tables: Tables, account_keys: Sequence[str]) -> list[dict[str, Any]]:
    """The links between these accounts, as ``identity_link`` has them, sorted. Unmasked."""
    if not account_keys:
        return []
    keys = engine.bring("held_accounts", pa.table({"key": pa.array(sorted(set(account_keys)), pa.string())}))
    found = tables["identity_link"]
    for end in ("account_key_a", "account_key_b"):
        found = found.semi_join(keys.select(**{end: keys.key}), end)
    return only(engine.arrow(found.order_by(found.columns)))
