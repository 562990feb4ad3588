"""The size of a crowd from refresh to refresh as a line, with those who came and those who went as bars beside it."""

from __future__ import annotations

from collections.abc import Sequence

from huaxiang.present.charts.palette import BASE, Option, hue


def size_over_runs(
    labels: Sequence[str],
    sizes: tuple[str, Sequence[int | None]],
    came: tuple[str, Sequence[int]],
    went: tuple[str, Sequence[int]],
    *,
    is_afterwards: bool = False,
) -> Option:
    """One place per refresh, oldest first; each series has a name and one number per refresh. Where the size is None
    the line breaks. Who went is drawn below zero. What was computed afterwards is a broken line with hollow points."""
    return {
        "animation": False,
        "grid": {"left": 8, "right": 8, "top": 32, "bottom": 8, "containLabel": True},
        "legend": {"top": 0, "right": 0, "data": [sizes[0], came[0], went[0]]},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": list(labels), "axisLabel": {"hideOverlap": True}},
        "yAxis": {"type": "value"},
        "series": [
            {
                "name": sizes[0],
                "type": "line",
                "symbolSize": 6,
                "data": list(sizes[1]),
                "itemStyle": {"color": hue("purchasing")},
                "symbol": "emptyCircle" if is_afterwards else "circle",
                "lineStyle": {"color": hue("purchasing"), "width": 2, "type": "dashed" if is_afterwards else "solid"},
            },
            {
                "name": came[0],
                "type": "bar",
                "stack": "moves",
                "data": list(came[1]),
                "itemStyle": {"color": hue("behaviour")},
            },
            {
                "name": went[0],
                "type": "bar",
                "stack": "moves",
                "data": [-count for count in went[1]],
                "itemStyle": {"color": BASE},
            },
        ],
    }
