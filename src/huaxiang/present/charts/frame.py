"""What all charts share: no animation, one font, quiet axes, every mark labelled with its number."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from huaxiang.present.charts.palette import FONT, INK, LINE, MUTED, Option

ROW_HEIGHT = 30
LABEL_SIZE = 12
_INVISIBLE = "\u200b"
_OWN_WORDS = frozenset(
    [
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
    ]
)
#: Letters of Latin width that fit on one line of a category name.
_LINE = 20


@dataclass(frozen=True)
class Mark:
    """One mark of a chart: what it is, how great, and the number as people read it.

    ``value`` is None for a number that is not shown because too few people stand behind it; only ``shown`` is written
    then. ``address`` is where a click on the mark leads; empty for nowhere.
    """

    label: str
    value: float | None
    shown: str
    address: str = ""

    @property
    def drawn(self) -> float:
        """The length of the mark: 0 where the number is not shown, so that its words still have a place."""
        return self.value or 0


def frame(**parts: object) -> Option:
    """An option with the shared settings and the given parts, in which no text is a word of JavaScript's own."""
    option: Option = harmless({"animation": False, "textStyle": {"fontFamily": FONT, "color": INK}, **parts})
    return option


def harmless(part: Any) -> Any:
    """The same part of an option; lines that JavaScript takes for something of every object get an invisible end.

    ECharts keeps texts as keys of plain objects: a category called ``__proto__`` would break every later chart.
    """
    if isinstance(part, dict):
        return {name: harmless(each) for name, each in part.items()}
    if isinstance(part, list | tuple):
        return [harmless(each) for each in part]
    if not isinstance(part, str):
        return part
    return "\n".join(f"{line}{_INVISIBLE}" if line in _OWN_WORDS else line for line in part.split("\n"))


def names_down(labels: Sequence[str]) -> Option:
    """A category axis with its names on the left, the first on top."""
    return {
        "type": "category",
        "inverse": True,
        "data": [_two_lines(label) for label in labels],
        "axisLine": {"lineStyle": {"color": LINE}},
        "axisTick": {"show": False},
        "axisLabel": {
            "color": INK,
            "fontSize": LABEL_SIZE,
            "lineHeight": 13,
            "interval": 0,
        },
    }


def names_across(labels: Sequence[str], turned: int = 0) -> Option:
    """A category axis with its names below."""
    return {
        "type": "category",
        "data": list(labels),
        "axisLine": {"lineStyle": {"color": LINE}},
        "axisTick": {"show": False},
        "axisLabel": {"color": MUTED, "fontSize": 11, "interval": 0, "rotate": turned},
    }


def silent_values() -> Option:
    """A value axis without ticks: the marks carry their numbers."""
    return {"type": "value", "show": False, "scale": False}


def clickable(marks: Iterable[Mark]) -> Option:
    """What a series needs so that its marks can be clicked; without addresses it does not react to a pointer."""
    return {"cursor": "pointer"} if any(mark.address for mark in marks) else {"silent": True}


def leading(mark: Mark) -> Option:
    """What the datum of a mark says of where a click leads."""
    return {"address": mark.address} if mark.address else {}


def shown_at(position: str, mark: Mark) -> Option:
    """The number of a mark beside it."""
    return {
        "show": True,
        "position": position,
        "formatter": _literal(mark.shown),
        "color": INK,
        "fontSize": LABEL_SIZE,
        "textBorderWidth": 0,
    }


def _two_lines(label: str) -> str:
    # ECharts would cut rare characters in two, and a third line would run into its neighbours.
    first, rest = _line(label)
    second, left = _line(rest)
    return "\n".join(filter(None, (first, f"{second[:-1]}…" if left else second)))


def _line(text: str) -> tuple[str, str]:
    widths = accumulate(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    kept = sum(width <= _LINE for width in widths)
    space = text.rfind(" ", 0, kept + 1) if kept < len(text) else -1
    end = space if space > kept // 2 else kept
    return text[:end], text[end:].lstrip()


def _literal(text: str) -> str:
    # Braces would be read as placeholders of ECharts.
    return text.replace("{", "(").replace("}", ")")
