"""What the customers of each value bring: net revenue, orders, and the value of an order, each with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.groups.bars import Bar
from huaxiang.analyse.groups.counting import SIDE, counts, narrow
from huaxiang.analyse.groups.intervals import of_mean, of_ratio
from huaxiang.analyse.groups.splits import one_of_each, splits_of
from huaxiang.analyse.groups.verdicts import FEWEST_CUSTOMERS
from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import Fields

REVENUE, ORDERS, PURCHASES = "net_revenue_total", "orders_total", "purchase_revenue_total"
Ends = tuple[float, float] | None


@dataclass(frozen=True)
class Measured:
    """One value of a tag: its customers and what they bring, in the currency of most orders.

    ``revenue_share`` is the part of all net revenue of the group. ``mean_revenue`` is per customer; ``order_value``
    what an order paid on average. Intervals are of 95%, None (with ``few`` true) for fewer than 30 customers.
    """

    bar: Bar
    customers: int
    customer_share: float
    revenue: float
    revenue_share: float | None
    orders: int
    mean_revenue: float | None
    mean_revenue_ends: Ends
    order_value: float | None
    order_value_ends: Ends
    few: bool


def value_measures(engine: Engine, rows: ir.Table, fields: Fields, key: str) -> tuple[Measured, ...]:
    """The measures of each value of the tag over the customers with ``inside`` true, in the order of its bars.

    A customer with several values counts in each. Who has no known revenue or orders brings 0.
    """
    measured = [name for name in (REVENUE, ORDERS, PURCHASES) if name in rows.columns and name != key]
    chosen = rows.filter(rows.inside).select("customer_id", key, *measured)
    figures = {
        f"_{name}": (chosen[name].cast("float64").fill_null(0.0) if name in chosen.columns else 0.0)
        for name in (REVENUE, ORDERS, PURCHASES)
    }
    inside = narrow(engine, "measured_rows", chosen.mutate(**{SIDE: 1}, **figures))
    split = splits_of(engine, inside, fields, (key,))[key]
    (total, _), counted = counts(engine, inside, {key: split})
    sums = _sums(engine, one_of_each(inside, split))
    found = only(engine.arrow(inside.aggregate(revenue=inside[f"_{REVENUE}"].sum())))
    all_revenue = float(str(found[0]["revenue"] or 0))
    by_bar = [
        (bar, pair[0], _added([sums[place] for place in counted[key].places(bar) if place in sums]))
        for bar, pair in counted[key].bars
    ]
    return tuple(_measured(bar, customers, brought, total, all_revenue) for bar, customers, brought in by_bar)


def _sums(engine: Engine, placed: ir.Table) -> dict[str | None, dict[str, float]]:
    revenue, orders, paid = (placed[f"_{name}"] for name in (REVENUE, ORDERS, PURCHASES))
    grouped = placed.group_by("place").aggregate(
        revenue=revenue.sum(),
        revenue_squares=(revenue * revenue).sum(),
        orders=orders.sum(),
        orders_squares=(orders * orders).sum(),
        paid=paid.sum(),
        paid_squares=(paid * paid).sum(),
        products=(paid * orders).sum(),
    )
    rows: list[dict[str, Any]] = only(engine.arrow(grouped.mutate(place=grouped.place.cast("string"))))
    return {row.pop("place"): {name: float(value or 0) for name, value in row.items()} for row in rows}


def _added(parts: list[dict[str, float]]) -> dict[str, float]:
    names = ("revenue", "revenue_squares", "orders", "orders_squares", "paid", "paid_squares", "products")
    return {name: sum(part[name] for part in parts) for name in names}


def _measured(bar: Bar, customers: int, found: dict[str, float], total: int, all_revenue: float) -> Measured:
    few = customers < FEWEST_CUSTOMERS
    squares = (found["paid_squares"], found["orders_squares"], found["products"])
    return Measured(
        bar=bar,
        customers=customers,
        customer_share=customers / total,
        revenue=found["revenue"],
        revenue_share=found["revenue"] / all_revenue if all_revenue > 0 else None,
        orders=round(found["orders"]),
        mean_revenue=found["revenue"] / customers if customers else None,
        mean_revenue_ends=None if few else of_mean(found["revenue"], found["revenue_squares"], customers),
        order_value=found["paid"] / found["orders"] if found["orders"] else None,
        order_value_ends=None if few else of_ratio(found["paid"], found["orders"], squares, customers),
        few=few,
    )
