"""Rules of other tools on their page: shown first, saved when that is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.docs.test_guides import DOCS, blocks

from huaxiang.server.crowds.foreign import MOST_BYTES
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
    ("text", "names", "said"),
    [
        (
            r'{"cname": "\ud800", "type": "profile_rule", "field": "user.city", "function": "equal", "params": ["a"]}',
            "",
            "",
        ),
        (json.dumps(LATER), "fields: {a: 2026-13-45}", "2026-13-45 不是日历上有的日子"),
        (json.dumps(LATER), "fields:\n  a: {b: c", "从第 2 行第 11 个字起读不懂"),
        (json.dumps(LATER), "fields:\n\ta: b", "从第 2 行第 1 个字起读不懂"),
        (json.dumps(LATER), "fields: {a: \x07}", "不是文字的字符"),
        (json.dumps(LATER), "fields: *nobody", "第 1 行第 9 个字"),
        (json.dumps(LATER), "[" * 5_000, "套得太深"),
        (json.dumps(LATER), "fields: {a: " + "9" * 5_000 + "}", "不合格式"),
        (json.dumps(LATER), "events: {e: {where: " + "{not: " * 800 + "city = 上海" + "}" * 802, ""),
        (json.dumps(LATER), "events: {e: {where: {all: [&a {all: [city = 上海]}" + ", *a" * 600 + "]}}}", ""),
    ],
)
def test_texts_that_are_none_and_names_without_end_are_refused(
    shop: Workspace, signed_in_client: Browser, text: str, names: str, said: str
) -> None:
    """In the reader's language: nothing of what the YAML reader says to programmers."""
    answer = signed_in_client("analyst").post("/crowds/bring/", {"text": text, "names": names, "act": "look"})
    assert answer.status_code == 400
    (told,) = re.findall(r'role="alert">([^<]*)<', answer.content.decode())
    assert said in told
    assert not re.search(r"while|expected|found|month|unacceptable|recursion", told)


def test_a_file_as_large_as_may_be_is_read_and_saved_and_a_larger_one_is_told(
    shop: Workspace, signed_in_client: Browser
) -> None:
    """What was uploaded comes back with the form; more than a form may hold gets the page, too."""
    browser = signed_in_client("analyst")
    whole = (json.dumps(LATER) + "\n" * MOST_BYTES)[:MOST_BYTES]
    sent = {"file": SimpleUploadedFile("规则.json", whole.encode()), "act": "look"}
    answer = browser.post("/crowds/bring/", sent)
    assert (answer.status_code, "最近注册" in answer.content.decode()) == (200, True)
    again = {"text": whole.replace("\n", "\r\n")[: 2 * MOST_BYTES - 5_000], "act": "save"}
    kept = browser.post("/crowds/bring/", {**again, "keep-0": "on", "nearest-0": "on"})
    assert kept.status_code == 302
    larger = SimpleUploadedFile("大.json", whole.encode() + b" ")
    for given in ({"file": larger, "act": "look"}, {"text": "x" * (MOST_BYTES + 1)}, {"text": "x" * 3 * MOST_BYTES}):
        answer = browser.post("/crowds/bring/", given)
        assert answer.status_code == 400
        assert "超过 1 MB" in answer.content.decode()


def test_a_tick_for_the_nearest_rule_stays_when_saving_fails(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    typed = {"text": json.dumps([LATER, LATER]), "act": "save", "nearest-0": "on", "keep-0": "on", "keep-1": "on"}
    page = browser.post("/crowds/bring/", typed).content.decode()
    assert 'name="nearest-1" checked' not in page
    assert "下面的 1 个还没有保存" in page
    page = browser.post("/crowds/bring/", {**typed, "nearest-1": "on"}).content.decode()
    assert "已经有叫“最近注册”的人群" in page, "its name was taken by the one saved before"
    assert page.count('" checked> ') == 4


def test_who_may_not_write_rules_may_not_bring_any(shop: Workspace, signed_in_client: Browser) -> None:
    assert signed_in_client("viewer").get("/crowds/bring/").status_code == 403
