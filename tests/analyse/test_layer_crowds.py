"""Crowds in layers of tags: their rules count there, one order holds for both, and what a tag cannot ask is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.analyse.made import AS_OF
from tests.analyse.tag_kinds import codes, crowds_of, made

from huaxiang.analyse.check_tags import broken_tags, check_tags
from huaxiang.analyse.layer_crowds import Crowds, crowd_rules
from huaxiang.analyse.order import needed_by
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.errors import DefinitionError
from huaxiang.maintain.definitions import body_of
from huaxiang.model.tags import Tags
from huaxiang.words import LANGUAGES, Message

SPENT = {"type": "money", "rule": {"kind": "statistic", "fact": "sale", "measure": "sum", "column": "net_revenue"}}


def layered(when: str) -> dict[str, Any]:
    """A tag of one layer."""
    return {
        "type": "text",
        "values": codes("yes"),
        "rule": {"kind": "layers", "layers": [{"value": "yes", "when": when}]},
    }


def meant(tags: Tags, crowds: Crowds) -> dict[str, Any]:
    """The tags with the rules of the crowds that they name."""
    return {key: crowds.meant_where_known(tag) for key, tag in tags.items()}


def why_broken(tags: Tags, crowds: Crowds, key: str) -> str:
    """What is told of a tag that cannot be computed, in English."""
    return broken_tags(meant(tags, crowds), tags, crowds)[key].message.say("en")


def test_a_layer_asks_what_its_crowds_ask_and_is_written_as_it_was() -> None:
    tags = made({"spent": SPENT, "big": layered("crowd rich or did act")})
    crowds = crowds_of(rich="spent > 100 and not crowd poor", poor="spent < 5")
    found = meant(tags, crowds)
    check_tags(found)
    assert needed_by(found["big"].rule) == ("spent",)
    assert body_of(found["big"]) == body_of(tags["big"])
    for lang, said in zip(LANGUAGES, ("属于人群“rich”", "rich"), strict=True):
        assert said in rule_sentence(found["big"], lang, found, AS_OF)
    # Whoever knows what the tag was computed by knows the rule of the crowd too.
    other = meant(found, crowds_of(rich="spent > 200", poor="spent < 5"))
    assert [one.of for one in crowd_rules(other)] != [one.of for one in crowd_rules(found)]
    with pytest.raises(DefinitionError, match="rich"):
        check_tags(tags)


def test_a_circle_may_lead_through_tags_and_crowds() -> None:
    """Two tags and two crowds, each after the other; the way is told with the crowds on it."""
    tags = made({"one": layered("crowd other_has"), "two": layered("crowd one_has"), "free": layered("did act")})
    crowds = crowds_of(other_has="two = yes", one_has="crowd deep", deep="one = yes and did act")
    found = broken_tags(meant(tags, crowds), tags, crowds)
    assert set(found) == {"one", "two"}
    assert found["one"].params["circle"] == "one → crowd other_has → two → crowd one_has → one"
    with pytest.raises(DefinitionError) as refused:
        check_tags(meant(tags, crowds))
    assert refused.value.code == "tag.circle"


def test_crowds_in_a_circle_are_refused_where_a_tag_names_them() -> None:
    tags = made({"one": layered("crowd a"), "free": layered("did act")})
    crowds = crowds_of(a="crowd b", b="not crowd a")
    assert "a → b → a" in why_broken(tags, crowds, "one")


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("list fair", "tag.crowd_asks"),
        ("top 3 by spent of (everyone)", "tag.crowd_asks"),
        ("draw spring above 0 below 50", "tag.crowd_asks"),
        ("did act and rfm_class = champions", "tag.crowd_asks_later"),
        ("crowd gone", "segment.unknown"),
    ],
)
def test_what_a_tag_cannot_ask_it_cannot_ask_through_a_crowd(rule: str, code: str) -> None:
    tags = made({"spent": SPENT, "one": layered("crowd through"), "free": layered("did act")})
    crowds = crowds_of(through="crowd inner", inner=rule)
    found = broken_tags(meant(tags, crowds), tags, crowds)
    assert {key: problem.code for key, problem in found.items()} == {"one": code}
    assert all(found["one"].say(lang) for lang in LANGUAGES)


def test_a_crowd_that_cannot_be_read_is_told_with_its_file() -> None:
    """One whose definition is no segment, and one that may stand in a file that is no YAML."""
    tags = made({"one": layered("crowd lost")})
    said = Message("segment.unreadable", {"key": "lost", "file": "segments/lost.yaml", "why": "?"})
    crowds = replace(crowds_of(last="did act"), unread={"lost": said})
    assert "segments/lost.yaml" in why_broken(tags, crowds, "one")
    whole = Message("definitions.unreadable", {"file": "segments/all.yaml", "reason": "?"})
    told = why_broken(tags, replace(crowds, unread={"all": whole}), "one")
    assert "segments/all.yaml" in told
    assert "last" in told


def test_crowds_that_would_make_a_tag_without_end_are_refused() -> None:
    """Each names the one before twice: the rule would have a million leaves."""
    rules = {f"c{n}": f"crowd c{n - 1} or not crowd c{n - 1}" for n in range(1, 21)}
    for last, code in ((9, "condition.too_large_with_crowds"), (20, "tag.crowds_too_deep")):
        with pytest.raises(DefinitionError) as refused:
            crowds_of(c0=" or ".join(["did act"] * 9), **rules).meant(made({"one": layered(f"crowd c{last}")})["one"])
        assert refused.value.code == code
