"""A line by month, every month labelled with its number."""

from __future__ import annotations

from collections.abc import Sequence

from huaxiang.present.charts.frame import Mark, frame, names_across, shown_at, silent_values
from huaxiang.present.charts.palette import Option, hue

HEIGHT = 220


def month_line(marks: Sequence[Mark], element: str | None = None) -> Option:
    """One point per month, oldest first; a month without a value breaks the line."""
    data = [{"value": mark.value, "label": shown_at("top", mark)} for mark in marks]
    return frame(
        grid={"left": 24, "right": 24, "top": 28, "bottom": 44},
        xAxis={**names_across([mark.label for mark in marks], turned=30), "boundaryGap": True},
        yAxis=silent_values(),
        series=[
            {
                "type": "line",
                "silent": True,
                "symbol": "circle",
                "symbolSize": 6,
                "lineStyle": {"color": hue(element), "width": 2},
                "itemStyle": {"color": hue(element)},
                "data": data,
            }
        ],
    )
