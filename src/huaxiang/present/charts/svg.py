"""Charts without a browser: ECharts in an embedded JavaScript engine gives SVG, the same bytes every time."""

from __future__ import annotations

import json
import re
import threading
from importlib.resources import files
from typing import Any

import quickjs

from huaxiang.errors import EngineError
from huaxiang.present.charts.palette import Option

_LIBRARY = "server/static/vendor/echarts.min.js"
# ECharts asks for a console and timers; nothing that it does in them reaches a picture that stands still.
_SURROUNDINGS = """
var self = this;
var console = {log() {}, warn() {}, error() {}};
function setTimeout() {}
function clearTimeout() {}
"""
# The text is handed over as JSON: joined strings of the engine cannot be handed over as they are.
_DRAW = """
function draw(option, width, height) {
  const chart = echarts.init(null, null, {renderer: "svg", ssr: true, width, height});
  chart.setOption(JSON.parse(option));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return JSON.stringify(svg);
}
"""
_HELD = threading.local()
# Parts that only serve a browser's pointer.
_POINTER_ONLY = re.compile(
    r'<style >.*?</style>\n?| (?:class|ecmeta_\w+|pointer-events)="[^"]*"|<defs >\s*</defs>\n?', re.DOTALL
)
_STYLE = re.compile(r' style="([^"]*)"')
# Where ECharts shortens a text it may leave half of a rare character behind.
_HALVES = re.compile("[\ud800-\udfff]")
_IDS = re.compile(r"zr\d+-")


def render_svg(option: Option, width: int, height: int, *, ids: str = "c") -> str:
    """The chart as one ``<svg>`` element of that many pixels, without scripts and style sheets.

    ``ids`` begins every id in it and must be unique among the charts of one page. Raises :class:`EngineError` when the
    chart library was not collected or refuses the option.
    """
    try:
        drawn = json.loads(_engine().get("draw")(json.dumps(option), width, height))
    except quickjs.JSException as problem:
        raise EngineError("chart.not_drawn", reason=str(problem).splitlines()[0]) from problem
    whole = _HALVES.sub("", str(drawn))
    return _IDS.sub(f"{ids}-", _STYLE.sub(_attributes, _POINTER_ONLY.sub("", whole)))


def _attributes(style: re.Match[str]) -> str:
    # A strict content policy forbids style attributes; these say the same.
    pairs = (pair.split(":", 1) for pair in style[1].split(";") if pair)
    return "".join(f' {name.strip()}="{value.strip()}"' for name, value in pairs)


def _engine() -> Any:
    # One engine serves one thread: loading the library takes longer than drawing many charts.
    if not hasattr(_HELD, "engine"):
        engine = quickjs.Context()
        engine.eval(_SURROUNDINGS)
        engine.eval(_library())
        engine.eval(_DRAW)
        _HELD.engine = engine
    return _HELD.engine


def _library() -> str:
    path = files("huaxiang") / _LIBRARY
    if not path.is_file():
        raise EngineError("chart.library_missing", file=_LIBRARY)
    return path.read_text(encoding="utf-8")
