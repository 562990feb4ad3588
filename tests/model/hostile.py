"""Rule documents that no person would write: random shapes, broken copies of sound rules, and much too much of all."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

#: What only somebody who reads Python or Pydantic understands: no message may say it.
PROGRAMMERS_WORDS = re.compile(
    r"<[^<>\n]* object|<class |<function|<lambda|<bound|<unprintable| at 0x[0-9a-f]|Traceback|pydantic|input_type|"
    r"NoneType|Ellipsis|(?:Type|Value|Key|Attribute|Index|Recursion)Error\b|\bb'|datetime\.|Decimal\(|\\x[0-9a-f]{2}|"
    r"range\(|\{'|\['|\bNone\b|\bTrue\b|\bFalse\b|Input should|Field required|Extra inputs|validation error"
)
SOUND: list[dict[str, Any]] = [
    {"field": "net_revenue_365d", "op": ">=", "value": 500},
    {"all": [{"field": "city", "op": "in", "value": ["上海", "北京"]}, {"not": {"field": "city", "op": "is known"}}]},
    {"any": [{"field": "age_years", "op": "between", "value": [20, 30]}, {"crowd": "sleeping_valuable"}]},
    {"did": "sale", "where": "channel = web", "during": {"window_days": 30, "skip_days": 1}, "op": ">=", "value": 2},
    {"did": "sale", "measure": "sum", "column": "net_revenue", "op": "between", "value": [1, 9.5]},
    {"first": "sale", "during": {"from": "2026-01-01", "to": "2026-03-31"}, "has": "is_purchase = true"},
    {"sequence": [{"event": "act", "where": {"field": "page", "op": "contains", "value": "x"}},
                  {"event": "sale", "within_days": 3, "without": {"event": "visit"}}], "during": {"window_days": 90}},
    {"not": {"list": "fair"}},
]  # fmt: skip
_KEYS = ["all", "any", "not", "field", "op", "value", "did", "where", "during", "measure", "column", "first", "last",
         "has", "sequence", "event", "within_days", "within_hours", "without", "crowd", "list", "window_days",
         "skip_days", "from", "to", "part", "__class__", "model_config", "", "所有", "\x00", "\ud800"]  # fmt: skip
_SCALARS: list[Any] = [
    None, True, False, 0, -1, 1, 3, 10**30, 10**5000, -(2**63) - 1, 1e308, float("nan"), float("inf"), -0.0, "", " ",
    "=", ">=", "is known", "between", "sale", "act", "city", "a" * 5_000, "\x00", "\ud800", "\u202e\u200b", "😀",
    "' OR 1=1 --", "{x}", "%s", "2026-02-30", "9" * 5_000, "city = 上海", "did sale", "(" * 500, b"bytes",
    date(2026, 1, 1), datetime(2026, 1, 1), Decimal("1.5"), {1, 2}, object(), ..., [], {}, (), [[]], range(3),
    lambda: None,
]  # fmt: skip


def documents(seed: int, count: int, corpus: list[Any]) -> Iterator[Any]:
    """So many documents, the same for every run with that seed."""
    dice = random.Random(seed)
    kinds = [_shape, _shape, _mutated, _mutated, _mutated, _mutated, _large, _deep]
    for _ in range(count):
        if corpus and dice.random() < 0.15:
            yield _with(dice, dice.choice(corpus))
        else:
            yield dice.choice(kinds)(dice)


def broken_copies(seed: int, count: int, sound: list[Any]) -> Iterator[Any]:
    """So many copies of sound documents, each with one to three parts lost, put elsewhere or replaced by anything."""
    dice = random.Random(seed)
    for _ in range(count):
        document = copy.deepcopy(dice.choice(sound))
        for _ in range(dice.randrange(1, 4)):
            _break(dice, document)
        yield document


def texts(seed: int, count: int, corpus: list[str]) -> Iterator[str]:
    """Lines of text that are almost rules."""
    dice = random.Random(seed)
    words = ["city", "=", "上海", "and", "or", "not", "(", ")", "did", "sale", "where", "in", "last", "30", "days",
             "count", ">=", "first", "has", "sequence", "then", "within", '"', '"x"', "\\", "crowd", "between", ",",
             "9" * 5_000, "1e999", "\ud800", "\x00", "everyone", "，", "或"]  # fmt: skip
    for _ in range(count):
        if corpus and dice.random() < 0.2:
            yield dice.choice(corpus)
        else:
            yield " ".join(dice.choices(words, k=dice.randrange(0, 14)))


def _shape(dice: random.Random, depth: int = 0) -> Any:
    pick = dice.random()
    if depth > 5 or pick < 0.35:
        return copy.deepcopy(dice.choice(_SCALARS))
    if pick < 0.55:
        return [_shape(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {_key(dice): _shape(dice, depth + 1) for _ in range(dice.randrange(1, 5))}


def _key(dice: random.Random) -> Any:
    return dice.choice(_KEYS) if dice.random() < 0.95 else dice.choice([None, 1, True, 2.5, (1,), b"x"])


def _mutated(dice: random.Random) -> Any:
    document = copy.deepcopy(dice.choice(SOUND))
    for _ in range(dice.randrange(1, 4)):
        _break(dice, document)
    return document


def _break(dice: random.Random, document: Any) -> None:
    place = dice.choice(list(_containers(document)))
    if isinstance(place, dict):
        key = dice.choice([*place, _key(dice)]) if place else _key(dice)
        act = dice.randrange(3)
        if act == 0:
            place.pop(key, None)
        elif act == 1:
            place[key] = _shape(dice, 3)
        else:
            place[_key(dice)] = place.pop(key, copy.deepcopy(dice.choice(SOUND)))
    elif place:
        place[dice.randrange(len(place))] = _shape(dice, 3)


def _containers(node: Any) -> Iterator[Any]:
    if isinstance(node, dict | list):
        yield node
        for part in node.values() if isinstance(node, dict) else node:
            yield from _containers(part)


def _large(dice: random.Random) -> Any:
    many = dice.choice([501, 6_000])
    return dice.choice([
        {dice.choice(["all", "any"]): [dice.choice(SOUND)] * many},
        {"field": "city", "op": "in", "value": ["x"] * many},
        {"sequence": [{"event": "act"}] * many},
        {str(number): number for number in range(many)},
        {"field": "x" * many, "op": "=", "value": "x"},
    ])  # fmt: skip


def _deep(dice: random.Random) -> Any:
    document: Any = dice.choice(SOUND)
    around = dice.choice(["not", "all", "where", "value", "has"])
    for _ in range(dice.choice([21, 3_000])):
        document = {around: [document] if around in ("all", "value") else document}
    return {"did": "sale", "where": document} if around == "where" else document


def _with(dice: random.Random, found: Any) -> Any:
    document = copy.deepcopy(dice.choice(SOUND))
    place = dice.choice([each for each in _containers(document) if each])
    place[dice.choice(list(place)) if isinstance(place, dict) else 0] = found
    return document if dice.random() < 0.8 else found


def readable(text: str) -> Any:
    """What a JSON text holds; the text itself where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
