"""Groups for programs: portrait and rule as in notebooks, small counts hidden, rules for those who may write them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.server.crowds.shop import member
from tests.server.crowds.test_pages import add

from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Program = Callable[..., "Client"]
PEOPLE = [member(number) for number in range(1, 41)]


def asked(client: Client, path: str, **body: Any) -> Any:
    """What is answered to that body."""
    return client.post(f"/api/v1/groups/{path}", json.dumps(body), content_type="application/json")


def test_a_portrait_is_that_of_notebooks_and_each_bar_finds_its_customers(shop: Workspace, program: Program) -> None:
    add(shop, "townspeople", "city = 上海市")
    ask = program("crowd:read", role="analyst")
    tags = ["member_level", "orders_total", "city"]
    told = asked(ask, "portrait", crowd="townspeople", base="rest", tags=tags, known_only=True).json()
    found = Workspace.open(shop.folder).group_portrait("townspeople", "rest", tags, known_only=True)
    shanghai = [one for one in PEOPLE if one["city"] == "上海市"]
    assert (told["customers"], told["others"]) == (found.customers, found.others) == (len(shanghai), 40 - len(shanghai))
    by_key = {one["tag"]: one for one in told["tags"]}
    assert by_key["city"]["echo"]
    for key, tag in found.tags.items():
        numbers = [(one["inside"], one["beside"], one["share"], one["index"], one["q"]) for one in by_key[key]["bars"]]
        assert numbers == [(one.inside, one.beside, one.share, one.index, one.q) for _, one in tag.bars]
    (bar,) = [one for one in by_key["orders_total"]["bars"] if one["rule"] == "orders_total = 0"]
    assert bar["inside"] == sum(not one["orders"] for one in shanghai)
    assert bar["inside"] + bar["beside"] == sum(not one["orders"] for one in PEOPLE)


def test_small_counts_and_rules_are_for_those_who_may_see_and_write_them(shop: Workspace, program: Program) -> None:
    add(shop, "townspeople", "city = 上海市")
    add(shop, "single", "city = 上海市 and orders_total = 0 and member_level = 金卡")
    viewer, analyst = program("crowd:read"), program("crowd:read", role="analyst")
    bars = asked(viewer, "portrait", crowd="townspeople", tags=["orders_total"]).json()["tags"][0]["bars"]
    assert any(bar["hidden"] for bar in bars)
    for bar in bars:
        assert (bar["inside"] is None) == (bar["beside"] is None) == bar["hidden"]
        assert bar["inside"] in (None, 0) or bar["inside"] >= 5
    few = asked(analyst, "portrait", crowd="single").json()
    assert (few["is_few"], few["customers"], few["tags"]) == (True, None, [])
    for path in ("portrait", "rule"):
        assert asked(viewer, path, rule="orders_total > 1").status_code == 403
        assert asked(analyst, path, crowd="townspeople", rule="orders_total > 1").json()["code"] == "api.crowd_or_rule"
    evaluated = viewer.post("/api/v1/rules/evaluate", '{"rule": "orders_total > 1"}', content_type="application/json")
    assert evaluated.status_code == 403
    assert asked(analyst, "rule").json()["code"] == "api.no_group"
    unknown = asked(analyst, "portrait", tags=["city", "no_such"]).json()
    assert (unknown["code"], unknown["at"]) == ("api.unknown_tag", "/tags/1")
    assert asked(analyst, "portrait", rule={"field": "no_such", "op": "=", "value": 1}).json()["at"] == "/rule"


def test_a_rule_is_suggested_for_a_crowd_and_for_a_list(shop: Workspace, program: Program) -> None:
    """Those who ordered thrice or more are told apart by what they ordered; it counts as many as it is said to find."""
    add(shop, "often", "orders_total >= 3")
    ask = program("crowd:read", role="analyst")
    often = [one["phone"] for one in PEOPLE if len(one["orders"]) >= 3]
    named = asked(ask, "rule", people=[*often, "13999999999"]).json()
    assert named["people"] == {"lines": len(often) + 1, "unknown": 1, "several": 0}
    told = asked(ask, "rule", crowd="often", own=True).json()
    assert told["people"] is None
    for one in (named, told):
        assert one["group"] == len(often)
        assert one["separates"]
        assert one["precision"] > len(often) / len(PEOPLE)
        body = json.dumps({"rule": one["rule"]})
        counted = ask.post("/api/v1/rules/evaluate", body, content_type="application/json").json()
        assert counted["customers"] >= 5
        assert counted["sentence"] == one["sentence"]
