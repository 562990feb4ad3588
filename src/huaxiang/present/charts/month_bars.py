"""Bars by month, each of two parts on top of each other: what the chart is about, and a grey rest."""

from __future__ import annotations

from collections.abc import Sequence

from huaxiang.present.charts.palette import BASE, Option, hue


def month_bars(
    months: Sequence[str], parts: Sequence[tuple[str, Sequence[float]]], element: str | None = None
) -> Option:
    """One bar per month, oldest first; ``parts`` are names with one number per month, the first in the element's hue,
    the others in grey. Text takes the colours of the page's theme."""
    colours = [hue(element), *[BASE] * (len(parts) - 1)]
    return {
        "animation": False,
        "grid": {"left": 8, "right": 8, "top": 32, "bottom": 8, "containLabel": True},
        "legend": {"top": 0, "right": 0, "data": [name for name, _ in parts]},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": list(months)},
        "yAxis": {"type": "value"},
        "series": [
            {"name": name, "type": "bar", "stack": "all", "data": list(numbers), "itemStyle": {"color": colour}}
            for (name, numbers), colour in zip(parts, colours, strict=True)
        ],
    }
