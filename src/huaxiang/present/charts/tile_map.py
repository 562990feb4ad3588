"""A map of equal squares: one for each region near where it lies, the deeper the more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huaxiang.present.charts.frame import Mark, clickable, frame, leading
from huaxiang.present.charts.palette import BASE, INK, Option, hue

HEIGHT = 380
_PALEST, _DEEPEST = 0.08, 0.8


@dataclass(frozen=True)
class Tile:
    """One square: its column and row (from 0, the north-west first), its mark, and its depth from 0 to 1.

    A tile ``below`` what it is compared with is grey, one without a number is only outlined.
    """

    column: int
    row: int
    mark: Mark
    depth: float | None
    below: bool = False


def tile_map(tiles: Sequence[Tile], element: str | None = None) -> Option:
    """Squares with the short name and number of each region."""
    columns = 1 + max((tile.column for tile in tiles), default=0)
    rows = 1 + max((tile.row for tile in tiles), default=0)
    hidden = {"type": "category", "show": False}
    marks = [tile.mark for tile in tiles]
    return frame(
        grid={"left": 2, "right": 2, "top": 2, "bottom": 2},
        xAxis={**hidden, "data": [str(place) for place in range(columns)]},
        yAxis={**hidden, "data": [str(place) for place in range(rows)], "inverse": True},
        series=[
            {
                "type": "scatter",
                "symbol": "rect",
                **clickable(marks),
                "data": [_drawn(tile, element) for tile in tiles],
            }
        ],
    )


def _drawn(tile: Tile, element: str | None) -> Option:
    if tile.depth is None:
        style: Option = {"color": "transparent", "borderColor": BASE, "borderWidth": 1}
    else:
        depth = _PALEST + (_DEEPEST - _PALEST) * min(max(tile.depth, 0.0), 1.0)
        style = {"color": BASE if tile.below else hue(element), "opacity": round(depth, 3)}
    text = "\n".join(part for part in (tile.mark.label, tile.mark.shown) if part).replace("{", "(").replace("}", ")")
    return {
        "value": [tile.column, tile.row],
        "symbolSize": [36, 38],
        "itemStyle": style,
        "label": {"show": True, "formatter": text, "color": INK, "opacity": 1, "fontSize": 10, "lineHeight": 12},
        **leading(tile.mark),
    }
