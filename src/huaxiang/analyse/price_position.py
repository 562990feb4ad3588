"""价格位置: where in the prices of a category a customer buys, and how much they keep to the cheap end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.analysis import Analysis, Choices
from huaxiang.analyse.paid_prices import paid_lines
from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import Labels
from huaxiang.model.results import OutputColumn, Parameter, Result
from huaxiang.words import Message

KEY = "price_position"
_EXACT = "decimal(18, 9)"
#: Prices are told apart to the hundredth.
_CENTS = 100


def run(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> Result:
    """How many customers can be placed, the categories with their prices, and everybody's place."""
    placed = engine.keep("price_placed", _placed(engine, tables, params, as_of))
    members = engine.keep("price_members", _members(placed, params))
    n = int(str(only(engine.arrow(members.aggregate(n=members.count())))[0]["n"]))
    kinds = _categories(engine, placed)
    if not n:
        return Result(Message("price_position.nothing"), {"categories": ()}, {"customers": 0})
    answer = Message("price_position.sentence", {"n": n, "categories": len(kinds)})
    return Result(answer, {"categories": kinds}, {"customers": n}, (Message("price_position.note"),), members)


def evidence(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> ir.Table:
    """One row per customer and category: lines, the own mean price, and how far it lifts or lowers the place."""
    placed = _placed(engine, tables, params, as_of)
    own = placed.group_by("customer_id", "category").aggregate(
        lines=placed.count(), mean_price=placed.paid_price.mean(), place=placed.paid_place.mean(),
        lift=(placed.paid_place - 0.5).sum(),
    )  # fmt: skip
    everything = own.lines.sum().over(ibis.window(group_by="customer_id"))
    weight = own.lift / (everything + params["shrinkage_lines"])
    return own.mutate(weight=weight).select("customer_id", "category", "lines", "mean_price", "place", "weight")


def _placed(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> ir.Table:
    """The lines of categories with enough prices, and where each price stands among those of its category.

    A place is the share of lines that cost less, counting half of those that cost the same.
    """
    lines = paid_lines(KEY, engine, tables, as_of)
    since = ibis.literal(as_of - timedelta(days=params["window_days"] - 1))
    recent = lines.filter(lines.ordered_on.isnull() | (lines.ordered_on >= since))
    cents = {f"{name}_cents": (recent[f"{name}_price"] * _CENTS).round().cast("int64") for name in ("paid", "listed")}
    rows = recent.mutate(**cents)
    of_kind = ibis.window(group_by="category")
    rows = rows.mutate(sold=rows.count().over(of_kind), least=rows.listed_cents.min().over(of_kind),
                       most=rows.listed_cents.max().over(of_kind))  # fmt: skip
    told = rows.filter(rows.sold >= params["least_sold"], rows.least < rows.most)
    places = {f"{name}_place": _place(told, f"{name}_cents") for name in ("paid", "listed")}
    return told.mutate(**places).select("customer_id", "category", "paid_price", "paid_place", "listed_place")


def _place(rows: ir.Table, column: str) -> ir.FloatingValue:
    below = ibis.rank().over(ibis.window(group_by="category", order_by=rows[column]))
    same = rows.count().over(ibis.window(group_by=["category", column]))
    return (below + same / 2) / rows.sold


def _members(placed: ir.Table, params: Choices) -> ir.Table:
    added = params["shrinkage_lines"]
    per = placed.group_by("customer_id").aggregate(
        lines=placed.count(), paid=placed.paid_place.cast(_EXACT).sum(), listed=placed.listed_place.cast(_EXACT).sum(),
        low=(placed.paid_place < 1 / 3).sum(), high=(placed.paid_place > 2 / 3).sum(),
    )  # fmt: skip
    per = per.filter(per.lines >= params["least_lines"])
    count, middle = per.lines.cast("float64"), per.lines - per.low - per.high
    band = ibis.cases(((per.low > middle) & (per.low > per.high), "low"),
                      ((per.high > middle) & (per.high > per.low), "high"), else_="middle")  # fmt: skip
    return per.select(
        "customer_id", "lines", price_band=band,
        price_position=(per.paid.cast("float64") + added / 2) / (count + added),
        price_sensitivity=1 - (per.listed.cast("float64") + added / 2) / (count + added),
        confidence=count / (count + added),
    )  # fmt: skip


def _categories(engine: Engine, placed: ir.Table) -> tuple[Mapping[str, object], ...]:
    grouped = placed.group_by("category").aggregate(
        lines=placed.count(), lowest_price=placed.paid_price.min(), highest_price=placed.paid_price.max()
    )
    return tuple(only(engine.arrow(grouped.order_by(ibis.desc("lines"), "category"))))


def _labels(zh: str, en: str) -> Labels:
    return Labels(zh=zh, en=en)


BANDS = {
    "low": _labels("低价位", "low prices"),
    "middle": _labels("中价位", "middle prices"),
    "high": _labels("高价位", "high prices"),
}
_CUSTOMER = OutputColumn("customer_id", "text", _labels("顾客", "customer"))
_CATEGORY = OutputColumn("category", "text", _labels("品类", "category"))
_LINES = OutputColumn("lines", "int", _labels("订单明细数", "order lines"), "lines")

ANALYSIS = Analysis(
    key=KEY,
    title=_labels("价格位置", "Price position"),
    explanation=_labels(
        "在每个品类里，看一次购买的单件价格排在所有卖出价格的什么位置（0 最便宜，1 最贵），再对每位顾客取平均，"
        "买得少的向 0.5 靠拢。价格位置用折后实付价；价格敏感度用折前标价，看是否总挑便宜的，所以与打折无关。"
        "价格带是品类内三等分里买得最多的一段。它不看总金额，买得勤不等于买得贵。",
        "In each category, where the price of one piece stands among all prices sold (0 the cheapest, 1 the dearest), "
        "averaged for each customer and drawn towards 0.5 where little was bought. The position takes the price paid "
        "after discounts; the sensitivity takes list prices, so it does not depend on discounts. The band is the "
        "third of the category bought most. Totals do not matter.",
    ),
    source=_labels("品类内百分位，收缩平均", "Percentiles within categories, shrunk means"),
    inputs=("sale", "sale_line"),
    parameters=(
        Parameter(
            "window_days", "int", _labels("统计天数", "period"),
            _labels("只看最近这么多天的购买，含统计日。", "Only purchases of these last days, that day included."),
            default=730, least=30, greatest=36_500, unit="days",
        ),
        Parameter(
            "least_lines", "int", _labels("至少明细数", "least lines"),
            _labels("买得比这少的人不判断。", "Whoever bought less is not placed."),
            default=3, least=1, greatest=1_000, unit="lines",
        ),
        Parameter(
            "least_sold", "int", _labels("品类至少卖出", "least sold of a category"),
            _labels("卖得比这少的品类没有可比的价格。", "A category that sold less has no prices to compare with."),
            default=20, least=2, greatest=1_000_000, unit="lines",
        ),
        Parameter(
            "shrinkage_lines", "number", _labels("收缩明细数", "lines of shrinkage"),
            _labels("相当于给每人添这么多条居中的购买。", "As if each had bought so many lines in the middle."),
            default=5.0, least=0, greatest=1_000, unit="lines",
        ),
    ),
    outputs={
        "categories": (
            _labels("一个品类", "one category"),
            (
                _CATEGORY, _LINES,
                OutputColumn("lowest_price", "number", _labels("最低单价", "lowest price"), "currency"),
                OutputColumn("highest_price", "number", _labels("最高单价", "highest price"), "currency"),
            ),
        ),
        "members": (
            _labels("一位有足够购买的顾客", "one customer with enough purchases"),
            (
                _CUSTOMER, _LINES,
                OutputColumn("price_position", "share", _labels("价格位置", "price position")),
                OutputColumn("price_sensitivity", "share", _labels("价格敏感度", "price sensitivity")),
                OutputColumn("price_band", "text", _labels("价格带", "price band"), values=BANDS),
                OutputColumn("confidence", "share", _labels("把握", "confidence")),
            ),
        ),
        "evidence": (
            _labels("买过的品类", "categories bought"),
            (
                _CUSTOMER, _CATEGORY, _LINES,
                OutputColumn("mean_price", "number", _labels("平均单价", "mean price"), "currency"),
                OutputColumn("place", "share", _labels("在品类里的位置", "place in the category")),
                OutputColumn("weight", "share", _labels("对价格位置的贡献（相对 0.5）", "added to 0.5")),
            ),
        ),
    },
    run=run,
    evidence=evidence,
)  # fmt: skip
