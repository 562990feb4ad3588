"""How the identities of all sources stand: customers and accounts, links by rule, sizes, what is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis

from huaxiang.analyse.identity_records import Tables
from huaxiang.analyse.open_holds import all_holds, customers_of, open_holds, to_settle
from huaxiang.engine.interface import Engine, count_of, only

Rows = tuple[Mapping[str, Any], ...]
_REVIEWED = ("identifier_type", "identifier_value", "reason", "account_count", "detail", "customer_count")


@dataclass(frozen=True)
class IdentityReport:
    """``accounts`` and ``customers`` count rows of the published tables; ``redirects`` former ids that still resolve.
    ``not_portrayed`` of the customers are staff or tests, who get no portrait and are in no count of a refresh.

    ``households`` counts groups of customers who live together, ``household_members`` the customers in them.
    ``links``: ``rule, identifier_type, links, customers``. ``sizes``: ``account_count`` (accounts of one customer),
    ``customers``. ``holds``: ``reason, values, accounts`` of the values that several customers use. ``largest``: the
    ten largest customers.
    """

    accounts: int
    customers: int
    not_portrayed: int
    redirects: int
    households: int
    household_members: int
    links: Rows
    sizes: Rows
    holds: Rows
    largest: Rows


def identity_report(engine: Engine, tables: Tables) -> IdentityReport:
    """The report on the tables of the latest refresh."""
    customer, link, hold = tables["customer"], tables["identity_link"], open_holds(tables, all_holds(tables))
    by_rule = link.group_by("rule", "identifier_type").aggregate(
        links=link.count(), customers=link.customer_id.nunique()
    )
    sizes = customer.group_by("account_count").aggregate(customers=customer.count())
    held = hold.group_by("reason").aggregate(values=hold.count(), accounts=hold.account_count.sum())
    largest = customer.select("customer_id", "account_count").order_by([ibis.desc("account_count"), "customer_id"])
    accounts, customers, redirects = (
        count_of(engine, tables[name]) for name in ("account", "customer", "customer_redirect")
    )
    return IdentityReport(
        accounts,
        customers,
        count_of(engine, customer.filter(customer.is_staff.fill_null(False) | customer.is_test.fill_null(False))),
        redirects,
        *_households(engine, tables),
        *(
            tuple(only(engine.arrow(rows)))
            for rows in (
                by_rule.order_by([ibis.desc("links"), "rule", "identifier_type"]),
                sizes.order_by("account_count"),
                held.order_by([ibis.desc("values"), "reason"]),
                largest.limit(10),
            )
        ),
    )


def _households(engine: Engine, tables: Tables) -> tuple[int, int]:
    home = tables["household"]
    found = only(engine.arrow(home.aggregate(homes=home.household_id.nunique(), members=home.count())))[0]
    return int(str(found["homes"])), int(str(found["members"]))


def review(
    engine: Engine, tables: Tables, limit: int | None = 50, offset: int = 0, reason: str | None = None
) -> list[dict[str, Any]]:
    """Values that do not join all of their accounts and that a person can settle, the worst first: those that touch
    the most customers.

    One row per hold: ``identifier_type, identifier_value, reason, account_count, detail, customer_count`` (over all
    accounts), ``customers`` (the first 20 by id). Placeholders and staff phones need nobody: they come only when their
    ``reason`` is asked for.
    """
    asked = to_settle(tables) if reason is None else all_holds(tables).filter(ibis._.reason == reason)
    found = open_holds(tables, asked)
    worst = found.order_by(
        [ibis.desc("customer_count"), ibis.desc("account_count"), "identifier_type", "identifier_value"]
    )
    rows: list[dict[str, Any]] = only(engine.arrow(worst if limit is None else worst.limit(limit, offset=offset)))
    names = customers_of(engine, tables, rows) if rows else {}
    return [
        {**{name: row[name] for name in _REVIEWED}, "customers": names[row["identifier_type"], row["identifier_value"]]}
        for row in rows
    ]
