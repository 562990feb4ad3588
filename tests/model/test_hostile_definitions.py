"""Thousands of tags and expressions that no person would write: read, or refused in words that people understand."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.model.hostile import PROGRAMMERS_WORDS, broken_copies

from huaxiang.analyse.check_tags import check_tags
from huaxiang.errors import DefinitionError, InputError
from huaxiang.maintain.definitions import body_of
from huaxiang.model.tags import shipped_tags, tags_from

TAGS = shipped_tags()
_PIECES = [
    "orders_365d", "net_revenue_365d", "city", "lifecycle", "last_order_on", "nothing", "case", "when", "then", "else",
    "end", "and", "or", "not", "is", "known", "in", "(", ")", ",", "+", "-", "*", "/", ">=", "=", "'x'", '"', "1",
    "0", "1e400", "9" * 5_000, "days_between", "coalesce", "round", "concat", "\x00", "\ud800", "\u202e", ";", "--",
    "上海", "（", "import", "__class__", "lambda", "{x}", "%s",
]  # fmt: skip


def verdict(read: Callable[[Any], object], given: Any) -> str:
    """The code of the refusal, or ``read``; other exceptions and programmers' words are defects."""
    try:
        read(given)
    except (DefinitionError, InputError) as problem:
        said = [problem.say(lang) for lang in ("zh", "en")]
        assert not any(map(PROGRAMMERS_WORDS.search, said)), said
        assert all(len(text.encode()) < 3_000 for text in said)
        assert said[0] != said[1]
        return problem.code
    return "read"


def as_tag(body: Any) -> None:
    """The body as a tag among the shipped ones."""
    check_tags({**TAGS, **tags_from({"some": body})})


def as_expression(text: str) -> None:
    """The text as what a tag says."""
    names = {"zh": "某", "en": "some", "meaning_zh": "某", "meaning_en": "some"}
    as_tag({**names, "element": "basic", "type": "number", "rule": {"kind": "expression", "expression": text}})


def expressions(seed: int, count: int) -> Iterator[str]:
    """Pieces of expressions in any order."""
    dice = random.Random(seed)
    for _ in range(count):
        yield " ".join(dice.choices(_PIECES, k=dice.randrange(0, 14)))


def test_broken_tags_are_read_or_refused() -> None:
    """Every shipped tag is broken some twenty times; most are refused, each for a reason of its own."""
    found = Counter(verdict(as_tag, body) for body in broken_copies(4, 3_000, [body_of(tag) for tag in TAGS.values()]))
    assert found.total() == 3_000
    assert found["read"] < 1_000
    assert len(found) > 15


def test_broken_expressions_are_read_or_refused() -> None:
    """The checked language of expressions lets nothing else through."""
    found = Counter(verdict(as_expression, text) for text in expressions(5, 2_000))
    assert found.total() == 2_000
    assert found["read"] > 0


def test_a_fault_of_a_definition_is_told_in_both_languages() -> None:
    """The place, what stands there, and what is expected; nothing of it in English on a Chinese page."""
    body = body_of(TAGS["orders_365d"])
    told = []
    for change in ({"zh": 3}, {"nothing": 1}, {"status": "x"}, {"allowed_coverage": [0.8, 0.2]}):
        try:
            tags_from({"some": {**body, **change}})
        except DefinitionError as problem:
            told.append((problem.params["place"], problem.say("zh"), problem.say("en")))
    assert [place for place, _, _ in told] == ["zh", "nothing", "status", "-"]
    assert "要写文字，写的是 3" in told[0][1]
    assert "there is no such part" in told[1][2]
    assert "draft, published, retired" in told[2][1]
    assert "小的在前" in told[3][1]
