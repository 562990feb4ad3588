"""Small bar lists: how many customers, or other things, have each value, with the unknown as a bar of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huaxiang.analyse.rfm_scores import classes
from huaxiang.model.tags import Tag
from huaxiang.number_words import percent, short_number
from huaxiang.words import say


@dataclass(frozen=True)
class Bar:
    """One value: ``width`` is its share of all in percent, as SVG takes it; ``told`` is the whole of it in words."""

    label: str
    count: str
    share: str
    width: str
    told: str
    unknown: bool = False


@dataclass(frozen=True)
class Bars:
    """One list: its bars, what it means, and what it is based on."""

    title: str
    meaning: str
    element: str
    bars: tuple[Bar, ...]
    base: str


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


def counted_bars(title: str, meaning: str, counts: Mapping[str, int], lang: str) -> Bars:
    """Things that are no customers, counted by what they are called, in the order given; nothing is left out."""
    total = sum(counts.values())
    bars = [_bar(label, count, total, "part.bar", lang) for label, count in counts.items() if count]
    return Bars(title, meaning, "", tuple(bars), say("part.total", lang, n=short_number(total, lang)))


def _bars(
    title: str, meaning: str, element: str, words: Mapping[str, str], counts: Mapping[str | None, int], lang: str
) -> Bars:
    base = sum(counts.values())
    listed = [value for value in words if counts.get(value)] + [
        value for value in counts if value and value not in words
    ]
    bars = [_bar(words.get(value, value), counts[value], base, "overview.bar", lang) for value in listed]
    if counts.get(None):
        bars.append(_bar(say("customer.unknown", lang), counts[None], base, "overview.bar", lang, unknown=True))
    return Bars(title, meaning, element, tuple(bars), say("part.base", lang, n=short_number(base, lang)))


def _bar(label: str, count: int, base: int, told: str, lang: str, *, unknown: bool = False) -> Bar:
    share, number = percent(count / base, lang), short_number(count, lang)
    words = say(told, lang, label=label, count=number, share=share)
    return Bar(label, number, share, f"{count / base * 100:.2f}", words, unknown)
