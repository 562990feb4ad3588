"""Which tags are in force: an independent reading of the rules, and each rule on its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.analyse.check_tags import broken_tags, check_tags
from huaxiang.analyse.in_force import computed_on, in_force, switched_off
from huaxiang.errors import DefinitionError
from huaxiang.model.tags import Tag, shipped_tags, tags_from

DAY = date(2026, 6, 30)


def tags(**bodies: dict[str, Any]) -> dict[str, Tag]:
    """Tags by key: ``of`` names the tag they are computed from, else they are golden values."""
    plain = {"element": "basic", "meaning_zh": "。", "meaning_en": ".", "type": "number"}
    return tags_from({key: {**plain, "zh": key, "en": key, **_with_rule(body)} for key, body in bodies.items()})


def _with_rule(body: dict[str, Any]) -> dict[str, Any]:
    of = body.pop("of", None)
    rule = {"kind": "formula", "formula": {"add": [of, 1]}} if of else None
    return {**body, "rule": rule or {"kind": "golden", "fact": "person_record", "column": "age_years_stated"}}


def test_what_is_shipped_is_in_force() -> None:
    """No shipped tag stands on one that is not."""
    known = shipped_tags()
    assert set(in_force(known, set(known))) == {key for key, tag in known.items() if tag.status == "published"}
    assert set(in_force(known, ())) == set(in_force(known, set(known))) - set(switched_off(known, ()))


@pytest.mark.parametrize("status", ["draft", "retired"])
def test_a_tag_that_is_not_published_is_left_out_and_may_not_be_needed(status: str) -> None:
    """Alone it is simply not there; needed by a published one it is an error that names both."""
    alone = tags(a={"status": status}, b={})
    assert list(in_force(alone, ())) == ["b"]
    known = tags(a={"status": status}, b={"of": "a"})
    (problem,) = broken_tags(in_force(known, ()), known).values()
    assert (problem.code, problem.params["tag"], problem.params["given"]) == ("tag.needs_unpublished", "b", "a")
    assert status.removesuffix("d") in problem.say("en")


def test_a_draft_may_need_a_draft() -> None:
    """Only what is published must stand on published tags."""
    assert list(in_force(tags(a={"status": "draft"}, b={"of": "a", "status": "draft"}, c={}), ())) == ["c"]


def test_without_a_purpose_a_tag_and_what_is_computed_from_it_are_off() -> None:
    """Each says whose purpose it waits for."""
    known = tags(a={"needs_purpose": True}, b={"of": "a"}, c={"of": "b"}, d={})
    assert switched_off(known, ()) == {"a": "a", "b": "a", "c": "a"}
    assert list(in_force(known, ())) == ["d"]
    assert list(in_force(known, {"a"})) == ["a", "b", "c", "d"]


def test_the_last_day_still_counts() -> None:
    """The day after, nobody is shown the tag; what needs it is computed on."""
    known = tags(a={"expires_on": DAY}, b={"of": "a"}, c={"expires_on": DAY})
    assert [tag.helper for tag in computed_on(known, DAY).values()] == [False, False, False]
    later = computed_on(known, date(2026, 7, 1))
    assert {key: tag.helper for key, tag in later.items()} == {"a": True, "b": False}


def test_what_has_expired_is_not_computed_unless_needed() -> None:
    """A chain of needs is followed to its end."""
    gone = {"expires_on": date(2026, 6, 29)}
    known = tags(a=gone, b={"of": "a", **gone}, c={"of": "b"}, d={"of": "b"})
    assert list(computed_on(known, DAY)) == ["a", "b", "c", "d"]
    assert not computed_on(tags(a=gone), DAY)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([None, date(2026, 6, 29)]), st.integers(0, 9)), max_size=9))
def test_switching_off_agrees_with_walking_each_chain(bodies: list[tuple[bool, date | None, int]]) -> None:
    """A tag is off exactly when something on the way down from it waits for a purpose."""
    known = {}
    for place, (guarded, last, of) in enumerate(bodies):
        body: dict[str, Any] = {"needs_purpose": guarded, "expires_on": last}
        known[f"t{place}"] = {**body, "of": f"t{of}"} if of < place else body
    chain = {key: body.get("of") for key, body in known.items()}
    guarded_keys = {key for key, body in known.items() if body["needs_purpose"]}
    found = tags(**{key: dict(body) for key, body in known.items()})
    for key in known:
        at: str | None = key
        met = False
        while at is not None:
            met, at = met or at in guarded_keys, chain[at]
        assert (key in switched_off(found, ())) is met
    assert set(computed_on(found, DAY)) >= {key for key, body in known.items() if body["expires_on"] is None}


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["fact", "tag", "column"])), max_size=8))
def test_broken_is_what_leads_to_nothing_or_in_a_circle(bodies: list[tuple[int, str]]) -> None:
    """Walked step by step: each of these tags needs one other at most. What is left holds together."""
    known = {
        f"t{place}": {"of": f"t{of}"} if kind == "tag" else {"rule_column": kind == "fact"}
        for place, (of, kind) in enumerate(bodies)
    }
    found = tags(**{key: {"of": body["of"]} if "of" in body else {} for key, body in known.items()})
    wrong = tags(x={})["x"].rule.model_copy(update={"column": "no_such_column"})
    found |= {
        key: found[key].model_copy(update={"rule": wrong}) for key in known if known[key].get("rule_column") is False
    }

    def is_broken(key: str, path: tuple[str, ...] = ()) -> bool:
        if key not in known or key in path:
            return True
        if "of" in known[key]:
            return is_broken(str(known[key]["of"]), (*path, key))
        return not known[key]["rule_column"]

    broken = broken_tags(found, found)
    assert set(broken) == {key for key in found if is_broken(key)}
    check_tags({key: tag for key, tag in found.items() if key not in broken})


@pytest.mark.parametrize(
    "change",
    [
        {"allowed_coverage": [0.8, 0.2]},
        {"allowed_sizes": {"*": [0.5, 0.1]}},
        {"allowed_sizes": {"maybe": [0, 1]}},
        {"allowed_coverage": [0, 1.5]},
        {"status": "gone"},
        {"side": "shop"},
        {"basis": "guessed"},
        {"expires_on": "soon"},
    ],
)
def test_metadata_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    """With the tag and the place."""
    with pytest.raises(DefinitionError) as problem:
        tags(a=change)
    assert problem.value.code == "tag.invalid"


def test_folder_and_basis_follow_from_element_and_rule() -> None:
    """Unless the definition says else."""
    known = tags(a={}, b={"of": "a", "element": "purchasing"}, c={"side": "scene", "basis": "inferred"})
    assert [tag.folder for tag in known.values()] == [("person", "basic"), ("goods", "purchasing"), ("scene", "basic")]
    assert [tag.stands_on for tag in known.values()] == ["stated", "observed", "inferred"]
