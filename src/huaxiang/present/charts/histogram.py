"""A histogram: how many lie in each band, bands side by side, the unknown hatched and set apart at the end."""

from __future__ import annotations

from collections.abc import Sequence

from huaxiang.present.charts.frame import Mark, frame, names_across, shown_at, silent_values
from huaxiang.present.charts.palette import Option, hatched, hue

HEIGHT = 220


def histogram(marks: Sequence[Mark], element: str | None = None, unknown: Mark | None = None) -> Option:
    """One column per band from left to right; ``unknown`` comes last, hatched, after a gap."""
    gap = Mark("", None, "")
    rows = [*marks, *([gap, unknown] if unknown else [])]
    data = [
        {
            "value": mark.drawn,
            "label": shown_at("top", mark),
            "itemStyle": hatched() if mark is unknown else {"color": hue(element)},
        }
        for mark in rows
    ]
    return frame(
        grid={"left": 8, "right": 8, "top": 24, "bottom": 52},
        xAxis=names_across([mark.label for mark in rows], turned=30),
        yAxis=silent_values(),
        series=[{"type": "bar", "silent": True, "barCategoryGap": "6%", "data": data}],
    )
