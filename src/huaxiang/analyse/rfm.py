"""RFM: how recently, how often and for how much customers bought; eight classes and scores from 1 to 5."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.analysis import Analysis, Choices
from huaxiang.analyse.profile import customers
from huaxiang.analyse.rfm_scores import MEASURES, classes, cuts_of, measures, scored
from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import Labels
from huaxiang.model.results import OutputColumn, Parameter, Result
from huaxiang.words import Message

FEW = 30


def run(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> Result:
    """The eight classes with their customers and revenue, the grid of scores, and every customer's class."""
    measured = engine.keep("rfm_measures", measures(engine, tables, params["window_days"], as_of))
    everyone = int(_one(engine, customers(engine, tables).count())["n"])
    n = int(_one(engine, measured.count())["n"])
    if n == 0:
        return Result(Message("rfm.no_customers"), {"classes": (), "grid": ()}, {"customers": 0})
    cuts = cuts_of(engine, measured, params)
    members = engine.keep("rfm_members", scored(measured, cuts))
    found = _classes(engine, members, n)
    figures = {"customers": n, "without_purchase": everyone - n, **{f"cut_{name}": cut for name, cut in cuts.items()}}
    grid = members.group_by("recency_score", "frequency_score").aggregate(customers=members.count())
    rows = tuple(only(engine.arrow(grid.order_by("recency_score", "frequency_score"))))
    return Result(_answer(found, n), {"classes": found, "grid": rows}, figures, _notes(n, everyone, cuts), members)


def _classes(engine: Engine, members: ir.Table, n: int) -> tuple[dict[str, Any], ...]:
    sums = {f"mean_{name}": members[name].sum().cast("float64") / members.count() for name in MEASURES}
    grouped = members.group_by("rfm_class").aggregate(
        customers=members.count(), net_revenue=members.net_revenue.sum().cast("decimal(18, 4)"), **sums
    )
    by_key: dict[Any, dict[str, Any]] = {row["rfm_class"]: row for row in only(engine.arrow(grouped))}
    total = sum(row["net_revenue"] for row in by_key.values())
    empty = {"customers": 0, "net_revenue": total * 0, **dict.fromkeys(sums)}
    found = []
    for key in classes():
        row = {**empty, **by_key.get(key, {}), "rfm_class": key}
        revenue_share = float(row["net_revenue"] / total) if total > 0 else None
        found.append({**row, "share": row["customers"] / n, "revenue_share": revenue_share})
    return tuple(found)


def _answer(found: tuple[dict[str, Any], ...], n: int) -> Message:
    best = found[0]
    said = {"n": n, "best": best["customers"], "name": classes()[best["rfm_class"]].name.message}
    if best["revenue_share"] is None:
        return Message("rfm.sentence_no_revenue", said)
    return Message("rfm.sentence", {**said, "share": best["revenue_share"]})


def _notes(n: int, everyone: int, cuts: Mapping[str, float]) -> tuple[Message, ...]:
    said = dict(zip(("recent", "frequent", "monetary"), cuts.values(), strict=True))
    notes = [Message("rfm.note_excluded", {"n": everyone - n}), Message("rfm.note_cuts", said)]
    return (*notes, Message("rfm.note_few", {"n": n})) if n < FEW else tuple(notes)


def _one(engine: Engine, count: ir.IntegerScalar) -> dict[str, Any]:
    return only(engine.arrow(count.name("n").as_table()))[0]


def _labels(zh: str, en: str) -> Labels:
    return Labels(zh=zh, en=en)


_CUTS = {
    "median": _labels("中位数", "median"),
    "mean": _labels("平均数", "mean"),
    "own": _labels("自定", "own values"),
}
_SCORE_COLUMNS = tuple(
    OutputColumn(name, "int", _labels(zh, en), "1-5")
    for name, zh, en in (
        ("recency_score", "最近一次得分", "recency score"),
        ("frequency_score", "频次得分", "frequency score"),
        ("monetary_score", "金额得分", "monetary score"),
    )
)
_COUNT = OutputColumn("customers", "int", _labels("顾客数", "customers"), "customers")
_CLASS = OutputColumn("rfm_class", "text", _labels("分类", "class"))
_MEASURE_COLUMNS = (
    OutputColumn("days_since_last_order", "int", _labels("距上次下单天数", "days since the last order"), "days"),
    OutputColumn("order_days", "int", _labels("下单天数", "purchase days"), "days"),
    OutputColumn("net_revenue", "money", _labels("净消费", "net revenue"), "currency"),
)
_CLASS_COLUMNS = (
    _CLASS,
    _COUNT,
    OutputColumn("share", "share", _labels("顾客占比", "share of customers")),
    _MEASURE_COLUMNS[2],
    OutputColumn("revenue_share", "share", _labels("净消费占比", "share of net revenue")),
    OutputColumn(
        "mean_days_since_last_order", "number", _labels("平均距上次下单天数", "mean days since order"), "days"
    ),
    OutputColumn("mean_order_days", "number", _labels("平均下单天数", "mean purchase days"), "days"),
    OutputColumn("mean_net_revenue", "number", _labels("人均净消费", "mean net revenue"), "currency"),
)


def _own_cut(name: str, zh: str, en: str, unit: str) -> Parameter:
    help_words = _labels(
        "分界方式为“自定”时要填；好于它才算高。", "Needed with own cuts; only what is better counts as high."
    )
    return Parameter(f"cut_{name}", "number", _labels(zh, en), help_words, least=-1e12, greatest=1e12, unit=unit)


ANALYSIS = Analysis(
    key="rfm",
    title=_labels("RFM 客户价值分析", "RFM: recency, frequency, monetary"),
    explanation=_labels(
        "看每位顾客最近一次购买距今几天、在多少个不同的日子买过、净消费多少。三项各与分界值比较，得到八类；"
        "每项另打 1–5 分，5 分最好，相同的数得相同的分。它只描述过去，假设近来常买的人以后也更可能买。",
        "Looks at how many days ago each customer last bought, on how many days, and for how much net of refunds. Each "
        "is compared with a cut, which gives eight classes, and scored from 1 to 5, where 5 is best and equal figures "
        "score the same. It describes the past and assumes that who bought lately and often will do so again.",
    ),
    source=_labels("A. M. Hughes《战略数据库营销》（1994）", "A. M. Hughes, Strategic Database Marketing (1994)"),
    inputs=("sale", "customer"),
    parameters=(
        Parameter(
            "window_days",
            "int",
            _labels("统计天数", "period"),
            _labels(
                "只看最近这么多天的订单，含统计日；不填为全部。",
                "Only orders of these last days, that day included; all when empty.",
            ),
            least=1,
            greatest=36_500,
            unit="days",
        ),
        Parameter(
            "cuts",
            "choice",
            _labels("分界方式", "cuts"),
            _labels(
                "平均数容易被少数大客户拉高，所以默认用中位数。",
                "A few big spenders pull the mean up, so the median is the default.",
            ),
            default="median",
            choices=_CUTS,
        ),
        _own_cut("days_since_last_order", "距上次下单天数的分界", "cut of days since the last order", "days"),
        _own_cut("order_days", "下单天数的分界", "cut of purchase days", "days"),
        _own_cut("net_revenue", "净消费的分界", "cut of net revenue", "currency"),
    ),
    outputs={
        "classes": (_labels("八类中的一类", "one of the eight classes"), _CLASS_COLUMNS),
        "grid": (
            _labels("一种最近一次与频次得分的组合", "one pair of recency and frequency scores"),
            (*_SCORE_COLUMNS[:2], _COUNT),
        ),
        "members": (
            _labels("一位买过的顾客", "one customer who bought"),
            (
                OutputColumn("customer_id", "text", _labels("顾客", "customer")),
                *_MEASURE_COLUMNS,
                *_SCORE_COLUMNS,
                _CLASS,
            ),
        ),
    },
    run=run,
)
