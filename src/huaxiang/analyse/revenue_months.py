"""Net revenue month by month, of the customers that are known and of guests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.facts import end_of, is_other_currency
from huaxiang.engine.interface import Engine, only


def revenue_by_month(engine: Engine, sale: ir.Table, as_of: date, months: int) -> list[dict[str, Any]]:
    """One row per calendar month, oldest first, ``months`` of them up to that of ``as_of``: ``month`` (its first day),
    ``known`` and ``guests`` (net revenue of customers and of guests) and ``orders``. Months without orders are 0; those
    before the first order are left out. Amounts are of orders in the main currency, ``orders`` of all."""
    first = [_month_before(as_of, back) for back in reversed(range(months))]
    rows = sale.filter(sale.is_counted, sale.ordered_at >= ibis.literal(end_of(first[0]) - timedelta(days=1)))
    rows = rows.mutate(month=rows.ordered_at.truncate("month").date())
    found = rows.group_by("month").aggregate(
        known=rows.net_revenue.sum(where=rows.customer_id.notnull() & ~is_other_currency(rows)),
        guests=rows.net_revenue.sum(where=rows.customer_id.isnull() & ~is_other_currency(rows)),
        orders=rows.count(where=rows.is_purchase),
    )
    rows_found: list[dict[str, Any]] = only(engine.arrow(found))
    by_month: dict[date, dict[str, Any]] = {row["month"]: row for row in rows_found}
    nothing = {"known": None, "guests": None, "orders": 0}
    return [_filled(day, by_month.get(day, nothing)) for day in first if day >= min(by_month, default=day)]


def _filled(day: date, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "month": day,
        "orders": int(row["orders"]),
        **{name: row[name] or Decimal(0) for name in ("known", "guests")},
    }


def _month_before(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
