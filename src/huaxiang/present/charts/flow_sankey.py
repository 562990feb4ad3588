"""A sankey chart: how many went from each state on the left to each state on the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huaxiang.present.charts.frame import LABEL_SIZE, frame
from huaxiang.present.charts.palette import BASE, INK, Option, hue

HEIGHT = 420


@dataclass(frozen=True)
class Stream:
    """One stream: the places of its states (from 0), how wide it is, and its number as people read it."""

    source: int
    goal: int
    width: int
    shown: str


def flow_sankey(
    states: Sequence[str],
    streams: Sequence[Stream],
    element: str | None = None,
    addresses: Sequence[str] = (),
    grey: Sequence[int] = (),
) -> Option:
    """States stand on both sides in the order given; ``addresses`` are where a click on one of the right side leads.

    States in ``grey`` are no values: those without one, and those outside.
    """
    used = {0: {one.source for one in streams}, 1: {one.goal for one in streams}}
    nodes = [
        {
            "name": f"{place}-{side}",
            "depth": side,
            "itemStyle": {"color": BASE if place in grey else hue(element)},
            "label": {
                "formatter": state.replace("{", "(").replace("}", ")"),
                "position": "left" if side else "right",
                "color": INK,
                "fontSize": LABEL_SIZE,
            },
            **({"address": addresses[place]} if side and place < len(addresses) and addresses[place] else {}),
        }
        for side in (0, 1)
        for place, state in enumerate(states)
        if place in used[side]
    ]
    links = [
        {"source": f"{one.source}-0", "target": f"{one.goal}-1", "value": one.width, "shown": one.shown}
        for one in streams
    ]
    return frame(
        series=[
            {
                "type": "sankey",
                "layoutIterations": 0,
                "draggable": False,
                "left": 8,
                "right": 8,
                "top": 8,
                "bottom": 8,
                "nodeWidth": 14,
                "emphasis": {"focus": "adjacency"},
                "lineStyle": {"color": "gradient", "opacity": 0.35},
                "data": nodes,
                "links": links,
            }
        ]
    )
