"""The figures that an overview opens with: how many customers, how much revenue, from how few, and since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.facts import end_of
from huaxiang.engine.interface import Engine, only

#: The part of buyers whose share of revenue is told.
TOP = 0.2
DAYS = 30


@dataclass(frozen=True)
class Headline:
    """``buyers_365d`` bought within 365 days; ``top_share`` is the part of their net revenue that the ``top_customers``
    who spent most brought (20% of them, rounded up), None without revenue."""

    customers: int
    buyers_365d: int
    net_revenue_365d: Decimal
    top_customers: int
    top_share: float | None


@dataclass(frozen=True)
class Recent:
    """Net revenue, orders and first-time buyers of the last 30 days, that day included, and of the 30 days before."""

    net_revenue: Decimal
    net_revenue_before: Decimal
    orders: int
    orders_before: int
    first_buyers: int
    first_buyers_before: int


def headline(engine: Engine, profile: ir.Table) -> Headline:
    """The headline of the profile's customers."""
    spent = profile.net_revenue_365d
    order = [ibis.desc(spent, nulls_first=False), profile.customer_id]
    ranked = profile.select("customer_id", spent=spent, bought=profile.orders_365d.coalesce(0) > 0).mutate(
        place=ibis.row_number().over(ibis.window(order_by=order))
    )
    buyers = ranked.bought.sum().over(ibis.window())
    ranked = ranked.mutate(top=ranked.bought & (ranked.place < (buyers * TOP).ceil()))
    found = ranked.aggregate(
        customers=ranked.count(),
        buyers=ranked.count(where=ranked.bought),
        revenue=ranked.spent.sum(where=ranked.bought),
        top=ranked.count(where=ranked.top),
        top_revenue=ranked.spent.sum(where=ranked.top),
    )
    row: dict[str, Any] = only(engine.arrow(found))[0]
    revenue = row["revenue"] or Decimal(0)
    share = float((row["top_revenue"] or 0) / revenue) if revenue > 0 else None
    return Headline(row["customers"], row["buyers"] or 0, revenue, row["top"] or 0, share)


def recent(engine: Engine, sale: ir.Table, profile: ir.Table, as_of: date) -> Recent:
    """The last 30 days up to ``as_of`` beside the 30 days before."""
    end = end_of(as_of)
    middle, start = (end - timedelta(days=days) for days in (DAYS, 2 * DAYS))
    at = sale.ordered_at
    now, before = (at >= middle) & (at < end), (at >= start) & (at < middle)
    first = profile.first_order_on
    new = (first >= middle.date()) & (first < end.date())
    earlier = (first >= start.date()) & (first < middle.date())
    sales = sale.aggregate(
        net_revenue=sale.net_revenue.sum(where=now & sale.is_counted),
        net_revenue_before=sale.net_revenue.sum(where=before & sale.is_counted),
        orders=sale.count(where=now & sale.is_purchase),
        orders_before=sale.count(where=before & sale.is_purchase),
    )
    buyers = profile.aggregate(first_buyers=profile.count(where=new), first_buyers_before=profile.count(where=earlier))
    row: dict[str, Any] = only(engine.arrow(sales.cross_join(buyers)))[0]
    return Recent(**{name: value or (Decimal(0) if "revenue" in name else 0) for name, value in row.items()})


def revenue_by_month(engine: Engine, sale: ir.Table, as_of: date, months: int) -> list[dict[str, Any]]:
    """One row per calendar month, oldest first, ``months`` of them up to that of ``as_of``: ``month`` (its first day),
    ``known`` and ``guests`` (net revenue of customers and of guests) and ``orders``. Months without orders are 0; those
    before the first order are left out."""
    first = [_month_before(as_of, back) for back in reversed(range(months))]
    rows = sale.filter(sale.is_counted, sale.ordered_at >= ibis.literal(end_of(first[0]) - timedelta(days=1)))
    rows = rows.mutate(month=rows.ordered_at.truncate("month").date())
    found = rows.group_by("month").aggregate(
        known=rows.net_revenue.sum(where=rows.customer_id.notnull()),
        guests=rows.net_revenue.sum(where=rows.customer_id.isnull()),
        orders=rows.count(where=rows.is_purchase),
    )
    by_month = {row["month"]: row for row in only(engine.arrow(found))}
    nothing = {"known": None, "guests": None, "orders": 0}
    return [_filled(day, by_month.get(day, nothing)) for day in first if day >= min(by_month, default=day)]


def shares(engine: Engine, profile: ir.Table, keys: Sequence[str]) -> dict[str, dict[str | None, int]]:
    """By tag: how many customers have each value, the unknown ones under None; one pass over each column."""
    parts = [
        profile.group_by(value=profile[key].cast("string")).aggregate(customers=profile.count()).mutate(tag=ibis.literal(key))
        for key in keys
    ]
    rows: list[dict[str, Any]] = only(engine.arrow(ibis.union(*parts) if len(parts) > 1 else parts[0]))
    found: dict[str, dict[str | None, int]] = {key: {} for key in keys}
    for row in sorted(rows, key=lambda row: (-row["customers"], str(row["value"]))):
        found[row["tag"]][row["value"]] = int(row["customers"])
    return found


def _filled(day: date, row: Mapping[str, Any]) -> dict[str, Any]:
    return {"month": day, "orders": int(row["orders"]), **{name: row[name] or Decimal(0) for name in ("known", "guests")}}


def _month_before(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
