"""The graph of one customer: accounts on a circle, and what joins them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi

from huaxiang.present.charts.frame import LABEL_SIZE, frame
from huaxiang.present.charts.palette import ACTION, INK, MUTED, Option, hue

HEIGHT = 320


@dataclass(frozen=True)
class Joint:
    """One link: the places of its two accounts (from 0), what joins them, whether both vouch for it, and whether it is
    the one to look at first."""

    left: int
    right: int
    label: str
    is_sure: bool
    is_weakest: bool = False


def link_graph(accounts: Sequence[str], joints: Sequence[Joint]) -> Option:
    """Accounts by what they are called, in the order given; links that are not sure are dashed, the weakest
    one stands out."""
    series = {
        "type": "graph",
        "layout": "circular",
        "silent": True,
        "symbolSize": 14,
        "top": 44,
        "bottom": 44,
        "circular": {"rotateLabel": False},
        "itemStyle": {"color": hue("basic")},
        "label": {"show": True, "position": "right", "color": INK, "fontSize": LABEL_SIZE},
        "data": [_node(name, place, len(accounts)) for place, name in enumerate(accounts)],
        "links": [_drawn(joint) for joint in joints],
    }
    return frame(series=[series])


def _node(name: str, place: int, count: int) -> Option:
    # Nodes stand clockwise from the right, the first half a step down; names point away from the middle.
    on_the_left = cos(2 * pi * (place + 0.5) / count) < 0
    return {"id": str(place), "name": name, "label": {"position": "left" if on_the_left else "right"}}


def _drawn(joint: Joint) -> Option:
    kind, opacity = ("solid", 1) if joint.is_sure else ("dashed", 0.6)
    colour, width = (ACTION, 3) if joint.is_weakest else (MUTED, 1.5)
    return {
        "source": str(joint.left),
        "target": str(joint.right),
        "lineStyle": {"color": colour, "width": width, "type": kind, "opacity": 1 if joint.is_weakest else opacity},
        "label": {"show": True, "formatter": joint.label, "color": colour, "fontSize": 11},
    }
