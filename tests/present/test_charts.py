"""Charts: the same bytes every time, nothing active in them, the unknown hatched, every number written out."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.present.conftest import NASTY

from huaxiang.errors import EngineError
from huaxiang.present.charts import svg as svg_module
from huaxiang.present.charts.compared_bars import Pair, compared_bars
from huaxiang.present.charts.flow_funnel import flow_funnel
from huaxiang.present.charts.flow_sankey import Stream, flow_sankey
from huaxiang.present.charts.frame import Mark
from huaxiang.present.charts.histogram import histogram
from huaxiang.present.charts.link_graph import Joint, link_graph
from huaxiang.present.charts.month_line import month_line
from huaxiang.present.charts.palette import BASE, ELEMENT_HUES, Option
from huaxiang.present.charts.svg import render_svg
from huaxiang.present.charts.tile_map import Tile, tile_map
from huaxiang.present.charts.treemap import treemap
from huaxiang.present.charts.upset import Combination, upset
from huaxiang.present.charts.value_bars import value_bars

MARKS = (Mark("女", 205.0, "205"), Mark("男", 135.0, "135"))
UNKNOWN = Mark("不知道", 368.0, "368")
OPTIONS: dict[str, Option] = {
    "value_bars": value_bars(MARKS, "basic", UNKNOWN),
    "histogram": histogram(MARKS, "purchasing", UNKNOWN),
    "month_line": month_line(MARKS, "purchasing"),
    "compared_bars": compared_bars([Pair(mark, mark) for mark in MARKS], "人群", "全部客户", "social"),
    "treemap": treemap(MARKS, "behaviour"),
    "flow_funnel": flow_funnel(MARKS, ("", "65.9%")),
    "upset": upset(["会员", "买过"], [Combination((0,), MARKS[0]), Combination((0, 1), MARKS[1])]),
    "flow_sankey": flow_sankey(
        ["活跃 205", "沉睡 135"], [Stream(0, 1, 5, "5"), Stream(1, 0, 7, "7")], "purchasing", ["", "/x"]
    ),
    "tile_map": tile_map([Tile(0, 0, MARKS[0], 0.5), Tile(1, 2, MARKS[1], None)], "basic"),
    "link_graph": link_graph(["女 205", "男 135"], [Joint(0, 1, "手机号", is_sure=True)]),
}


def texts(svg: str) -> list[str]:
    """Return what is written in a chart."""
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314


@pytest.mark.parametrize("name", OPTIONS)
def test_chart_is_the_same_every_time_and_only_a_picture(name: str) -> None:
    option = OPTIONS[name]
    assert json.loads(json.dumps(option)) == option
    drawn = render_svg(option, 640, 240, ids="a")
    assert render_svg(option, 640, 240, ids="a") == drawn
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|ecmeta|href=", drawn)
    written = " ".join(texts(drawn))
    assert "205" in written
    assert "135" in written


def test_ids_of_two_charts_do_not_meet() -> None:
    first, second = (render_svg(OPTIONS["value_bars"], 640, 120, ids=ids) for ids in ("a", "b"))
    found = [set(re.findall(r'id="([^"]+)"', svg)) for svg in (first, second)]
    assert found[0]
    assert not found[0] & found[1]
    assert set(re.findall(r"url\(#([^)]+)\)", first)) <= found[0]


def test_unknown_is_hatched_and_comes_last() -> None:
    for option in (OPTIONS["value_bars"], OPTIONS["histogram"]):
        *known, last = option["series"][0]["data"]
        assert "decal" in last["itemStyle"]
        assert all("decal" not in bar.get("itemStyle", {}) for bar in known)
        assert "<pattern" in render_svg(option, 640, 240)


def test_crowd_has_the_full_colour_and_its_base_is_grey() -> None:
    crowd, base = OPTIONS["compared_bars"]["series"]
    assert crowd["itemStyle"]["color"] == ELEMENT_HUES["social"]
    assert base["itemStyle"]["color"] == BASE


def test_without_a_base_the_crowd_stands_alone() -> None:
    option = compared_bars([Pair(mark, None) for mark in MARKS], "人群", "全部客户")
    assert [one["name"] for one in option["series"]] == ["人群"]
    assert "全部客户" not in texts(render_svg(option, 640, 240))


def test_number_that_is_not_shown_is_said_in_words() -> None:
    drawn = render_svg(value_bars([*MARKS, Mark("其他", None, "太少，不写")]), 640, 120)
    assert "太少，不写" in texts(drawn)


@pytest.mark.parametrize("text", NASTY)
def test_names_from_the_data_stay_text(text: str) -> None:
    for name, build in {"bars": value_bars, "months": month_line, "tree": treemap}.items():
        drawn = render_svg(build([Mark(text, 3.0, text)]), 640, 120)
        assert not re.search(r"<(script|img|svg onload)", drawn), name
        assert ET.fromstring(drawn) is not None  # noqa: S314


def test_rare_characters_are_never_cut_in_two() -> None:
    for count in range(1, 60):
        for build in (value_bars, treemap):
            render_svg(build([Mark("a" * (count % 7) + "𠮷" * count, 3.0, "3")]), 200, 120).encode("utf-8")


@settings(max_examples=30)
@given(st.lists(st.tuples(st.text(max_size=40), st.floats(0, 1e12)), min_size=1, max_size=12))
def test_any_names_and_numbers_give_a_well_formed_picture(rows: list[tuple[str, float]]) -> None:
    marks = [Mark("".join(c for c in name if c.isprintable()), value, f"{value:.0f}") for name, value in rows]
    drawn = render_svg(value_bars(marks, "basic"), 340, 200)
    assert sum(text == f"{rows[0][1]:.0f}" for text in texts(drawn)) >= 1


@pytest.mark.parametrize(
    "name", ["__proto__", "constructor", "toString", "很长很长的名字 __proto__", "__proto__ valueOf"]
)
def test_words_of_javascript_are_names_like_others(name: str) -> None:
    for build in (value_bars, treemap, histogram):
        drawn = render_svg(build([Mark(name, 3.0, "3"), Mark("b", 2.0, "2")]), 340, 200)
        assert "[object" not in drawn
        assert ET.fromstring(drawn) is not None  # noqa: S314
    assert render_svg(OPTIONS["value_bars"], 640, 120, ids="x") == render_svg(OPTIONS["value_bars"], 640, 120, ids="x")
    assert "[object" not in render_svg(OPTIONS["treemap"], 640, 120)


def test_missing_library_and_unusable_option_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineError) as refused:
        render_svg({"series": [{"type": "bar", "data": [1]}]}, 640, 120)
    assert refused.value.code == "chart.not_drawn"
    monkeypatch.setattr(svg_module, "_LIBRARY", "server/static/vendor/none.js")
    monkeypatch.delattr(svg_module._HELD, "engine")
    with pytest.raises(EngineError, match="make assets"):
        render_svg(OPTIONS["treemap"], 640, 120)


def test_marks_with_an_address_can_be_clicked_and_others_react_to_nothing() -> None:
    linked = Mark("女", 205.0, "205", "/crowds/new/?rule=gender")
    option = compared_bars([Pair(linked, MARKS[0]), Pair(MARKS[1], MARKS[1])], "人群", "全部", unknown=[1])
    crowd, base = option["series"]
    assert crowd["cursor"] == "pointer"
    assert [each.get("address") for each in crowd["data"]] == ["/crowds/new/?rule=gender", None]
    assert base["silent"]
    assert "decal" in crowd["data"][1]["itemStyle"]
    tiles = tile_map([Tile(0, 0, linked, 0.2, below=True)])["series"][0]
    assert tiles["data"][0]["address"] == linked.address
    assert tiles["data"][0]["itemStyle"]["color"] == BASE
