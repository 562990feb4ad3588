"""Pairs of bars: a crowd in full colour above what it is compared with in grey."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from huaxiang.present.charts.frame import Mark, clickable, frame, leading, names_down, shown_at, silent_values
from huaxiang.present.charts.palette import BASE, INK, Option, hatched, hue

PAIR_HEIGHT = 40
_LEGEND_HEIGHT = 28
_LEGEND = {
    "top": 0,
    "left": 0,
    "itemWidth": 14,
    "itemHeight": 10,
    "textStyle": {"color": INK},
    "selectedMode": False,
}


@dataclass(frozen=True)
class Pair:
    """One row: the crowd's number and that of its base, which share a label; None where there is no base."""

    crowd: Mark
    base: Mark | None


def compared_bars(
    pairs: Sequence[Pair], crowd_name: str, base_name: str, element: str | None = None, unknown: Collection[int] = ()
) -> Option:
    """Two bars per pair from top to bottom, the crowd's above its base's, with a legend that names both. Without
    any base the crowd's stand alone and need no legend.

    ``unknown`` are the places of pairs that stand for customers without a value: they are hatched.
    """
    bases = [pair.base or Mark(pair.crowd.label, None, "—") for pair in pairs]
    compared = any(pair.base for pair in pairs)
    series = [_series(crowd_name, hue(element), [pair.crowd for pair in pairs], unknown)]
    if compared:
        series.append(_series(base_name, BASE, bases, unknown))
    return frame(
        legend=_LEGEND if compared else {"show": False},
        grid={
            "left": 132,
            "right": _room([pair.crowd for pair in pairs]),
            "top": _LEGEND_HEIGHT if compared else 4,
            "bottom": 4,
        },
        xAxis=silent_values(),
        yAxis=names_down([pair.crowd.label for pair in pairs]),
        series=series,
    )


def height_of(pairs: int) -> int:
    """The height in pixels that suits so many pairs."""
    return _LEGEND_HEIGHT + 8 + pairs * PAIR_HEIGHT


def _room(marks: Sequence[Mark]) -> int:
    """Pixels beside the longest bar for what is written there."""
    return max(64, 10 + 7 * max((len(mark.shown) for mark in marks), default=0))


def _series(name: str, colour: str, marks: Sequence[Mark], unknown: Collection[int]) -> Option:
    data = [
        {
            "value": mark.drawn,
            "label": shown_at("right", mark),
            **leading(mark),
            **({"itemStyle": {**hatched(), "borderColor": colour}} if place in unknown else {}),
        }
        for place, mark in enumerate(marks)
    ]
    style = {"type": "bar", "name": name, "barCategoryGap": "28%", "itemStyle": {"color": colour}}
    return {**style, **clickable(marks), "data": data}
