"""The colours that the script replaces are those of the charts' palette."""

from __future__ import annotations

import re
from pathlib import Path

import huaxiang.server
from huaxiang.present.charts.palette import CUSTOM_PROPERTIES

SCRIPT = Path(huaxiang.server.__file__).parent / "static" / "huaxiang" / "charts.js"


def test_the_script_knows_every_colour_of_the_palette() -> None:
    known = dict(re.findall(r'"(#[0-9A-F]{6})": "(--[a-z-]+)"', SCRIPT.read_text(encoding="utf-8")))
    assert known == dict(CUSTOM_PROPERTIES)
