"""A grid of scores: how many stand at each pair, the deeper the colour the more each of them spends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huaxiang.present.charts.frame import frame
from huaxiang.present.charts.palette import INK, LINE, MUTED, Option, hue

HEIGHT = 300
_PALEST, _DEEPEST = 0.06, 0.75


@dataclass(frozen=True)
class Square:
    """One square: its place (from 0), what is written in it, and its depth from 0 (pale) to 1 (full colour)."""

    across: int
    up: int
    shown: str
    depth: float


def score_grid(
    squares: Sequence[Square],
    across: Sequence[str],
    up: Sequence[str],
    names: tuple[str, str],
    element: str | None = None,
) -> Option:
    """Squares over two axes of labels; ``names`` are those of the axis below and of the one on the left."""
    return frame(
        grid={"left": 48, "right": 12, "top": 28, "bottom": 44},
        xAxis=_axis(across, names[0], "middle", 28),
        yAxis=_axis(up, names[1], "end", 10),
        series=[
            {"type": "scatter", "silent": True, "symbol": "rect", "data": [_drawn(one, element) for one in squares]}
        ],
    )


def _axis(labels: Sequence[str], name: str, place: str, gap: int) -> Option:
    return {
        "type": "category",
        "data": list(labels),
        "name": name,
        "nameLocation": place,
        "nameGap": gap,
        "nameTextStyle": {"color": MUTED},
        "axisTick": {"show": False},
        "axisLine": {"show": False},
        "axisLabel": {"color": MUTED},
        "splitArea": {"show": False},
        "splitLine": {"show": True, "lineStyle": {"color": LINE}},
    }


def _drawn(square: Square, element: str | None) -> Option:
    depth = _PALEST + (_DEEPEST - _PALEST) * min(max(square.depth, 0.0), 1.0)
    return {
        "value": [square.across, square.up],
        "symbolSize": [44, 36],
        "itemStyle": {"color": hue(element), "opacity": round(depth, 3)},
        "label": {"show": True, "formatter": square.shown, "color": INK, "opacity": 1, "fontSize": 12},
    }
