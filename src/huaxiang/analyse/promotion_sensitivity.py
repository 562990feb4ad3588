"""促销敏感度: how much oftener a customer buys with a coupon or discount than others do on such days and categories."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.analysis import Analysis, Choices
from huaxiang.analyse.paid_prices import order_prices
from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import Labels
from huaxiang.model.results import OutputColumn, Parameter, Result
from huaxiang.words import Message

KEY = "promotion_sensitivity"
#: A discount below this share is rounding.
ROUNDING = 0.005
#: So many orders of the usual share are added to each day and each category.
DAY_PRIOR, CATEGORY_PRIOR = 20.0, 50.0
MOST_EXPECTED = 0.98
_EXACT = "decimal(18, 9)"


def run(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> Result:
    """How many customers can be judged, how often orders are promoted at all, and everybody's excess."""
    orders = engine.keep("promotion_orders", _expected(engine, tables, as_of))
    members = engine.keep("promotion_members", _members(orders, params))
    found = only(engine.arrow(orders.aggregate(orders=orders.count(), promoted=orders.promoted.sum())))[0]
    count, promoted = int(str(found["orders"])), int(str(found["promoted"] or 0))
    n = int(str(only(engine.arrow(members.aggregate(n=members.count())))[0]["n"]))
    if not 0 < promoted < count:
        return Result(Message("promotion.no_contrast", {"orders": count}), {"shares": ()}, {"orders": count})
    answer = Message("promotion.sentence", {"n": n, "share": promoted / count, "orders": count})
    figures = {"customers": n, "orders": count, "promoted_share": promoted / count}
    notes = (Message("promotion.note_cause"),)
    return Result(answer, {"shares": _categories(engine, orders)}, figures, notes, members)


def evidence(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> ir.Table:
    """One row per order: whether it was promoted, the share expected of it, and what it adds to the excess."""
    orders = _expected(engine, tables, as_of)
    weighed = orders.mutate(own=orders.count().over(ibis.window(group_by="customer_id")))
    weight = (weighed.promoted - weighed.expected) / (weighed.own + params["shrinkage_orders"])
    return weighed.select(
        "customer_id", "ordered_on", "category", "discount_share", "expected", is_promoted=weighed.promoted == 1,
        has_coupon=weighed.has_coupon, weight=weight,
    )  # fmt: skip


def _expected(engine: Engine, tables: Mapping[str, ir.Table], as_of: date) -> ir.Table:
    """Every purchase with known amounts or a coupon, ``promoted`` 0 or 1, and the share expected on such a day.

    Expected is the share of that day's other orders, drawn to the share of all, times how much oftener than usual
    orders of the category are promoted.
    """
    orders = order_prices(KEY, engine, tables, as_of)
    told = orders.filter(orders.discount_share.notnull() | orders.has_coupon)
    is_promoted = told.has_coupon | (told.discount_share > ROUNDING).fill_null(False)
    told = told.mutate(promoted=is_promoted.cast("int64"), kind=told.category.coalesce("—"))
    windows = {"day": ibis.window(group_by="ordered_on"), "kind": ibis.window(group_by="kind"), "all": ibis.window()}
    sums = {f"{name}_promoted": told.promoted.sum().over(window) for name, window in windows.items()}
    counts = {f"{name}_orders": told.count().over(window) for name, window in windows.items()}
    rows = told.mutate(**sums, **counts)
    usual = rows.all_promoted / rows.all_orders
    of_day = (rows.day_promoted - rows.promoted + DAY_PRIOR * usual) / (rows.day_orders - 1 + DAY_PRIOR)
    of_kind = (rows.kind_promoted - rows.promoted + CATEGORY_PRIOR * usual) / (rows.kind_orders - 1 + CATEGORY_PRIOR)
    expected = ibis.least(of_day * of_kind / usual.nullif(0.0), MOST_EXPECTED)
    return rows.select(
        "customer_id", "ordered_on", "category", "discount_share", "has_coupon", "promoted",
        expected=expected.fill_null(0.0),
    )  # fmt: skip


def _members(orders: ir.Table, params: Choices) -> ir.Table:
    per = orders.group_by("customer_id").aggregate(
        orders=orders.count(), promoted=orders.promoted.sum(), expected=orders.expected.cast(_EXACT).sum(),
        chance=(orders.expected * (1 - orders.expected)).cast(_EXACT).sum(),
    )  # fmt: skip
    per = per.filter(per.orders >= params["least_orders"])
    added = params["shrinkage_orders"]
    count, expected = per.orders.cast("float64"), per.expected.cast("float64")
    return per.select(
        "customer_id", "orders",
        promotion_sensitivity=(per.promoted - expected) / (count + added),
        strength=(per.promoted - expected) / per.chance.cast("float64").sqrt().nullif(0.0),
        confidence=count / (count + added),
        promoted_share=per.promoted / count, expected_share=expected / count,
    )  # fmt: skip


def _categories(engine: Engine, orders: ir.Table) -> tuple[Mapping[str, object], ...]:
    grouped = orders.group_by("category").aggregate(
        orders=orders.count(), promoted_share=orders.promoted.sum() / orders.count()
    )
    return tuple(only(engine.arrow(grouped.order_by(ibis.desc("orders"), "category").limit(50))))


def _labels(zh: str, en: str) -> Labels:
    return Labels(zh=zh, en=en)


_CUSTOMER = OutputColumn("customer_id", "text", _labels("顾客", "customer"))
_CATEGORY = OutputColumn("category", "text", _labels("品类", "category"))
_ORDERS = OutputColumn("orders", "int", _labels("订单数", "orders"), "orders")
_PROMOTED = OutputColumn("promoted_share", "share", _labels("用券或打折的占比", "share with coupon or discount"))

ANALYSIS = Analysis(
    key=KEY,
    title=_labels("促销敏感度", "Promotion sensitivity"),
    explanation=_labels(
        "看每位顾客用券或打折的订单占比，比同样日子、同样品类的订单平均多多少。大促当天人人打折，不算敏感；"
        "订单少的人向 0 靠拢。它说明谁更常在优惠时买，不说明是优惠让他们买的。",
        "Compares how often a customer's orders have a coupon or discount with what is usual on such days and in such "
        "categories. On a day when everything is reduced nobody is sensitive; few orders are drawn towards 0. It says "
        "who buys oftener with an offer, not that the offer made them buy.",
    ),
    source=_labels("观察值减期望值，经验贝叶斯收缩", "Observed less expected, shrunk as in empirical Bayes"),
    inputs=("sale", "sale_line"),
    parameters=(
        Parameter(
            "least_orders", "int", _labels("至少订单数", "least orders"),
            _labels("订单比这少的人不判断。", "Whoever has fewer orders is not judged."),
            default=3, least=1, greatest=1_000, unit="orders",
        ),
        Parameter(
            "shrinkage_orders", "number", _labels("收缩订单数", "orders of shrinkage"),
            _labels("相当于给每人添这么多张平常的订单。", "As if each customer had so many ordinary orders more."),
            default=4.0, least=0, greatest=1_000, unit="orders",
        ),
    ),
    outputs={
        "shares": (_labels("一个品类", "one category"), (_CATEGORY, _ORDERS, _PROMOTED)),
        "members": (
            _labels("一位订单够多的顾客", "one customer with enough orders"),
            (
                _CUSTOMER, _ORDERS,
                OutputColumn(KEY, "share", _labels("促销敏感度", "promotion sensitivity")),
                OutputColumn("strength", "number", _labels("相当于几个标准误", "in standard errors")),
                OutputColumn("confidence", "share", _labels("把握", "confidence")),
                _PROMOTED,
                OutputColumn("expected_share", "share", _labels("同日同品类的平均", "usual for days and categories")),
            ),
        ),
        "evidence": (
            _labels("订单", "orders"),
            (
                _CUSTOMER,
                OutputColumn("ordered_on", "date", _labels("下单日期", "day of the order")),
                _CATEGORY,
                OutputColumn("discount_share", "share", _labels("优惠占比", "discount")),
                OutputColumn("has_coupon", "bool", _labels("用券", "coupon")),
                OutputColumn("is_promoted", "bool", _labels("算促销", "with an offer")),
                OutputColumn("expected", "share", _labels("当天同类订单用优惠的占比", "usual on that day")),
                OutputColumn("weight", "share", _labels("对敏感度的贡献", "added to the sensitivity")),
            ),
        ),
    },
    run=run,
    evidence=evidence,
)  # fmt: skip
