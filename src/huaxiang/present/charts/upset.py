"""An UpSet chart: how many are in each combination of sets, with a dot for every set that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huaxiang.present.charts.frame import Mark, clickable, frame, leading, shown_at, silent_values
from huaxiang.present.charts.palette import INK, LINE, MUTED, Option, hue

HEIGHT = 340
_BARS, _ROW = 190, 26


@dataclass(frozen=True)
class Combination:
    """One column: the places of the sets it belongs to, and how many belong to these and to no other one."""

    sets: tuple[int, ...]
    mark: Mark


def upset(names: Sequence[str], combinations: Sequence[Combination]) -> Option:
    """One bar per combination in the order given, above a grid of dots with one line per set; lines join its dots."""
    marks = [one.mark for one in combinations]
    columns = [str(place) for place in range(len(combinations))]
    return frame(
        grid=[
            {"left": 128, "right": 12, "top": 20, "height": _BARS - 30},
            {"left": 128, "right": 12, "top": _BARS, "height": _ROW * len(names)},
        ],
        xAxis=[{**_columns(columns), "gridIndex": place} for place in (0, 1)],
        yAxis=[{**silent_values(), "gridIndex": 0}, {**_sets(names), "gridIndex": 1}],
        series=[_bars(marks), *_dots(combinations, len(names))],
    )


def height_of(sets: int) -> int:
    """The height in pixels that suits so many sets."""
    return _BARS + _ROW * sets + 12


def _columns(columns: Sequence[str]) -> Option:
    quiet = {"axisLabel": {"show": False}, "axisTick": {"show": False}, "axisLine": {"lineStyle": {"color": LINE}}}
    return {"type": "category", "data": list(columns), **quiet}


def _sets(names: Sequence[str]) -> Option:
    return {
        "type": "category",
        "inverse": True,
        "data": list(names),
        "axisTick": {"show": False},
        "axisLine": {"show": False},
        "axisLabel": {"color": INK, "width": 116, "overflow": "truncate"},
        "splitLine": {"show": True, "lineStyle": {"color": LINE}},
    }


def _bars(marks: Sequence[Mark]) -> Option:
    data = [{"value": mark.drawn, "label": shown_at("top", mark), **leading(mark)} for mark in marks]
    style = {
        "type": "bar",
        "xAxisIndex": 0,
        "yAxisIndex": 0,
        "barCategoryGap": "35%",
        "itemStyle": {"color": hue("basic")},
    }
    return {**style, **clickable(marks), "data": data}


def _dots(combinations: Sequence[Combination], sets: int) -> list[Option]:
    place = {"xAxisIndex": 1, "yAxisIndex": 1}
    pale = [[column, line] for column in range(len(combinations)) for line in range(sets)]
    full = [[column, line] for column, one in enumerate(combinations) for line in one.sets]
    joined = [
        {
            "type": "line",
            **place,
            "silent": True,
            "symbol": "none",
            "lineStyle": {"color": MUTED, "width": 2},
            "data": [[column, one.sets[0]], [column, one.sets[-1]]],
        }
        for column, one in enumerate(combinations)
        if len(one.sets) > 1
    ]
    dots = {"type": "scatter", **place, "silent": True, "symbolSize": 11}
    return [
        {**dots, "itemStyle": {"color": LINE}, "data": pale},
        *joined,
        {**dots, "itemStyle": {"color": INK}, "data": full},
    ]
