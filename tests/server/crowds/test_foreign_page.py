"""Rules of other tools on their page: shown first, saved when that is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.docs.test_guides import DOCS, blocks

from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
GUIDE = DOCS / "how-to" / "define.md"
LEFT = {"displayName": "坏的", "filterClauses": [{"clauseType": "INCLUDE", "simpleFilter": {
    "scope": "AUDIENCE_FILTER_SCOPE_WITHIN_SAME_SESSION", "filterExpression": {"andGroup": {"filterExpressions": [
        {"orGroup": {"filterExpressions": [{"eventFilter": {"eventName": "purchase"}}]}},
        {"orGroup": {"filterExpressions": [{"eventFilter": {"eventName": "view_item"}}]}}]}}}}]}  # fmt: skip
SIGNED_UP = {"type": "profile_rule", "field": "user.$signup_time", "function": "relativeWithin", "params": [30]}
LATER = {
    "cname": "最近注册",
    "rule_content_list": [{"type": "rules_relation", "relation": "and", "rules": [SIGNED_UP]}],
}


def guide(kind: str) -> Any:
    """A document of the guide."""
    return json.loads(blocks(GUIDE, kind)[0])


def test_a_pasted_rule_is_shown_then_saved(shop: Workspace, signed_in_client: Browser) -> None:
    """The sentence, the remarks and nothing kept; then what is ticked, and only with consent what changes."""
    browser = signed_in_client("analyst")
    typed = {"text": json.dumps([LATER, LATER | {"cname": "另一个"}]), "names": "", "act": "look"}
    page = browser.post("/crowds/bring/", typed).content.decode()
    assert "最近注册" in page
    assert "意思会变" in page
    assert "whole" not in page
    before = set(Workspace.open(shop.folder).definitions.segments)
    refused = browser.post("/crowds/bring/", {**typed, "act": "save", "keep-0": "on"})
    assert refused.status_code == 400
    assert "没有保存" in refused.content.decode()
    assert set(Workspace.open(shop.folder).definitions.segments) == before
    done = browser.post("/crowds/bring/", {**typed, "act": "save", "keep-0": "on", "nearest-0": "on"})
    assert (done.status_code, done.headers["Location"]) == (302, "/crowds/")
    made = Workspace.open(shop.folder).definitions.segments
    (key,) = set(made) - before
    assert made[key].zh == "最近注册"


def test_what_was_saved_is_told_apart_from_what_was_not_and_a_rule_without_a_name_gets_one(
    shop: Workspace, signed_in_client: Browser
) -> None:
    browser, unnamed = signed_in_client("analyst"), LATER["rule_content_list"][0]
    typed = {"text": json.dumps([unnamed, LATER | {"cname": "差一点"}]), "names": "", "act": "save"}
    before = set(Workspace.open(shop.folder).definitions.segments)
    answer = browser.post("/crowds/bring/", {**typed, "keep-0": "on", "nearest-0": "on", "keep-1": "on"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "保存了 1 个；下面的 1 个还没有保存" in page
    assert "差一点" in page
    made = Workspace.open(shop.folder).definitions.segments
    (key,) = set(made) - before
    assert made[key].zh == "第 1 个人群"


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("", 200, "粘贴"), ("{", 400, "JSON"), ("[]", 400, "神策"), ("5", 400, "神策"), ("{" * 5_000, 400, "JSON"),
        (json.dumps(LEFT), 200, "带不过来"), ('{"filterClauses": 5}', 400, "$"), ("[" * 100_000, 400, "JSON"),
        (json.dumps(LEFT | {"displayName": "<img src=x onerror=1>"}), 200, "&lt;img src=x"),
    ],
)  # fmt: skip
def test_whatever_is_pasted_is_answered(
    shop: Workspace, signed_in_client: Browser, text: str, status: int, said: str
) -> None:
    answer = signed_in_client("analyst").post("/crowds/bring/", {"text": text, "act": "look"})
    assert answer.status_code == status
    assert said in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            r'{"cname": "\ud800", "type": "profile_rule", "field": "user.city", "function": "equal", "params": ["a"]}',
            "",
        ),
        (json.dumps(LATER), "fields: {a: 2026-13-45}"),
        (json.dumps(LATER), "events: {e: {where: " + "{not: " * 800 + "city = 上海" + "}" * 802),
        (json.dumps(LATER), "events: {e: {where: {all: [&a {all: [city = 上海]}" + ", *a" * 600 + "]}}}"),
    ],
)
def test_texts_that_are_none_and_names_without_end_are_refused(
    shop: Workspace, signed_in_client: Browser, text: str, names: str
) -> None:
    answer = signed_in_client("analyst").post("/crowds/bring/", {"text": text, "names": names, "act": "look"})
    assert answer.status_code == 400


def test_who_may_not_write_rules_may_not_bring_any(shop: Workspace, signed_in_client: Browser) -> None:
    assert signed_in_client("viewer").get("/crowds/bring/").status_code == 403
