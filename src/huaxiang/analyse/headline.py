"""The figures that an overview opens with: how many customers, how much revenue, from how few, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.facts import end_of, is_other_currency
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
    """Net revenue, orders and first-time buyers of the last 30 days, that day included, and of the 30 days before.

    Amounts are of orders in the main currency, the counts of all orders.
    """

    net_revenue: Decimal
    net_revenue_before: Decimal
    orders: int
    orders_before: int
    first_buyers: int
    first_buyers_before: int


def headline(engine: Engine, profile: ir.Table) -> Headline:
    """The headline of the profile's customers."""
    bought = profile.orders_365d.coalesce(0) > 0
    spending = profile.select(customer_id=profile.customer_id, spent=profile.net_revenue_365d, bought=bought)
    order = [ibis.desc(spending.spent, nulls_first=False), spending.customer_id]
    ranked = spending.mutate(place=ibis.row_number().over(ibis.window(order_by=order)))
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
    added = sale.is_counted & ~is_other_currency(sale)
    sales = sale.aggregate(
        net_revenue=sale.net_revenue.sum(where=now & added),
        net_revenue_before=sale.net_revenue.sum(where=before & added),
        orders=sale.count(where=now & sale.is_purchase),
        orders_before=sale.count(where=before & sale.is_purchase),
    )
    buyers = profile.aggregate(first_buyers=profile.count(where=new), first_buyers_before=profile.count(where=earlier))
    row: dict[str, Any] = only(engine.arrow(sales.cross_join(buyers)))[0]
    return Recent(
        net_revenue=row["net_revenue"] or Decimal(0),
        net_revenue_before=row["net_revenue_before"] or Decimal(0),
        orders=row["orders"] or 0,
        orders_before=row["orders_before"] or 0,
        first_buyers=row["first_buyers"] or 0,
        first_buyers_before=row["first_buyers_before"] or 0,
    )
