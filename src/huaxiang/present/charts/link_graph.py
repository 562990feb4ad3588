"""The graph of one customer: accounts on a circle, and what joins them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huaxiang.present.charts.frame import LABEL_SIZE, frame
from huaxiang.present.charts.palette import INK, LINE, MUTED, Option, hue

HEIGHT = 320


@dataclass(frozen=True)
class Joint:
    """One link: the places of its two accounts (from 0), what joins them, and whether both vouch for it."""

    left: int
    right: int
    label: str
    is_sure: bool


def link_graph(accounts: Sequence[str], joints: Sequence[Joint]) -> Option:
    """Accounts by what they are called, in the order given; links that are not sure are dashed."""
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
        "data": [{"id": str(place), "name": name} for place, name in enumerate(accounts)],
        "links": [_drawn(joint) for joint in joints],
    }
    return frame(series=[series])


def _drawn(joint: Joint) -> Option:
    return {
        "source": str(joint.left),
        "target": str(joint.right),
        "lineStyle": {
            "color": MUTED if joint.is_sure else LINE,
            "width": 2,
            "type": "solid" if joint.is_sure else "dashed",
        },
        "label": {"show": True, "formatter": joint.label, "color": MUTED, "fontSize": 11},
    }
