"""The colours of every chart: one hue per element everywhere, grey for what is compared with, hatching for unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Option = dict[str, Any]

#: Fill by element; the same names as in the pages' style sheet.
ELEMENT_HUES: Mapping[str, str] = {
    "basic": "#2F5D8C",
    "purchasing": "#B97A1E",
    "behaviour": "#2E8B7A",
    "social": "#7B5EA7",
    "psychological": "#A23B72",
}
INK = "#1F2328"
MUTED = "#5A6067"
LINE = "#E6E2DA"
PAPER = "#FBFAF7"
BASE = "#9AA0A6"
#: What needs action, and nothing else.
ACTION = "#C4452F"

#: Colour of an option to the custom property of the style sheet that takes its place, so that a theme can change it.
CUSTOM_PROPERTIES: Mapping[str, str] = {
    **{hue: f"--el-{element}" for element, hue in ELEMENT_HUES.items()},
    INK: "--ink",
    MUTED: "--muted",
    LINE: "--line",
    PAPER: "--paper",
    BASE: "--base-grey",
    ACTION: "--accent",
}
FONT = "Inter, PingFang SC, Noto Sans SC, Noto Sans CJK SC, Microsoft YaHei, system-ui, sans-serif"


def hatched() -> Option:
    """The item style of what is not known: grey lines on paper."""
    lines = {"symbol": "rect", "color": BASE, "dashArrayX": [1, 0], "dashArrayY": [2, 4], "rotation": 0.785}
    return {"color": PAPER, "borderColor": BASE, "borderWidth": 1, "decal": lines}


def hue(element: str | None) -> str:
    """The fill of an element; ink where a chart speaks of no single element."""
    return ELEMENT_HUES[element] if element else MUTED
