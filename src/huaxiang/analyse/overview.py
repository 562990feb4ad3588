"""Distribution of one tag: how many customers have each value, or lie in each band, and how many are unknown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.analysis import Analysis, Choices
from huaxiang.engine.interface import Engine, only
from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.fields import Labels
from huaxiang.model.results import OutputColumn, Parameter, Result
from huaxiang.model.tags import shipped_tags
from huaxiang.words import Message

Row = dict[str, Any]


def run(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> Result:  # noqa: ARG001
    """The distribution of ``params["tag"]`` over the customers of the profile."""
    profile, key = tables["profile"], str(params["tag"])
    if key not in profile.columns:
        raise DefinitionError("tag.unknown", given=key, nearest=nearest(key, profile.columns))
    column = profile[key]
    counted = only(engine.arrow(profile.aggregate(n=profile.count(), known=column.count(), kinds=column.nunique())))
    n, known, kinds = (int(str(counted[0][name])) for name in ("n", "known", "kinds"))
    figures = {"customers": n, "known": known, "unknown": n - known, "unknown_share": (n - known) / n if n else None}
    if known == 0:
        return Result(Message("distribution.nothing", {"tag": _name(key)}), {"rows": ()}, figures)
    bands = column.type().is_numeric() and kinds > params["most"]
    rows = _bands(engine, column, params["most"]) if bands else _values(engine, column, params["most"])
    shared: tuple[Row, ...] = tuple({**row, "share": row["customers"] / known} for row in rows)
    top = max(shared, key=_customers)
    said = {"tag": _name(key), "known": known, "n": n, "share": known / n, "top": _top(key, top)}
    return Result(Message("distribution.sentence", said), {"rows": shared}, figures)


def _customers(row: Row) -> int:
    return int(row["customers"])


def _values(engine: Engine, column: ir.Column, most: int) -> list[Row]:
    rows = column.as_table().filter(column.notnull())
    value = rows[column.get_name()]
    counted = rows.group_by(value=value).aggregate(customers=rows.count())
    top = counted.order_by(counted.customers.desc(), counted.value).limit(most)
    found = [{"value": row["value"], **_ENDS, "customers": row["customers"]} for row in only(engine.arrow(top))]
    everyone = only(engine.arrow(counted.aggregate(n=counted.customers.sum())))[0]["n"]
    rest = int(str(everyone)) - sum(row["customers"] for row in found)
    return [*found, {"value": None, **_ENDS, "customers": rest, "is_rest": True}] if rest else found


def _bands(engine: Engine, column: Any, most: int) -> list[Row]:
    rows = column.name("value").as_table().filter(column.notnull())
    rows = rows.select(value=rows.value.cast("float64"))
    least, high = _reach(engine, rows)
    width = _round_width((high - least) / (most - 1))
    start = math.floor(least / width) * width
    # Everything above the 95th percentile shares the last band, so that a few great values do not empty the others.
    place = ((rows.value - start) / width).floor().cast("int64")
    banded = rows.mutate(band=ibis.cases((place < most - 1, place), else_=most - 1))
    per_band: list[Row] = only(engine.arrow(banded.group_by("band").aggregate(customers=banded.count())))
    counts = {int(row["band"]): int(row["customers"]) for row in per_band}
    return [_band(number, start, width, counts.get(number, 0), most) for number in range(max(counts) + 1)]


def _reach(engine: Engine, rows: ir.Table) -> tuple[float, float]:
    place = ibis.row_number().over(ibis.window(order_by=rows.value))
    ranked = rows.mutate(place=place, customers=rows.count().over(ibis.window()))
    found = ranked.aggregate(
        least=ranked.value.min(),
        high=ranked.value.max(where=ranked.place <= (ranked.customers - 1) * 0.95),
        greatest=ranked.value.max(),
    )
    row: Row = only(engine.arrow(found))[0]
    return row["least"], row["high"] if row["high"] > row["least"] else row["greatest"]


def _band(number: int, start: float, width: float, customers: Any, most: int) -> Row:
    low = start + number * width
    high = None if number == most - 1 else low + width
    return {
        "value": None,
        "low": round(low, 9),
        "high": None if high is None else round(high, 9),
        "customers": customers,
        "is_rest": False,
    }


def _round_width(width: float) -> float:
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= width * (1 - 1e-9))


def _name(key: str) -> Message | str:
    tag = shipped_tags().get(key)
    return tag.name.message if tag else key


def _top(key: str, row: Row) -> Message | str:
    tag, value = shipped_tags().get(key), row["value"]
    if tag and value in tag.values:
        return tag.values[value].message
    if row["is_rest"]:
        return Message("distribution.rest")
    if row["low"] is None:
        return str(value)
    return f"{row['low']:g}–{row['high']:g}" if row["high"] is not None else f"{row['low']:g}+"


_ENDS: Row = {"low": None, "high": None, "is_rest": False}

ANALYSIS = Analysis(
    key="distribution",
    title=Labels(zh="标签分布", en="Distribution of a tag"),
    explanation=Labels(
        zh="数一数每个值各有多少顾客，不知道的单独列出。数字标签值太多时按宽度相同的区间数，"
        "最高的 5% 合在最后一个区间。占比以知道的人为准。",
        en="Counts the customers with each value and sets the unknown apart. A numeric tag with many values is counted "
        "in bands of one width; the highest 5% share the last band. Shares are of those known.",
    ),
    source=Labels(zh="描述统计", en="Descriptive statistics"),
    inputs=("profile",),
    parameters=(
        Parameter(
            "tag",
            "tag",
            Labels(zh="标签", en="tag"),
            Labels(zh="看哪个标签。", en="The tag to look at."),
            default="gender",
        ),
        Parameter(
            "most",
            "int",
            Labels(zh="最多几行", en="rows"),
            Labels(zh="最多列出几个值或区间，其余合并。", en="Values or bands to list; the rest are put together."),
            default=15,
            least=2,
            greatest=100,
        ),
    ),
    outputs={
        "rows": (
            Labels(zh="一个值或一个区间", en="one value or band"),
            (
                OutputColumn("value", "text", Labels(zh="值", en="value")),
                OutputColumn("low", "number", Labels(zh="从（含）", en="from, included")),
                OutputColumn("high", "number", Labels(zh="到（不含）", en="to, not included")),
                OutputColumn("customers", "int", Labels(zh="顾客数", en="customers"), "customers"),
                OutputColumn("share", "share", Labels(zh="在已知中的占比", en="share of those known")),
                OutputColumn("is_rest", "bool", Labels(zh="其余合并", en="all other values")),
            ),
        )
    },
    run=run,
)
