"""品牌忠诚: how much oftener a customer returns to a brand within a category than by chance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.analysis import Analysis, Choices
from huaxiang.analyse.paid_prices import bought_lines
from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import Labels
from huaxiang.model.results import OutputColumn, Parameter, Result
from huaxiang.words import Message

KEY = "brand_loyalty"
_EXACT = "decimal(18, 9)"


def run(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> Result:
    """How many can be judged, how often brands are returned to at all, and everybody's excess."""
    spoken = engine.keep("brand_spoken", _spoken(engine, tables, params, as_of))
    members = engine.keep("brand_members", _members(spoken, params))
    found = only(engine.arrow(spoken.aggregate(
        pairs=spoken.pairs.sum(), same=spoken.same.sum(), expected=spoken.expected.cast(_EXACT).sum(),
    )))[0]  # fmt: skip
    n = int(str(only(engine.arrow(members.aggregate(n=members.count())))[0]["n"]))
    if not n:
        return Result(Message("brand_loyalty.nothing"), {"categories": ()}, {"customers": 0})
    pairs = int(str(found["pairs"]))
    same, expected = (float(str(found[name])) / pairs for name in ("same", "expected"))
    answer = Message("brand_loyalty.sentence", {"n": n, "same": same, "expected": expected})
    figures = {"customers": n, "pairs": pairs, "same_share": same, "expected_share": expected}
    return Result(answer, {"categories": _categories(engine, spoken)}, figures, (), members)


def evidence(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> ir.Table:
    """One row per customer and category bought on several days: how often the brand stayed, and how often by chance."""
    spoken = _spoken(engine, tables, params, as_of)
    pairs = spoken.pairs.sum().over(ibis.window(group_by="customer_id"))
    weight = (spoken.same - spoken.expected) / (pairs + params["shrinkage_pairs"])
    return spoken.mutate(weight=weight).select("customer_id", "category", "pairs", "same", "expected", "weight")


def _spoken(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> ir.Table:
    """Per customer and category: purchases followed by another on a later day (``pairs``), those where the brand stayed
    (``same``), how many would by chance (``expected``), from the shares of the brands in the category; ``chance`` is
    the variance of that.

    On a day with several brands of a category the one with most pieces stands, then the first in order of the text.
    """
    lines = bought_lines(KEY, engine, tables, as_of)
    known = lines.filter(lines.brand.notnull(), lines.category.notnull(), lines.ordered_at.notnull())
    days = known.group_by("customer_id", "category", "brand", day=known.ordered_at.date()).aggregate(
        pieces=known.quantity.sum()
    )
    best = [days.pieces.desc(nulls_first=False), days.brand]
    first = ibis.row_number().over(ibis.window(group_by=["customer_id", "category", "day"], order_by=best))
    days = days.mutate(place=first).filter(lambda rows: rows.place == 0)
    chance = _chance(days, params["least_sold"])
    before = days.brand.lag().over(ibis.window(group_by=["customer_id", "category"], order_by=days.day))
    followed = days.mutate(before=before).filter(lambda rows: rows.before.notnull())
    told = followed.inner_join(chance, "category")
    per = told.group_by("customer_id", "category").aggregate(
        pairs=told.count(), same=(told.brand == told.before).sum(), one=told.by_chance.max()
    )
    return per.mutate(expected=per.pairs * per.one, chance=per.pairs * per.one * (1 - per.one)).drop("one")


def _chance(days: ir.Table, least_sold: int) -> ir.Table:
    """By category with two brands or more: how often two purchases share a brand when drawn by the shares of brands."""
    sold = days.group_by("category", "brand").aggregate(sold=days.count())
    totals = sold.group_by("category").aggregate(
        all=sold.sold.sum(), brands=sold.count(), squares=(sold.sold * sold.sold).sum()
    )
    enough = totals.filter(totals["all"] >= least_sold, totals.brands > 1)
    whole = enough["all"].cast("float64")
    return enough.select("category", by_chance=enough.squares.cast("float64") / (whole * whole))


def _members(spoken: ir.Table, params: Choices) -> ir.Table:
    added = params["shrinkage_pairs"]
    per = spoken.group_by("customer_id").aggregate(
        pairs=spoken.pairs.sum(), same=spoken.same.sum(), expected=spoken.expected.cast(_EXACT).sum(),
        chance=spoken.chance.cast(_EXACT).sum(),
    )  # fmt: skip
    per = per.filter(per.pairs >= params["least_pairs"])
    count = per.pairs.cast("float64")
    return per.select(
        "customer_id", "pairs", brand_loyalty=(per.same - per.expected.cast("float64")) / (count + added),
        strength=(per.same - per.expected.cast("float64")) / per.chance.cast("float64").sqrt().nullif(0.0),
        confidence=count / (count + added),
    )  # fmt: skip


def _categories(engine: Engine, spoken: ir.Table) -> tuple[Mapping[str, object], ...]:
    grouped = spoken.group_by("category").aggregate(
        pairs=spoken.pairs.sum(), same_share=spoken.same.sum() / spoken.pairs.sum(),
        expected_share=spoken.expected.sum() / spoken.pairs.sum(),
    )  # fmt: skip
    return tuple(only(engine.arrow(grouped.order_by(ibis.desc("pairs"), "category"))))


def _labels(zh: str, en: str) -> Labels:
    return Labels(zh=zh, en=en)


_CUSTOMER = OutputColumn("customer_id", "text", _labels("顾客", "customer"))
_CATEGORY = OutputColumn("category", "text", _labels("品类", "category"))
_PAIRS = OutputColumn("pairs", "int", _labels("同品类再次购买次数", "later purchases in the category"), "times")

ANALYSIS = Analysis(
    key=KEY,
    title=_labels("品牌忠诚", "Brand loyalty"),
    explanation=_labels(
        "顾客在同一品类隔天再买时，品牌没变的比例，比按各品牌份额随机买会碰上的比例多多少；次数少的人向 0 靠拢。"
        "只有一个品牌的品类看不出忠诚，不算。",
        "When a customer buys of a category again on a later day, how much oftener the brand stays the same than it "
        "would if brands were drawn by their shares; few such purchases are drawn towards 0. A category with a single "
        "brand shows no loyalty and does not count.",
    ),
    source=_labels("观察值减期望值，经验贝叶斯收缩", "Observed less expected, shrunk as in empirical Bayes"),
    inputs=("sale_line",),
    parameters=(
        Parameter(
            "least_pairs", "int", _labels("至少再次购买", "least later purchases"),
            _labels("再次购买比这少的人不判断。", "Whoever has fewer is not judged."),
            default=3, least=1, greatest=1_000, unit="times",
        ),
        Parameter(
            "least_sold", "int", _labels("品类至少卖出", "least sold of a category"),
            _labels("卖得比这少的品类不算。", "A category that sold less does not count."),
            default=20, least=2, greatest=1_000_000, unit="purchases",
        ),
        Parameter(
            "shrinkage_pairs", "number", _labels("收缩次数", "purchases of shrinkage"),
            _labels("相当于给每人添这么多次随机的购买。", "As if each had so many purchases by chance more."),
            default=4.0, least=0, greatest=1_000, unit="times",
        ),
    ),
    outputs={
        "categories": (
            _labels("一个品类", "one category"),
            (
                _CATEGORY, _PAIRS,
                OutputColumn("same_share", "share", _labels("品牌没变的占比", "share with the same brand")),
                OutputColumn("expected_share", "share", _labels("随机会有的占比", "share by chance")),
            ),
        ),
        "members": (
            _labels("一位多次回购的顾客", "one customer with enough later purchases"),
            (
                _CUSTOMER, _PAIRS,
                OutputColumn(KEY, "share", _labels("品牌忠诚", "brand loyalty")),
                OutputColumn("strength", "number", _labels("相当于几个标准误", "in standard errors")),
                OutputColumn("confidence", "share", _labels("把握", "confidence")),
            ),
        ),
        "evidence": (
            _labels("多次买过的品类", "categories bought again"),
            (
                _CUSTOMER, _CATEGORY, _PAIRS,
                OutputColumn("same", "int", _labels("品牌没变", "same brand"), "times"),
                OutputColumn("expected", "number", _labels("随机会有", "by chance"), "times"),
                OutputColumn("weight", "share", _labels("对忠诚的贡献", "added to the loyalty")),
            ),
        ),
    },
    run=run,
    evidence=evidence,
)  # fmt: skip
