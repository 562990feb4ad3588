"""Which tags the document shows for each element, and the bands of those that are counted in bands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from huaxiang.model.fields import Labels
from huaxiang.number_words import short_number
from huaxiang.shipped import shipped


@dataclass(frozen=True)
class ShownTag:
    """One tag of one element. ``bands`` are the ends of its bands, each not included in the band that it closes."""

    element: str
    tag: str
    bands: tuple[float, ...] = ()


@cache
def shown_tags() -> tuple[ShownTag, ...]:
    """The tags in the order of the document."""
    return tuple(
        ShownTag(element, name, tuple(bands or ()))
        for element, tags in shipped("document", "shown_tags.yaml").items()
        for name, bands in tags.items()
    )


def band_label(bands: tuple[float, ...], number: int, *, whole: bool = False) -> Labels:
    """How a band reads: ``< 50``, ``50 – <100``, ``≥ 500``; the lower end is included, the upper is not.

    Counts (``whole``) read ``0``, ``1``, ``2–3``, ``≥ 16``, both ends included.
    """
    band = _whole if whole else _band
    return Labels(zh=band(bands, number, "zh"), en=band(bands, number, "en"))


def _band(bands: tuple[float, ...], number: int, lang: str) -> str:
    if number == 0:
        return f"< {short_number(bands[0], lang)}"
    low = short_number(bands[number - 1], lang)
    return f"≥ {low}" if number == len(bands) else f"{low} – <{short_number(bands[number], lang)}"


def _whole(bands: tuple[float, ...], number: int, lang: str) -> str:
    low = bands[number - 1] if number else 0
    if number == len(bands):
        return f"≥ {short_number(low, lang)}"
    high = bands[number] - 1
    return short_number(low, lang) if high <= low else f"{short_number(low, lang)}–{short_number(high, lang)}"
