"""购物性别: as whom a customer shops, by what women and men with a stated gender buy; gifts do not count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.analysis import Analysis, Choices
from huaxiang.analyse.shopping_gender_scores import FEW_KNOWN, Judged, judged
from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import Labels
from huaxiang.model.results import OutputColumn, Parameter, Result
from huaxiang.words import Message


def run(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> Result:
    """How many shop as women, as men or neither, what speaks for which, and how it agrees with what people state."""
    found = judged(engine, tables, params, as_of)
    if found is None:
        return Result(Message("shopping_gender.too_few", {"least": FEW_KNOWN}), {"values": (), "categories": ()}, {})
    members = engine.keep("shopping_gender_members", _members(found, params))
    values = _values(engine, members, found)
    n = sum(row["customers"] for row in values)
    neutral = sum(row["customers"] for row in values if row["shopping_gender"] == "neutral")
    answer = Message("shopping_gender.sentence", {"n": n, "neutral": neutral, "known": found.known})
    figures = {"customers": n, "stated": found.known}
    return Result(answer, {"values": values, "categories": _categories(engine, found)}, figures, _notes(), members)


def evidence(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> ir.Table:
    """One row per customer and category bought: how much it speaks for a woman (above 0) or a man (below 0)."""
    found = judged(engine, tables, params, as_of)
    if found is None:
        nobody = tables["profile"].limit(0)
        return nobody.select("customer_id", category=nobody.gender, lines=ibis.literal(0), weight=ibis.literal(0.0))
    return found.spoken


def _members(found: Judged, params: Choices) -> ir.Table:
    rows = found.scores.filter(found.scores.lines >= params["least_lines"])
    low, high = params["neutral_from"], 1 - params["neutral_from"]
    value = ibis.cases((rows.female_probability > high, "female"), (rows.female_probability < low, "male"),
                       else_="neutral")  # fmt: skip
    doubt = ibis.least(rows.female_probability, 1 - rows.female_probability)
    rows = rows.mutate(shopping_gender=value, confidence=ibis.ifelse(value == "neutral", 2 * doubt, 1 - doubt))
    return rows.select("customer_id", "shopping_gender", "female_probability", "confidence", "lines")


def _values(engine: Engine, members: ir.Table, found: Judged) -> tuple[dict[str, Any], ...]:
    told = members.left_join(found.stated, "customer_id").drop("customer_id_right")
    grouped = told.group_by("shopping_gender").aggregate(
        customers=told.count(), stated=told.gender.count(), stated_female=told.count(where=told.gender == "female")
    )
    rows: list[dict[str, Any]] = only(engine.arrow(grouped.order_by("shopping_gender")))
    return tuple({**row, "female_share": row["stated_female"] / row["stated"] if row["stated"] else None}
                 for row in rows)  # fmt: skip


def _categories(engine: Engine, found: Judged) -> tuple[Mapping[str, Any], ...]:
    return tuple(only(engine.arrow(found.categories.order_by(ibis.desc("log_odds"), "category"))))


def _notes() -> tuple[Message, ...]:
    return (Message("shopping_gender.note_gifts"), Message("shopping_gender.note_own"))


def _labels(zh: str, en: str) -> Labels:
    return Labels(zh=zh, en=en)


VALUES = {"female": _labels("女", "female"), "male": _labels("男", "male"), "neutral": _labels("中性", "neutral")}
_CUSTOMER = OutputColumn("customer_id", "text", _labels("顾客", "customer"))
_VALUE = OutputColumn("shopping_gender", "text", _labels("购物性别", "shopping gender"), values=VALUES)
_CATEGORY = OutputColumn("category", "text", _labels("品类", "category"))
_LINES = OutputColumn("lines", "int", _labels("订单明细数", "order lines"), "lines")

ANALYSIS = Analysis(
    key="shopping_gender",
    title=_labels("购物性别", "Shopping gender"),
    explanation=_labels(
        "比较填了性别的女顾客和男顾客各买什么：某品类、商品在女顾客中更常见就往“女”加分，反之往“男”加分，越久远的购买分量越轻，"
        "整单含礼品的不算。加起来的分数按填了性别的人校准成概率，七成以上才下结论，中间为“中性”。每个人的分数都不用他自己填的性别。"
        "它说的是像谁在买，不是顾客是谁。",
        "Compares what women and men with a stated gender buy. What is commoner among women adds to female, the other "
        "to male; older purchases count less, orders with a gift do not count. The sum is calibrated to a probability "
        "on those with a stated gender; it takes 70% to be called either, the rest is neutral. Nobody's own statement "
        "enters their own score. It says as whom somebody shops, not who they are.",
    ),
    source=_labels(
        "朴素贝叶斯对数几率，拉普拉斯平滑；J. Platt（1999）的概率校准，五折交叉",
        "Log-odds of naive Bayes with Laplace smoothing; calibration by J. Platt (1999), five folds",
    ),
    inputs=("sale_line", "profile"),
    needs=("gender",),
    parameters=(
        Parameter(
            "half_life_days", "int", _labels("半衰期", "half-life"),
            _labels("过这么多天，一次购买的分量减半。", "After so many days a purchase counts half."),
            default=365, least=7, greatest=3_650, unit="days",
        ),
        Parameter(
            "least_lines", "int", _labels("至少明细数", "least lines"),
            _labels("买得比这少的人不判断。", "Whoever bought less is not judged."),
            default=3, least=1, greatest=1_000, unit="lines",
        ),
        Parameter(
            "neutral_from", "number", _labels("中性带起点", "start of the neutral band"),
            _labels("概率在它与一减它之间为中性。", "Neutral is a probability between this and one less this."),
            default=0.3, least=0.05, greatest=0.5,
        ),
        Parameter(
            "smoothing", "number", _labels("平滑", "smoothing"),
            _labels("给每个品类、每种性别各添这么多明细。", "So many lines are added to each category and gender."),
            default=1.0, least=0.01, greatest=1_000, unit="lines",
        ),
    ),
    outputs={
        "values": (
            _labels("一种购物性别", "one shopping gender"),
            (
                _VALUE,
                OutputColumn("customers", "int", _labels("顾客数", "customers"), "customers"),
                OutputColumn("stated", "int", _labels("其中填了性别", "with a stated gender"), "customers"),
                OutputColumn("stated_female", "int", _labels("其中填女", "stated female"), "customers"),
                OutputColumn("female_share", "share", _labels("填女的占比", "share stated female")),
            ),
        ),
        "categories": (
            _labels("一个品类", "one category"),
            (_CATEGORY, _LINES, OutputColumn("log_odds", "number", _labels("偏女为正", "above 0 speaks for female"))),
        ),
        "members": (
            _labels("一位有足够购买的顾客", "one customer with enough purchases"),
            (
                _CUSTOMER, _VALUE,
                OutputColumn("female_probability", "share", _labels("女的概率", "probability of female")),
                OutputColumn("confidence", "share", _labels("把握", "confidence")),
                _LINES,
            ),
        ),
        "evidence": (
            _labels("买过的品类", "categories bought"),
            (
                _CUSTOMER, _CATEGORY, _LINES,
                OutputColumn("weight", "number", _labels("往“女”加的分（负数往“男”）",
                                                         "added to female (below 0: to male)")),
            ),
        ),
    },
    run=run,
    evidence=evidence,
)  # fmt: skip
