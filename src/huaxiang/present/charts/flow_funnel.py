"""A funnel of steps: how much of what came in is still there after each step."""

from __future__ import annotations

from collections.abc import Sequence

from huaxiang.present.charts.frame import LABEL_SIZE, Mark, frame
from huaxiang.present.charts.palette import INK, Option, hue

STEP_HEIGHT = 44


def flow_funnel(marks: Sequence[Mark], element: str | None = None) -> Option:
    """One band per step in the given order, as wide as its value, with name and number to its right."""
    named = {"show": True, "position": "right", "color": INK, "fontSize": LABEL_SIZE, "textBorderWidth": 0}
    data = [
        {"name": f"{mark.label}  {mark.shown}", "value": mark.value or 0, "itemStyle": {"opacity": 1 - 0.18 * step}}
        for step, mark in enumerate(marks)
    ]
    return frame(
        series=[
            {
                "type": "funnel",
                "silent": True,
                "sort": "none",
                "funnelAlign": "left",
                "gap": 3,
                "left": 0,
                "width": "52%",
                "top": 4,
                "bottom": 4,
                "min": 0,
                "minSize": "0%",
                "itemStyle": {"color": hue(element), "borderWidth": 0},
                "label": named,
                "labelLine": {"show": False},
                "data": data,
            }
        ]
    )


def height_of(steps: int) -> int:
    """The height in pixels that suits so many steps."""
    return 8 + steps * STEP_HEIGHT
