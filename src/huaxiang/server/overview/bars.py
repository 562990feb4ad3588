"""Small bar lists: how many customers have each value, with the unknown as a bar of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huaxiang.analyse.rfm_scores import classes
from huaxiang.model.tags import Tag
from huaxiang.number_words import percent, short_number
from huaxiang.words import say


@dataclass(frozen=True)
class Bar:
    """One value: ``width`` is its share of all in percent, as SVG takes it."""

    label: str
    customers: str
    share: str
    width: str
    unknown: bool = False


@dataclass(frozen=True)
class Bars:
    """One tag: its bars, what it means, and the number of customers behind it."""

    title: str
    meaning: str
    element: str
    bars: tuple[Bar, ...]
    base: int


def tag_bars(tag: Tag, counts: Mapping[str | None, int], lang: str) -> Bars:
    """A coded tag's values in the order of its definition, those that nobody has left out."""
    words = {value: labels.say(lang) for value, labels in tag.values.items()}
    meaning = tag.meaning_zh if lang == "zh" else tag.meaning_en
    return _bars(tag.name.say(lang), meaning, tag.element, words, counts, lang)


def rfm_bars(counts: Mapping[str | None, int], lang: str) -> Bars:
    """The eight RFM classes, best first; their base are those who ever bought."""
    words = {key: body.name.say(lang) for key, body in classes().items()}
    title, meaning = (say(f"overview.rfm.{part}", lang) for part in ("title", "meaning"))
    return _bars(title, meaning, "purchasing", words, counts, lang)


def _bars(
    title: str, meaning: str, element: str, words: Mapping[str, str], counts: Mapping[str | None, int], lang: str
) -> Bars:
    base = sum(counts.values())
    listed = [value for value in words if counts.get(value)] + [
        value for value in counts if value and value not in words
    ]
    bars = [_bar(words.get(value, value), counts[value], base, lang) for value in listed]
    if counts.get(None):
        bars.append(_bar(say("customer.unknown", lang), counts[None], base, lang, unknown=True))
    return Bars(title, meaning, element, tuple(bars), base)


def _bar(label: str, customers: int, base: int, lang: str, *, unknown: bool = False) -> Bar:
    share = customers / base
    return Bar(label, short_number(customers, lang), percent(share, lang), f"{share * 100:.2f}", unknown)
