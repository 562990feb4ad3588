"""Facts about rhythm and value: purchases of the last year, and month by month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis

from huaxiang.analyse.document_facts.book import FactBook, Kind, safe
from huaxiang.analyse.document_facts.state import State
from huaxiang.analyse.facts import end_of, is_other_currency
from huaxiang.words import Message

MONTHS = 13


def value(book: FactBook, state: State) -> None:
    """Enter what was bought in 365 days and by month, and who bought."""
    _year(book, state)
    _months(book, state)
    _buyers(book, state)


def _year(book: FactBook, state: State) -> None:
    sale, query = state.engine.table("sale"), "value.year"
    start = end_of(state.as_of) - timedelta(days=365)
    sale = sale.filter(
        sale.is_counted, sale.ordered_at >= ibis.literal(start), sale.ordered_at < ibis.literal(end_of(state.as_of))
    )
    guest, added = sale.customer_id.isnull(), ~is_other_currency(sale)
    row = book.ask(
        state.engine,
        query,
        sale.aggregate(
            net_revenue_365d=sale.net_revenue.sum(where=added),
            orders_365d=sale.count(where=sale.is_purchase),
            refund_365d=sale.refund_amount.sum(where=added),
            guest_orders_365d=sale.count(where=guest & sale.is_purchase),
            guest_net_revenue_365d=sale.net_revenue.sum(where=guest & added),
            currencies=sale.currency.nunique(),
            other_currency_orders_365d=sale.count(where=sale.is_purchase & ~added),
        ).mutate(
            guest_revenue_share=lambda t: (
                t.guest_net_revenue_365d.cast("float64") / t.net_revenue_365d.cast("float64").nullif(0)
            )
        ),
    )[0]
    orders = int(row["orders_365d"])
    kinds: dict[str, Kind] = {
        "net_revenue_365d": "money",
        "refund_365d": "money",
        "guest_net_revenue_365d": "money",
        "guest_revenue_share": "share",
    }
    for column in row:
        kind = kinds.get(column, "count")
        found = row[column] if kind != "count" else int(row[column] or 0)
        book.add(f"value.{column}", found, kind, Message(f"document.fact.value.{column}"), query, column, n=orders)


def _months(book: FactBook, state: State) -> None:
    sale, query = state.engine.table("sale"), "value.months"
    first = _months_before(state.as_of, MONTHS - 1)
    sale = sale.filter(
        sale.is_counted,
        sale.ordered_at >= ibis.literal(_midnight(first)),
        sale.ordered_at < ibis.literal(end_of(state.as_of)),
    )
    sale = sale.mutate(month=sale.ordered_at.year() * 100 + sale.ordered_at.month())
    found = sale.group_by("month").aggregate(
        orders=sale.count(where=sale.is_purchase), net_revenue=sale.net_revenue.sum(where=~is_other_currency(sale))
    )
    rows = {int(row["month"]): row for row in book.ask(state.engine, query, found.order_by("month"))}
    for step in range(MONTHS):
        month = _months_before(state.as_of, MONTHS - 1 - step)
        number = month.year * 100 + month.month
        if number < min(rows, default=number):
            continue  # before the data begin
        row = rows.get(number, {"orders": 0, "net_revenue": 0})
        name = f"{month:%Y-%m}"
        said, key = {"month": name}, f"month.{name}"
        book.add(f"{key}.name", name, "text", Message("document.fact.month.name", said), query, "month")
        book.add(
            f"{key}.orders", int(row["orders"]), "count", Message("document.fact.month.orders", said), query, "orders"
        )
        means, added = Message("document.fact.month.net_revenue", said), row["net_revenue"] or 0
        book.add(f"{key}.net_revenue", added, "money", means, query, "net_revenue", n=int(row["orders"]))


def _buyers(book: FactBook, state: State) -> None:
    profile, query = state.engine.table("profile"), "value.buyers"
    bought, again = profile.orders_total > 0, profile.order_days_total > 1
    row = book.ask(
        state.engine,
        query,
        profile.aggregate(
            customers=profile.count(),
            buyers=profile.count(where=bought),
            repeat_buyers=profile.count(where=again),
            customers_net_revenue_365d=profile.net_revenue_365d.sum(),
        ).mutate(
            buyer_share=lambda t: t.buyers / t.customers.nullif(0),
            repeat_share=lambda t: t.repeat_buyers / t.buyers.nullif(0),
        ),
    )[0]
    customers, buyers, again_count = (int(row[name]) for name in ("customers", "buyers", "repeat_buyers"))
    few_buyers = not all(safe([buyers, customers - buyers], state.smallest_cell))
    few_again = few_buyers or not all(safe([again_count, buyers - again_count], state.smallest_cell))
    entries: tuple[tuple[str, Kind, int, bool], ...] = (
        ("buyers", "count", customers, few_buyers),
        ("buyer_share", "share", customers, few_buyers),
        ("repeat_buyers", "count", buyers, few_again),
        ("repeat_share", "share", buyers, few_again),
        ("customers_net_revenue_365d", "money", customers, few_buyers),
    )
    for column, kind, base, few in entries:
        means = Message(f"document.fact.value.{column}")
        book.add(f"value.{column}", row[column], kind, means, query, column, n=base, is_hidden=few)


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _midnight(day: date) -> Any:
    return end_of(day - timedelta(days=1))
