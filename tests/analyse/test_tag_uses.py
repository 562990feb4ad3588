"""Lineage both ways, and the verdicts and score that rest on it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from huaxiang.analyse.order import needed_by, with_needed
from huaxiang.analyse.tag_accuracy import Accuracy, Usable
from huaxiang.analyse.tag_bands import NUMBERS, OTHERS
from huaxiang.analyse.tag_health import Known, verdicts
from huaxiang.analyse.tag_runs import Covered, Measured
from huaxiang.analyse.tag_score import WEIGHTS, score
from huaxiang.analyse.tag_twins import Twin
from huaxiang.analyse.tag_uses import Uses, all_uses, made_from, uses
from huaxiang.model.fields import Labels
from huaxiang.model.segments import segments_from, shipped_segments
from huaxiang.model.tags import Tag, shipped_tags, tags_from
from huaxiang.words import LANGUAGES

DAY = date(2026, 6, 30)
TAGS = shipped_tags()
NOTHING = Uses((), (), (), ())


def tag(**more: Any) -> Tag:
    """A tag of two values."""
    body = {
        "element": "basic", "zh": "甲", "en": "A", "meaning_zh": "。", "meaning_en": ".", "type": "text",
        "values": {"x": {"zh": "子", "en": "x"}, "y": {"zh": "丑", "en": "y"}}, "rule": {"kind": "given"}, **more,
    }  # fmt: skip
    return tags_from({"a": body})["a"]


def known(one: Tag, counts: dict[str | None, int] | None = None, **more: Any) -> Known:
    """What is known of a tag whose runs had these counts."""
    measured = None
    if counts is not None:
        bands = tuple({"band": band, "low": None, "customers": count} for band, count in counts.items())
        everyone = sum(counts.values())
        runs = more.pop("runs", (Covered("run-00001", DAY, 1, everyone - counts.get(None, 0), everyone, None),))
        measured = Measured(runs, bands)
    names = {"a": one.name, "b": Labels(zh="乙", en="B")}
    return Known(one, DAY, measured, more.pop("uses", Uses(("b",), ("b",), (), ())), names, **more)


def codes(one: Known) -> list[tuple[str, str]]:
    """The verdicts on it; each can be said in both languages."""
    found = verdicts(one)
    assert all(verdict.message.say(lang) for verdict in found for lang in LANGUAGES)
    return [(verdict.level, verdict.code) for verdict in found]


def test_what_a_tag_is_made_from_is_what_computing_it_needs() -> None:
    """The chain down is the one that the refresh follows, for every shipped tag."""
    for one in TAGS.values():
        made = made_from(one, TAGS)
        assert {one.key, *made.all_tags} == set(with_needed([one.key], TAGS))
        assert made.tags == needed_by(one.rule)
        assert made.facts or not made.all_tags or one.rule.kind != "statistic"
    assert set(made_from(TAGS["gender"], TAGS).facts) == {"person_record"}
    assert "gender" in made_from(TAGS["gender"], TAGS).facts["person_record"]
    assert {"is_purchase"} <= set(made_from(TAGS["orders_365d"], TAGS).facts["sale"])


def test_what_breaks_is_the_other_way_round() -> None:
    """A tag is used by exactly those that need it; crowds are named through every tag between."""
    found = all_uses(TAGS, shipped_segments(), {"document": ["gender"]})
    for key, use in found.items():
        assert set(use.tags) == {one.key for one in TAGS.values() if key in needed_by(one.rule)}
        assert set(use.all_tags) == {one.key for one in TAGS.values() if key in made_from(one, TAGS).all_tags}
    assert found["gender"].shown == ("document",)
    body = {"zh": "群", "en": "G", "meaning_zh": "。", "meaning_en": ".", "condition": "age_band = from_60"}
    crowd = segments_from({"old": body})
    assert uses("birth_date", TAGS, crowd, {}).segments == ("old",)
    assert uses("gender", TAGS, crowd, {}).segments == ()


def test_a_tag_in_order_has_no_verdict() -> None:
    """Nor has one that no run has measured."""
    assert codes(known(tag(), {"x": 60, "y": 40})) == []
    assert codes(known(tag())) == []


@pytest.mark.parametrize(
    ("body", "counts", "more", "expected"),
    [
        ({"allowed_coverage": [0.5, 1]}, {"x": 4, None: 6}, {}, [("act", "coverage")]),
        ({"allowed_coverage": [0, 0.3]}, {"x": 4, None: 6}, {}, [("act", "coverage")]),
        ({"allowed_coverage": [0.4, 0.4]}, {"x": 4, None: 6}, {}, []),
        ({}, {None: 6}, {}, [("look", "no_values")]),
        ({"allowed_sizes": {"x": [0.3, 0.7]}}, {"x": 90, "y": 10}, {}, [("act", "size")]),
        ({"allowed_sizes": {"x": [0.3, 0.7]}}, {"x": 29}, {}, []),
        ({"allowed_sizes": {"*": [0, 0.5]}, "values": {}}, {"x": 10, OTHERS: 90}, {}, []),
        ({"allowed_coverage": [0.5, 1]}, {None: 6}, {}, [("look", "no_values")]),
        ({"allowed_sizes": {"*": [0.2, 1]}}, {"x": 90, "y": 10}, {}, [("act", "size")]),
        ({"allowed_sizes": {"*": [0.2, 1]}}, {"x": 100}, {}, [("act", "size")]),
        ({"allowed_sizes": {"*": [0.2, 1], "y": [0, 1]}}, {"x": 100}, {}, []),
        ({"expires_on": "2026-06-29"}, None, {"uses": NOTHING}, [("look", "expired"), ("look", "unused")]),
        ({"expires_on": "2026-06-29"}, None, {}, [("act", "expired_needed")]),
        ({"expires_on": "2026-07-20"}, None, {}, [("look", "expires_soon")]),
        ({"expires_on": "2027-07-20"}, None, {}, []),
        ({}, None, {"waits_for": "b"}, [("look", "off")]),
        ({}, None, {"waiting": 3}, [("look", "waiting")]),
        ({}, None, {"twins": [Twin("b", "a", "rule", 1.0)]}, [("look", "twin_rule")]),
        ({}, None, {"uses": NOTHING}, [("look", "unused")]),
        ({"helper": True}, None, {"uses": NOTHING}, []),
        ({}, {"x": 9, "y": 1}, {"accuracy": Accuracy("b", 200, 120, 0, 0.53, 0.67)}, [("act", "inaccurate")]),
        ({}, {"x": 9, "y": 1}, {"accuracy": Accuracy("b", 40, 30, 0, 0.6, 0.86)}, []),
    ],
)  # fmt: skip
def test_verdicts(
    body: dict[str, Any], counts: dict[str | None, int] | None, more: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """Each says what is wrong, and what is right says nothing."""
    assert codes(known(tag(**body), counts, **more)) == expected


def test_a_move_of_the_distribution_and_of_the_coverage_is_told() -> None:
    """The worst first."""
    runs = (Covered("run-00001", DAY, 1, 900, 1000, None), Covered("run-00002", DAY, 1, 500, 1000, 0.4))
    assert codes(known(tag(), {"x": 500, None: 500}, runs=runs)) == [("act", "moved"), ("look", "coverage_moved")]
    calm = (runs[0], Covered("run-00002", DAY, 1, 890, 1000, 0.12))
    assert codes(known(tag(), {"x": 890, None: 110}, runs=calm)) == [("look", "moved")]
    numbers = known(tag(values={}, type="int", allowed_sizes={"*": [0.9, 1]}), {NUMBERS: 100})
    assert codes(numbers) == []
    gone = (runs[0], Covered("run-00002", DAY, 1, 0, 1000, None))
    assert codes(known(tag(allowed_coverage=[0.01, 1]), {None: 1000}, runs=gone))[0] == ("act", "coverage")


def test_the_score_is_the_mean_of_its_parts_by_weight() -> None:
    """Parts of which nothing is known are left out, and the others count for more."""
    assert sum(WEIGHTS.values()) == 100
    one = known(tag(allowed_coverage=[0.1, 0.5]), {"x": 40, None: 60}, accuracy=Accuracy("b", 100, 90, 0, 0.8, 0.95))
    found = score(one, Usable(100, 40, 40), has_purpose=False)
    parts = {part.name: part.points for part in found.parts}
    assert parts["usage"] == pytest.approx(100 * 1 / 4)
    assert parts["quality"] == pytest.approx(100 * (0.4 / 0.5 + 0.9) / 2)
    assert parts["stability"] is None
    assert parts["safety"] == pytest.approx(100)
    told = [(points, WEIGHTS[name]) for name, points in parts.items() if points is not None]
    assert found.points == pytest.approx(sum(p * w for p, w in told) / sum(w for _, w in told))
    assert all(message.say(lang) for part in found.parts for message in part.why for lang in LANGUAGES)


def test_a_sensitive_tag_without_purpose_and_last_day_is_less_safe() -> None:
    """The parts say what is missing."""
    guarded = tag(needs_purpose=True, sensitivity="sensitive")
    safety = {part.name: part for part in score(known(guarded), None, has_purpose=False).parts}["safety"]
    assert safety.points == pytest.approx(100 * 2 / 5)
    kept = score(known(tag(needs_purpose=True, expires_on="2027-01-01")), None, has_purpose=True)
    assert {part.name: part.points for part in kept.parts}["safety"] == pytest.approx(100 * 4 / 5)
