"""Strings that broke other programs, as values of rules: the engine says what plain Python says, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.analyse.made import AS_OF
from tests.analyse.plainly import World

from huaxiang.analyse.population import Population
from huaxiang.analyse.sentences import sentence
from huaxiang.engine import Engine
from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import condition_from_text, text_of
from huaxiang.model.conditions import Condition, condition_from
from huaxiang.model.fields import Field
from huaxiang.model.segments import Segment, segments_from

FIELDS = {
    kind: Field.model_validate({"key": kind, "type": kind, "name": {"zh": "{x}", "en": "%s <b>"}})
    for kind in ("text", "list")
}
CHUNK = 150


@pytest.fixture(scope="module")
def strings(shared_data: Path) -> list[str]:
    """Naughty strings and attempts at injection, those that are text at all."""
    corpora = shared_data / "corpora"
    found = json.loads((corpora / "blns" / "blns.json").read_text("utf-8"))
    for name in ("sqli", "xss"):
        found += (corpora / "payloads" / f"{name}.txt").read_text("utf-8").splitlines()
    found = list(dict.fromkeys(text for text in found if len(text) <= 2_000 and "\x00" not in text))
    # Every attempt at SQL, and every fifth of the others.
    return [text for place, text in enumerate(found) if place % 5 == 0 or "'" in text or '"' in text or place < 520]


def rules(strings: list[str]) -> Iterator[Condition]:
    """Each string with every operator that takes text, also inside an event."""
    for text in strings:
        for raw in (
            {"field": "text", "op": "=", "value": text},
            {"field": "text", "op": "contains", "value": text[: len(text) // 2 + 1]},
            {"field": "text", "op": "starts with", "value": text[:9]},
            {"field": "list", "op": "has any", "value": [text, "x"]},
        ):
            yield condition_from(raw)


def test_no_string_means_more_than_itself(duck: Engine, strings: list[str]) -> None:
    """Zero differences from plain Python over 1,500 strings and more."""
    assert len(strings) > 1_500
    people: list[dict[str, Any]] = [
        {"customer_id": f"c{place:05}", "text": text, "list": [text, "y"]} for place, text in enumerate(strings)
    ]
    kinds = pa.schema([("customer_id", pa.string()), ("text", pa.string()), ("list", pa.list_(pa.string()))])
    plain, differences = World(AS_OF), 0
    for start in range(0, len(strings), CHUNK):
        some = people[start : start + CHUNK]
        table = duck.bring("hostile", pa.Table.from_pylist(some, schema=kinds))
        asked = list(rules(strings[start : start + CHUNK]))
        marks = {f"r{place}": rule for place, rule in enumerate(asked)}
        found = duck.arrow(Population(duck, table, FIELDS, AS_OF).marked(marks).order_by("customer_id"))
        for place, rule in enumerate(asked):
            differences += found[f"r{place}"].to_pylist() != [plain.inside(rule, person) for person in some]
    assert differences == 0


def test_every_string_is_read_back_and_told_as_it_stands(strings: list[str]) -> None:
    """Text, record, sentence, names and meanings carry it unchanged; where a name must be known it is refused."""
    for text in strings:
        rule = condition_from({"field": "text", "op": "=", "value": text})
        assert condition_from_text(text_of(rule)) == rule
        assert sentence(rule, "zh", FIELDS) == f"{{x}}为{text}"
        body = {
            "zh": text or "x",
            "en": text or "x",
            "meaning_zh": text,
            "meaning_en": text,
            "condition": text_of(rule),
        }
        (segment,) = segments_from({"some": body}).values()
        assert isinstance(segment, Segment)
        assert (segment.name.zh, segment.condition) == (text or "x", rule)
        if not (text.isascii() and text.isidentifier() and text.islower()):
            with pytest.raises(DefinitionError):
                segments_from({text: body})


def test_text_is_never_a_pattern(duck: Engine) -> None:
    """What would be a pattern elsewhere is looked for letter by letter, however long it takes to look."""
    long = "a" * 100_000 + "b"
    table = duck.bring("patterns", pa.table({"customer_id": ["a", "b"], "text": [long, "(a+)+$ 50%_"]}))
    asked = Population(duck, table, FIELDS, AS_OF)
    for text, who in (("(a+)+$", ["b"]), ("50%_", ["b"]), ("a_a", []), ("[a]", []), ("ab", ["a"]), (".", [])):
        rule = condition_from({"field": "text", "op": "contains", "value": text})
        assert duck.arrow(asked.members(rule)).column("customer_id").to_pylist() == who
