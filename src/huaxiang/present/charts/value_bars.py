"""Bars across: how many there are of each value, with what is unknown as a hatched bar of its own."""

from __future__ import annotations

from collections.abc import Sequence

from huaxiang.present.charts.frame import ROW_HEIGHT, Mark, frame, names_down, shown_at, silent_values
from huaxiang.present.charts.palette import Option, hatched, hue


def value_bars(marks: Sequence[Mark], element: str | None = None, unknown: Mark | None = None) -> Option:
    """One bar per mark from top to bottom in the element's hue; ``unknown`` comes last and is hatched."""
    rows = [*marks, *([unknown] if unknown else [])]
    colour = {"color": hue(element)}
    data = [
        {"value": mark.drawn, "label": shown_at("right", mark), "itemStyle": hatched() if mark is unknown else colour}
        for mark in rows
    ]
    return frame(
        grid={"left": 132, "right": 96, "top": 4, "bottom": 4},
        xAxis=silent_values(),
        yAxis=names_down([mark.label for mark in rows]),
        series=[{"type": "bar", "silent": True, "barCategoryGap": "30%", "data": data}],
    )


def height_of(marks: int) -> int:
    """The height in pixels that suits a chart of so many bars."""
    return 12 + marks * ROW_HEIGHT
