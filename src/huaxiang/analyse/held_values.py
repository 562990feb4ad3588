"""Values that were held back, each with the accounts that use it side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, only

Tables = Mapping[str, ir.Table]
_VALUE = ["identifier_type", "identifier_value"]
#: Accounts shown of one value; a till's phone stands on thousands.
MOST_ACCOUNTS = 12
_ACCOUNT = ("account_key", "customer_id", "person_name", "first_seen_at", "orders_total", "net_revenue_total")


@dataclass(frozen=True)
class HeldValue:
    """One value that does not join all of its accounts: why, how many use it, and the first of them by key.

    An account is a row of ``account_key, customer_id, person_name, first_seen_at``, and ``orders_total`` and
    ``net_revenue_total`` of its customer (null for who never bought). Unmasked: pass it through release.
    """

    identifier_type: str
    identifier_value: str
    reason: str
    account_count: int
    accounts: tuple[Mapping[str, Any], ...]


def held_values(engine: Engine, tables: Tables, reason: str | None, limit: int, offset: int = 0) -> list[HeldValue]:
    """Held values, those with most accounts first; of one ``reason`` only, or of all when it is None."""
    hold = tables["identity_hold"]
    chosen = hold if reason is None else hold.filter(hold.reason == reason)
    ordered = chosen.order_by([chosen.account_count.desc(), *_VALUE])
    page = engine.keep("held_page", ordered.limit(limit, offset=offset).select(*_VALUE, "reason", "account_count"))
    users: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in only(engine.arrow(_users(tables, page))):
        users.setdefault((str(row["identifier_type"]), str(row["identifier_value"])), []).append(
            {name: row[name] for name in _ACCOUNT}
        )
    held: list[dict[str, Any]] = only(engine.arrow(page.order_by([page.account_count.desc(), *_VALUE])))
    return [HeldValue(**row, accounts=tuple(users.get((row[_VALUE[0]], row[_VALUE[1]]), ()))) for row in held]


def _users(tables: Tables, page: ir.Table) -> ir.Table:
    known = tables["customer_identifier"]
    used = known.semi_join(page, _VALUE).select(*_VALUE, "account_key").distinct()
    account = tables["account"].select("account_key", "customer_id", "person_name", "first_seen_at")
    profile = tables["profile"].select("customer_id", "orders_total", "net_revenue_total")
    wide = used.inner_join(account, "account_key").left_join(profile, "customer_id").drop("customer_id_right")
    place = wide.group_by(_VALUE).order_by("account_key").mutate(place=lambda rows: rows.account_key.rank())
    return place.filter(place.place < MOST_ACCOUNTS).select(*_VALUE, *_ACCOUNT).order_by([*_VALUE, "account_key"])
