"""Tags and segments as definitions: what is shipped holds together, what does not is refused with its place."""

from typing import Any

import pytest

from huaxiang.analyse.check_tags import check_tags
from huaxiang.analyse.segments import check_segments
from huaxiang.errors import DefinitionError
from huaxiang.model.fields import FIELD_IBIS_TYPES
from huaxiang.model.segments import segments_from, shipped_segments
from huaxiang.model.tables import ELEMENTS
from huaxiang.model.tags import groups_of, shipped_tags, tags_from
from huaxiang.words import knows

GOOD: dict[str, Any] = {
    "element": "basic", "zh": "城市", "en": "City", "meaning_zh": "城市。", "meaning_en": "City.", "type": "text",
    "rule": {"kind": "golden", "fact": "person_record", "column": "city"},
}  # fmt: skip

GOLDEN = {"kind": "golden", "fact": "person_record", "column": "city"}
WINDOW = {"kind": "statistic", "fact": "sale", "measure": "count"}
BAND = [{"value": "day", "from": 6, "to": 22}, {"value": "night", "from": 22, "to": 6}]
LIKED = {"kind": "preference", "parts": [{"fact": "act", "column": "category", "weight": 1}]}
SHARE = {"kind": "percentile", "of": "b"}
NUMBER = {"kind": "statistic", "fact": "sale", "measure": "average", "column": "net_revenue"}


def test_shipped_tags_hold_together() -> None:
    """At least fifty to be offered, on all five elements, each of a known type."""
    tags = shipped_tags()
    check_tags(tags)
    offered = [tag for tag in tags.values() if not tag.helper]
    assert len(offered) >= 50
    assert {tag.element for tag in offered} == set(ELEMENTS)
    assert {tag.type for tag in tags.values()} <= FIELD_IBIS_TYPES.keys()
    assert len({tag.zh for tag in tags.values()}) == len(tags)
    assert len({tag.en for tag in tags.values()}) == len(tags)


def test_every_unit_has_words() -> None:
    """Pages say the unit of a number in the language of the reader."""
    assert [tag.key for tag in shipped_tags().values() if tag.unit and not knows(f"unit.{tag.unit}")] == []


def test_a_window_stands_in_the_name() -> None:
    """Whoever reads a name knows the days it covers."""
    named = [tag for tag in shipped_tags().values() if tag.window_days and tag.rule.kind == "statistic"]
    assert named
    for tag in named:
        assert tag.key.endswith(f"_{tag.window_days}d")
        assert str(tag.window_days) in tag.zh
        assert str(tag.window_days) in tag.en


def test_shipped_segments_hold_together() -> None:
    """Each fits the tags and has its advice in words."""
    segments = shipped_segments()
    assert len(segments) >= 10
    check_segments(segments, shipped_tags())
    assert all(segment.advice_words and knows(segment.advice_words.code) for segment in segments.values())


def test_city_tiers_name_no_city_twice() -> None:
    """A city is in one tier."""
    cities = [city for members in groups_of("city_tiers").values() for city in members]
    assert len(cities) == len(set(cities)) == 49


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"type": "txt"}, "type"),
        ({"colour": "red"}, "colour"),
        ({"rule": {"kind": "golden", "fact": "person_record"}}, "rule.golden.column"),
        ({"rule": {"kind": "guess"}}, "rule"),
        ({"version": 0}, "version"),
        ({"rule": {**WINDOW, "window_days": 30, "from": "2026-01-01"}}, "rule.statistic"),
        ({"rule": {**WINDOW, "skip_days": 30}}, "rule.statistic"),
        ({"rule": {**WINDOW, "from": "2026-02-01", "to": "2026-01-01"}}, "rule.statistic"),
        ({"rule": {**WINDOW, "when_empty": "keep_last"}}, "rule.statistic"),
        ({"rule": {**WINDOW, "when_empty": "zero", "expires_after_days": 9}}, "rule.statistic"),
        ({"rule": {**GOLDEN, "when_empty": "zero"}}, "rule.golden"),
        ({"rule": {"kind": "preference", "parts": []}}, "rule.preference.parts"),
        ({"rule": {"kind": "distribution", "fact": "act", "bands": BAND}}, "rule.distribution"),
        ({"rule": {"kind": "distribution", "fact": "act", "bands": BAND[:1], "unclear": "x"}}, "rule.distribution"),
    ],
)
def test_a_wrong_tag_is_refused_with_its_place(change: dict[str, Any], place: str) -> None:
    """The message names the tag and where in it the mistake is."""
    with pytest.raises(DefinitionError) as problem:
        tags_from({"city": {**GOOD, **change}})
    assert problem.value.code == "tag.invalid"
    assert problem.value.params["place"] == place


@pytest.mark.parametrize("body", [None, "text", 5, []])
def test_a_tag_that_is_no_record_is_refused(body: object) -> None:
    """Neither tags nor segments crash on a body that is no mapping."""
    with pytest.raises(DefinitionError):
        tags_from({"city": body})
    with pytest.raises(DefinitionError):
        segments_from({"city": body})


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"a": {"kind": "since", "of": "b"}, "b": {"kind": "since", "of": "a"}}, "tag.circle"),
        ({"a": {"kind": "formula", "formula": {"add": ["a", 1]}}}, "tag.circle"),
        ({"a": {"kind": "since", "of": "nothing"}}, "tag.needs_unknown"),
        ({"a": {"kind": "golden", "fact": "sales", "column": "city"}}, "tag.unknown_fact"),
        ({"a": {"kind": "golden", "fact": "sale", "column": "citty"}}, "tag.unknown_column"),
        ({"a": {"kind": "golden", "fact": "order_day", "column": "extra.色"}}, "tag.unknown_column"),
        ({"a": {"kind": "statistic", "fact": "sale", "measure": "sum"}}, "tag.unknown_column"),
        ({"a": {"kind": "statistic", "fact": "sale", "measure": "count", "where": "citty = x"}},
         "condition.unknown_field"),
        ({"a": {"kind": "layers", "layers": [{"value": "x", "when": "everyone"}]}}, "tag.value_without_name"),
        ({"a": {"kind": "lookup", "of": "b", "groups": "nothing"},
          "b": {"kind": "golden", "fact": "sale", "column": "city"}}, "tag.unknown_groups"),
        ({"a": {"kind": "golden", "fact": "account", "column": "namespace", "window_days": 5}}, "tag.no_time"),
        ({"a": {"kind": "distribution", "fact": "account"}}, "tag.type_unfit"),
        ({"a": {**LIKED, "parts": [{"fact": "account", "column": "namespace", "weight": 1}], "half_life_days": 9}},
         "tag.no_time"),
        ({"a": {**LIKED, "parts": [{"fact": "act", "column": "categry", "weight": 1}]}}, "tag.unknown_column"),
        ({"a": SHARE, "b": {"kind": "golden", "fact": "sale", "column": "city"}}, "tag.type_unfit"),
        ({"a": {"kind": "distribution", "fact": "act", "bands": BAND, "unclear": "no"}}, "tag.value_without_name"),
    ],
)  # fmt: skip
def test_tags_that_do_not_fit_each_other_are_refused(rules: dict[str, Any], code: str) -> None:
    """Circles, unknown tags, tables and columns are found before anything is computed."""
    tags = tags_from({key: {**GOOD, "rule": rule} for key, rule in rules.items()})
    with pytest.raises(DefinitionError) as problem:
        check_tags(tags)
    assert problem.value.code == code
    assert problem.value.say("zh")


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ({"power": ["a", 2]}, "formula.unknown_act"),
        ({"add": ["a"]}, "formula.too_few_parts"),
        ({"add": ["a", 1], "divide": ["a", 1]}, "formula.not_a_formula"),
        ([1], "formula.not_a_formula"),
        (True, "formula.not_a_formula"),
    ],
)
def test_formulas_that_are_none_are_refused(formula: object, code: str) -> None:
    """Only the six acts on two or more parts are arithmetic."""
    with pytest.raises(DefinitionError) as problem:
        tags_from({"a": {**GOOD, "rule": {"kind": "formula", "formula": formula}}})
    assert problem.value.code == code
