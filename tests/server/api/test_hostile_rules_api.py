"""Rules that no person would write, sent by a program: an answer in words each time, and never a mistake of ours."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from tests.model.hostile import PROGRAMMERS_WORDS, documents, texts

from huaxiang.words import knows
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

COUNT = 150


def sendable(given: Any) -> bool:
    """Whether JSON can hold it, and a request may be so long."""
    try:
        return len(json.dumps({"rule": given}).encode()) < 200_000
    except (TypeError, ValueError, RecursionError):
        return False


def test_each_is_answered_in_words(shop: Workspace, program: Callable[..., Client]) -> None:
    """150 are validated and 150 evaluated, documents and lines of text; most are refused, with place and reason."""
    given: list[Any] = [each for each in islice(documents(11, 4_000, []), 4_000) if sendable(each)][: COUNT * 3 // 2]
    given += list(texts(12, COUNT * 2 - len(given), []))
    ask = program("crowd:read", role="analyst", rate_per_minute=6_000)
    found: Counter[int] = Counter()
    for number, rule in enumerate(given):
        path = f"/api/v1/rules/{'validate' if number % 2 else 'evaluate'}"
        answer = ask.generic("POST", path, json.dumps({"rule": rule}), content_type="application/json")
        told = answer.json()
        assert answer.status_code in (200, 400, 413, 422), (rule, told)
        found[answer.status_code] += 1
        if answer.status_code == 400:
            assert knows(told["code"]), told
            # What is no JSON that can be read or kept has no place in it.
            is_no_body = told["code"] in ("api.unreadable", "api.half_character", "api.not_json")
            assert is_no_body or told.get("at", "").startswith("/rule"), (rule, told)
            assert not PROGRAMMERS_WORDS.search(told["detail"]), told
    assert found.total() == COUNT * 2
    assert found[400] > COUNT


@pytest.mark.parametrize("body", ['{"rule": NaN}', '{"rule":', '{"rule": 1, "rule": 2}', f'{{"rule": {"9" * 500}}}'])
def test_what_is_no_json_is_told_in_the_language_that_is_asked_for(
    body: str, shop: Workspace, program: Callable[..., Client]
) -> None:
    ask, told = program("crowd:read"), {}
    for lang in ("zh", "en"):
        answer = ask.generic(
            "POST", "/api/v1/rules/validate", body, content_type="application/json", headers={"accept-language": lang}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "api.not_json")
        told[lang] = answer.json()["detail"]
    assert set(re.findall(r"[A-Za-z]{2,}", told["zh"])) <= {"JSON", "NaN"}
    assert not re.search(r"[\u4e00-\u9fff]", told["en"])
