"""Bands and runs of a tag in words and charts; counts of few people are not shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from huaxiang.analyse.sentences import value_words
from huaxiang.analyse.tag_bands import ANY, NUMBERS, OTHERS, by_value, is_list, is_only_counted, tag_bands, whole
from huaxiang.analyse.tag_runs import Covered
from huaxiang.engine.interface import only
from huaxiang.model.tags import Tag
from huaxiang.number_words import date_words, money, percent, short_number
from huaxiang.present.charts.frame import Mark
from huaxiang.present.charts.month_line import month_line
from huaxiang.present.charts.value_bars import value_bars
from huaxiang.release.small_cells import suppress_row
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.tables import Column, text_table
from huaxiang.server.tags.catalogue import Entry
from huaxiang.words import say

_MOST_BARS = 24
_MOST_RUNS = 24

Band = Mapping[str, Any]


def bands_of(tag: Tag, entry: Entry | None, sight: Sight) -> Sequence[Band]:
    """The bands of the latest run; counted anew for those who see some stores only."""
    if sight.access.stores is not None and tag.key in sight.table.columns:
        return only(tag_bands(sight.engine, sight.table, {tag.key: tag}))
    return entry.known.measured.bands if entry and entry.known.measured else ()


def distribution(tag: Tag, bands: Sequence[Band], smallest: int, lang: str, currency: str) -> ChartPart:
    """How many customers have each value, the unknown ones hatched; fewer than ``smallest`` are not told.

    Who has several values of a list counts in each, which the unit says.
    """
    everyone = sum(int(band["customers"]) for band in whole(bands))
    known, missing = ordered(tag, by_value(bands)), without_value(bands)
    shown = safe_counts(known, bands, smallest)
    labels = [*(band_words(tag, band, lang, currency) for band in known), say("customer.unknown", lang)]
    counts = [*(int(band["customers"]) for band in known), missing]
    *marks, last = (
        _mark(label, count, everyone, smallest, lang, is_hidden=safe is None)
        for label, count, safe in zip(labels, counts, shown, strict=True)
    )
    unknown = last if missing else None
    rows: list[tuple[str, ...]] = [(mark.label, mark.shown) for mark in (*marks, *([unknown] if unknown else []))]
    columns = (Column(say("tags.value", lang)), Column(say("tags.customers", lang), numeric=True))
    title = say("tags.distribution", lang)
    told = _told(tag, marks, everyone - missing, lang)
    return ChartPart(
        "distribution", title, told, value_bars(marks, tag.element, unknown), text_table(title, columns, rows),
        say("tags.share_of_list" if is_list(bands) else "tags.share_unit", lang), everyone,
    )  # fmt: skip


def without_value(bands: Sequence[Band]) -> int:
    """How many have no value."""
    return sum(int(band["customers"]) for band in bands if band["band"] is None)


def safe_counts(known: Sequence[Band], bands: Sequence[Band], smallest: int) -> tuple[int | None, ...]:
    """The counts of the ``known`` bands and, last, of who has no value, as they may be told beside the number of all:
    None for fewer than ``smallest``, and for another one where the rest would give it back. Members of a list do not
    add up, so nothing follows from the others."""
    counts = [*(int(band["customers"]) for band in known), without_value(bands)]
    if is_list(bands):
        return tuple(None if 0 < count < smallest else count for count in counts)
    return suppress_row(counts, smallest).cells


def coverage_line(tag: Tag, runs: Sequence[Covered], lang: str) -> ChartPart:
    """The share of customers with a value, run by run, with the distance of each distribution to the one before."""
    shown = runs[-_MOST_RUNS:]
    marks = [Mark(date_words(run.as_of, lang), run.coverage, percent(run.coverage, lang)) for run in shown]
    rows: list[tuple[str, ...]] = [
        (mark.label, mark.shown, psi_words(run.psi, lang), f"v{run.version}")
        for run, mark in zip(shown, marks, strict=True)
    ]
    columns = (
        Column(say("tags.day", lang)),
        Column(say("tags.coverage", lang), numeric=True, meaning=say("tags.coverage_meaning", lang)),
        Column("PSI", numeric=True, meaning=say("tags.psi_meaning", lang)),
        Column(say("tags.version", lang), numeric=True),
    )
    title = say("tags.stability", lang)
    told = say("tags.stability_told", lang, first=marks[0].shown, last=marks[-1].shown, runs=len(shown))
    table = text_table(title, columns, rows)
    return ChartPart("stability", title, told, month_line(marks, tag.element), table, say("tags.share_unit", lang))


def psi_words(psi: float | None, lang: str) -> str:
    """A distance of two distributions, or that there are too few customers to say."""
    return say("tags.too_few", lang) if psi is None else f"{psi:.3f}"


def band_words(tag: Tag, band: Band, lang: str, currency: str) -> str:
    """What a band is called."""
    name = band["band"]
    if name == OTHERS:
        return say("tags.band.others", lang)
    if name == ANY and (tag.type == "list" or is_only_counted(tag)):
        return say("tags.band.any", lang)
    if name == NUMBERS and band["low"] is not None:
        return _range(tag, float(band["low"]), float(band["high"]), lang, currency)
    if tag.type == "bool":
        return value_words(name == "true", tag.field, lang)
    return value_words(name, tag.field, lang)


def _range(tag: Tag, low: float, high: float, lang: str, currency: str) -> str:
    if low == high:
        return _number(tag, low, lang, currency)
    if tag.type == "int" and high - low <= 1:
        return _number(tag, low if low >= 0 else high, lang, currency)
    return f"{_number(tag, low, lang, currency)} – {_number(tag, high, lang, currency)}"


def _number(tag: Tag, number: float, lang: str, currency: str) -> str:
    if tag.type == "share":
        return percent(number, lang)
    return money(number, currency, lang) if tag.type == "money" else short_number(number, lang)


def ordered(tag: Tag, bands: list[Band]) -> list[Band]:
    """Values in the order of the definition, numbers and years by size, else the most frequent first and
    all others together last."""
    if tag.values:
        place = {value: number for number, value in enumerate(tag.values)}
        return sorted(bands, key=lambda band: (place.get(band["band"], len(place)), str(band["band"])))
    if tag.type in ("date", "timestamp"):
        return sorted(bands, key=lambda band: str(band["band"]))[-_MOST_BARS:]
    return sorted(bands, key=lambda band: band["band"] == OTHERS)[:_MOST_BARS]


def _mark(label: str, count: int, everyone: int, smallest: int, lang: str, *, is_hidden: bool) -> Mark:
    if is_hidden:
        few = 0 < count < smallest
        return Mark(label, None, say("tags.fewer_than" if few else "tags.count_hidden", lang, n=smallest))
    share = count / everyone if everyone else 0.0
    return Mark(label, share, f"{short_number(count, lang)} · {percent(share, lang)}")


def _told(tag: Tag, marks: Sequence[Mark], known: int, lang: str) -> str:
    told = [mark for mark in marks if mark.value]
    if not told:
        return say("tags.nothing_known", lang, tag=tag.name.say(lang))
    top = max(told, key=lambda mark: mark.drawn)
    return say("tags.most_frequent", lang, value=top.label, share=top.shown, n=short_number(known, lang))
