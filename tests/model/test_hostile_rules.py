"""Ten thousand rules that no person would write: each is read or refused with a message, and nothing else happens."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from tests.model.hostile import PROGRAMMERS_WORDS, documents, texts

from huaxiang.analyse.portrait import portrait_fields
from huaxiang.analyse.sentences import sentence
from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.conditions import Condition, condition_from, record_of
from huaxiang.model.segments import segments_from, shipped_segments
from huaxiang.model.tags import shipped_tags
from huaxiang.model.vocabulary import Vocabulary, check_asked

KNOWN = Vocabulary(portrait_fields(shipped_tags()), shipped_segments(), {"fair"})


def verdict(read: Callable[[Any], Condition], given: Any) -> str:
    """The code of the refusal, or ``read`` for a rule that holds together."""
    try:
        found = read(given)
        check_asked(found, KNOWN)
        assert all(sentence(found, lang, KNOWN.fields) for lang in ("zh", "en"))
        assert condition_from(record_of(found)) == found
    except DefinitionError as problem:
        said = [problem.say(lang) for lang in ("zh", "en")]
        # Short, and fit to be sent: no half characters, no copy of everything that was given.
        assert all(len(text.encode()) < 3_000 for text in said)
        assert said[0] != said[1]
        assert not any(map(PROGRAMMERS_WORDS.search, said)), said
        return problem.code
    return "read"


def as_segment(given: Any) -> Condition:
    """The same rule on the way that a definition file takes."""
    body = {"zh": "某", "en": "some", "meaning_zh": "某", "meaning_en": "some", "condition": given}
    return segments_from({"some": body})["some"].condition


def test_documents_are_read_or_refused() -> None:
    """Random shapes, broken copies, much too large, much too deep: many reasons, no other exception."""
    found = Counter(verdict(condition_from, given) for given in documents(1, 6_000, []))
    assert found.total() == 6_000
    assert len(found) > 20
    assert found["read"] > 0


def test_lines_of_text_are_read_or_refused() -> None:
    """Words of the language in any order, and what is none of them."""
    found = Counter(verdict(condition_from_text, given) for given in texts(2, 3_000, []))
    assert found.total() == 3_000


def test_definition_files_are_read_or_refused() -> None:
    """A segment with such a rule is refused with its reason too."""
    found = Counter(verdict(as_segment, given) for given in documents(3, 1_000, []))
    assert found.total() == 1_000


@pytest.mark.parametrize("field", ["field", "op", "did", "first", "crowd", "list", "column", "measure", "event"])
def test_names_are_never_taken_as_anything_else(field: str) -> None:
    """What is written where a name stands is looked up, never run: unknown ones are refused."""
    sound: dict[str, Any] = {"field": "city", "op": "=", "value": "x"}
    if field in ("did", "column", "measure"):
        sound = {"did": "sale", "measure": "sum", "column": "net_revenue", "op": ">", "value": 1}
    elif field in ("first", "crowd", "list"):
        sound = {"first": {"first": "sale", "has": "everyone"}, "crowd": {"crowd": "x"}, "list": {"list": "x"}}[field]
    elif field == "event":
        sound = {"sequence": [{"event": "sale"}, {"event": "sale"}]}
    for given in ("' OR 1=1 --", "sale; DROP TABLE sale", "__class__", "net_revenue)", "*", "{x}", "sale\u200b"):
        broken = {**sound, field: given}
        if field == "event":
            broken = {"sequence": [{"event": "sale"}, {"event": given}]}
        assert verdict(condition_from, broken) != "read"
