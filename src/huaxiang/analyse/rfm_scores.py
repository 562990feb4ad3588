"""The measures, cuts, scores and classes of RFM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.analysis import Choices
from huaxiang.analyse.facts import end_of, rows_read
from huaxiang.analyse.profile import customers
from huaxiang.engine.interface import Engine, only
from huaxiang.errors import InputError
from huaxiang.model.fields import Labels
from huaxiang.shipped import shipped
from huaxiang.words import Message

#: Measure, and whether less of it is better.
MEASURES = {"days_since_last_order": True, "order_days": False, "net_revenue": False}
SIDES = dict(zip(MEASURES, ("recent", "frequent", "monetary"), strict=True))
SCORES = dict(zip(MEASURES, ("recency_score", "frequency_score", "monetary_score"), strict=True))


@dataclass(frozen=True)
class RfmClass:
    """One of the eight classes: on which side of each cut, its name and what to do."""

    key: str
    name: Labels
    advice: Message
    recent: bool
    frequent: bool
    monetary: bool


@cache
def classes() -> dict[str, RfmClass]:
    """The eight classes by key, best first."""
    raw = shipped("rfm", "classes.yaml")
    return {
        key: RfmClass(
            key,
            Labels(zh=body["zh"], en=body["en"]),
            Message(f"rfm.advice.{body['advice']}"),
            body["recent"],
            body["frequent"],
            body["monetary"],
        )
        for key, body in raw.items()
    }


def measures(engine: Engine, tables: Mapping[str, ir.Table], window_days: int | None, as_of: date) -> ir.Table:
    """One row per customer with a purchase in the window: days since the last one, purchase days, net revenue.

    Staff, tests and those whose orders have no amounts are left out. Net revenue counts returns in the window too and
    may be negative; amounts in another currency than the main one are not in it.
    """
    sale = rows_read("sale", "rfm", engine, tables, as_of)
    sale = sale.filter(sale.is_counted, sale.ordered_at.notnull())
    if window_days is not None:
        sale = sale.filter(sale.ordered_at >= ibis.literal(end_of(as_of) - timedelta(days=window_days)))
    day = sale.ordered_at.date()
    per = sale.group_by("customer_id").aggregate(
        last_order_on=day.max(where=sale.is_purchase),
        order_days=day.nunique(where=sale.is_purchase),
        net_revenue=sale.net_revenue.sum(where=~sale.is_other_currency).cast("decimal(18, 4)"),
    )
    per = per.filter(per.last_order_on.notnull(), per.net_revenue.notnull()).semi_join(
        customers(engine, tables), "customer_id"
    )
    since = ibis.literal(as_of).delta(per.last_order_on, unit="day")
    return per.mutate(days_since_last_order=since.cast("int64")).select("customer_id", *MEASURES)


def scored(measured: ir.Table, cuts: Mapping[str, float]) -> ir.Table:
    """The measures with scores from 1 to 5 (5 is best, equal figures score the same) and the class by the cuts.

    A score is 1 + the whole part of 5 × the share of customers who are strictly worse.
    """
    everyone = measured.count().over(ibis.window())
    rows = measured.mutate(customers=everyone)
    rows = rows.mutate(**{SCORES[name]: 1 + (5 * _worse(rows, name)) // rows.customers for name in MEASURES})
    rows = rows.mutate(**{SIDES[name]: _better(rows, name, cuts[name]) for name in MEASURES})
    matching = [(_is(rows, found), found.key) for found in classes().values()]
    return rows.mutate(rfm_class=ibis.cases(*matching)).drop("customers")


def cuts_of(engine: Engine, measured: ir.Table, params: Choices) -> dict[str, float]:
    """Where high begins, by measure: the median, the mean, or the given values."""
    if params["cuts"] == "own":
        own = {name: params[f"cut_{name}"] for name in MEASURES}
        missing = [f"cut_{name}" for name, value in own.items() if value is None]
        if missing:
            raise InputError("rfm.own_missing", missing=", ".join(missing))
        return {name: float(value) for name, value in own.items()}
    return {name: (_median if params["cuts"] == "median" else _mean)(engine, measured, name) for name in MEASURES}


def _worse(rows: ir.Table, name: str) -> ir.IntegerValue:
    worst_first = rows[name].desc() if MEASURES[name] else rows[name].asc()
    return ibis.rank().over(ibis.window(order_by=worst_first))


def _better(rows: ir.Table, name: str, cut: float) -> ir.BooleanValue:
    figure = rows[name].cast("float64")
    return figure < cut if MEASURES[name] else figure > cut


def _is(rows: ir.Table, found: RfmClass) -> ir.BooleanValue:
    sides = [rows[side] if getattr(found, side) else ~rows[side] for side in SIDES.values()]
    return sides[0] & sides[1] & sides[2]


def _median(engine: Engine, measured: ir.Table, name: str) -> float:
    # By rank, so that both engines give the exact median.
    place = ibis.row_number().over(ibis.window(order_by=[measured[name], measured.customer_id]))
    rows = measured.mutate(place=place, customers=measured.count().over(ibis.window()))
    middle = rows.filter((rows.place == (rows.customers - 1) // 2) | (rows.place == rows.customers // 2))
    return _mean(engine, middle, name)


def _mean(engine: Engine, rows: ir.Table, name: str) -> float:
    sums = only(engine.arrow(rows.aggregate(total=rows[name].sum(), n=rows.count())))[0]
    return float(str(sums["total"])) / int(str(sums["n"]))
