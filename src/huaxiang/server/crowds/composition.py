"""What a segment is made of beside everybody: one chart and one sentence for each of a few tags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from huaxiang.analyse.crowd_contrast import Part, contrast, revenue_bands
from huaxiang.model.conditions import Condition
from huaxiang.number_words import money, percent
from huaxiang.present.charts.compared_bars import Pair, compared_bars
from huaxiang.present.charts.frame import Mark
from huaxiang.present.charts.palette import Option, hatched
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.tables import Column, text_table
from huaxiang.words import say

TAGS = ("lifecycle", "city_tier", "member_level", "spending_level")
_ELEMENT = {"city_tier": "basic", "member_level": "basic"}
_MOST_BARS = 9
_Z = 1.96


@dataclass(frozen=True)
class Line:
    """One pair of bars: a value in words with its customers inside and in all."""

    label: str
    inside: int
    everyone: int
    known: bool = True


def charts(condition: Condition, sight: Sight, customers: int, everyone: int) -> list[tuple[ChartPart, str]]:
    """A chart with its sentence for every tag, and one for net revenue."""
    parts = contrast(sight.population, condition, TAGS)
    drawn = [
        _chart(key, sight.fields[key].name.say(sight.lang), _lines(key, found, sight), sight, customers, everyone)
        for key, found in parts.items()
    ]
    bands = revenue_bands(sight.population, condition)
    title = sight.fields["net_revenue_total"].name.say(sight.lang)
    lines = [Line(_band_words(band, sight), band.inside, band.everyone, _is_known(band)) for band in bands]
    return [*drawn, _chart("net_revenue", title, lines, sight, customers, everyone)]


def interval(inside: int, customers: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share; 0 to 1 for nobody."""
    if not customers:
        return 0.0, 1.0
    share, spread = inside / customers, _Z * _Z / customers
    middle = share + spread / 2
    half = _Z * sqrt(share * (1 - share) / customers + spread / customers / 4)
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


def _lines(key: str, parts: Sequence[Part], sight: Sight) -> list[Line]:
    known = [part for part in parts if part.value is not None]
    shown, rest = known[:_MOST_BARS], known[_MOST_BARS:]
    lines = [Line(_value_words(key, part.value or "", sight), part.inside, part.everyone) for part in shown]
    if rest:
        total = (sum(part.inside for part in rest), sum(part.everyone for part in rest))
        lines.append(Line(say("crowds.rest", sight.lang), *total))
    unknown = [
        Line(say("crowds.unknown", sight.lang), part.inside, part.everyone, known=False)
        for part in parts
        if part.value is None
    ]
    return [*lines, *unknown]


def _value_words(key: str, value: str, sight: Sight) -> str:
    labels = sight.fields[key].values.get(value)
    return labels.say(sight.lang) if labels else value


def _is_known(band: Part) -> bool:
    return band.low is not None or band.high is not None


def _band_words(band: Part, sight: Sight) -> str:
    low, high = (_amount(end, sight) for end in (band.low, band.high))
    if not _is_known(band):
        return say("crowds.unknown", sight.lang)
    if band.low is None:
        return say("crowds.band_none", sight.lang)
    return say("crowds.band" if band.high is not None else "crowds.band_top", sight.lang, low=low, high=high)


def _amount(value: float | None, sight: Sight) -> str:
    return "" if value is None else money(value, sight.workspace.settings.currency, sight.lang)


def _chart(
    key: str, title: str, lines: Sequence[Line], sight: Sight, customers: int, everyone: int
) -> tuple[ChartPart, str]:
    lang = sight.lang
    crowd, all_of_them = say("crowds.in_crowd", lang), say("crowds.in_all", lang)
    pairs = [
        Pair(_mark(line.label, line.inside, customers, lang), _mark(line.label, line.everyone, everyone, lang))
        for line in lines
    ]
    columns = (
        Column(title),
        Column(crowd, numeric=True),
        Column(say("crowds.interval", lang), numeric=True, meaning=say("crowds.interval_meaning", lang)),
        Column(all_of_them, numeric=True),
        Column(say("crowds.index", lang), numeric=True, meaning=say("crowds.index_meaning", lang)),
    )
    rows = [_row(line, customers, everyone, lang) for line in lines]
    said = _sentence(title, lines, customers, everyone, lang)
    option = _hatched(compared_bars(pairs, crowd, all_of_them, _ELEMENT.get(key, "purchasing")), lines)
    table = text_table(title, columns, rows)
    return ChartPart(key.replace("_", "-"), title, said, option, table, say("crowds.share_unit", lang), customers), said


def _hatched(option: Option, lines: Sequence[Line]) -> Option:
    """What is not known hatched, in the crowd's bars and in those of all."""
    for series in option["series"]:
        for place, line in enumerate(lines):
            if not line.known:
                edge = {"borderColor": series["itemStyle"]["color"]}
                series["data"][place]["itemStyle"] = {**hatched(), **edge}
    return option


def _mark(label: str, count: int, total: int, lang: str) -> Mark:
    share = count / total if total else 0.0
    return Mark(label, share, percent(share, lang))


def _row(line: Line, customers: int, everyone: int, lang: str) -> tuple[str, ...]:
    share, base = line.inside / customers, line.everyone / everyone
    low, high = interval(line.inside, customers)
    return (
        line.label,
        f"{percent(share, lang)} ({line.inside:,})",
        f"{percent(low, lang)}–{percent(high, lang)}",
        f"{percent(base, lang)} ({line.everyone:,})",
        f"{share / base * 100:.0f}" if base else "—",
    )


def _sentence(title: str, lines: Sequence[Line], customers: int, everyone: int, lang: str) -> str:
    """Which value stands out most beyond what chance explains, if any does."""
    telling = []
    for line in (each for each in lines if each.known):
        base = line.everyone / everyone
        low, high = interval(line.inside, customers)
        if not low <= base <= high:
            telling.append((abs(line.inside / customers - base), line))
    if not telling:
        return say("crowds.no_difference", lang, title=title)
    line = max(telling, key=lambda found: found[0])[1]
    share, base = line.inside / customers, line.everyone / everyone
    code = "crowds.more_often" if share > base else "crowds.less_often"
    return say(code, lang, title=title, value=line.label, share=percent(share, lang), base=percent(base, lang))
