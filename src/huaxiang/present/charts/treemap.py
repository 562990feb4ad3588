"""A treemap: parts of a whole as areas, with the number in each that is large enough to carry it."""

from __future__ import annotations

from collections.abc import Sequence

from huaxiang.present.charts.frame import Mark, frame
from huaxiang.present.charts.palette import PAPER, Option, hue

HEIGHT = 300


def treemap(marks: Sequence[Mark], element: str | None = None) -> Option:
    """One area per mark with a value above 0, the greatest first; marks without a value are left to the table."""
    fill = {"color": hue(element)}
    areas = [
        {"name": f"{mark.label}  {mark.shown}", "value": mark.value, "itemStyle": fill}
        for mark in marks
        if mark.value and mark.value > 0
    ]
    return frame(
        series=[
            {
                "type": "treemap",
                "silent": True,
                "roam": False,
                "nodeClick": False,
                "breadcrumb": {"show": False},
                "left": 0,
                "right": 0,
                "top": 0,
                "bottom": 0,
                "itemStyle": {"borderColor": PAPER, "gapWidth": 2},
                "label": {"color": PAPER, "fontSize": 12},
                "data": areas,
            }
        ]
    )
