"""What somebody gave, short and printable, for a message about it: as it would stand in JSON, whatever it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

#: Longer messages than this hide what is wrong.
_MOST = 80
#: Parts of a list or mapping that are shown, how deep, and how much of a text.
_PARTS, _DEEPEST, _TEXT = 4, 2, 30
_CUT = "…"
#: Steps to a place: keys and numbers. What else stands for a key is none that a document can hold.
_NAME = re.compile(r"(?!(?:None|True|False)$)\w[\w -]*")


def shown(given: Any) -> str:
    """The beginning of something unexpected, for a message about it; however large or deep it is.

    Lists, mappings, texts, numbers, days, true, false and null are written as in JSON; of anything else, which no
    document can hold, only ``…`` stands there.
    """
    return printable(_written(given, 0))[:_MOST]


def printable(text: str) -> str:
    """The text with every character that cannot be shown or encoded as an escape."""
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in text)


def place_of(steps: Sequence[Any]) -> str:
    """The way to a place in a definition, from the outside in, joined by dots; ``-`` for the whole."""
    return ".".join(str(step) if _NAME.fullmatch(str(step)) else _CUT for step in steps)[:_MOST] or "-"


def _written(given: Any, depth: int) -> str:
    if isinstance(given, Mapping):
        named = (f"{_key(key)}: {_inside(part, depth)}" for key, part in given.items())
        return "{" + _parts(named, len(given)) + "}"
    if isinstance(given, list | tuple):
        return "[" + _parts((_inside(part, depth) for part in given), len(given)) + "]"
    return _one(given)


def _one(given: Any) -> str:
    match given:
        case str():
            return json.dumps(_short(given), ensure_ascii=False)
        case bool() | None:
            return json.dumps(given)
        case int() | float() | Decimal():
            return _number(given)
        case date():
            return given.isoformat()
        case _:
            return _CUT


def _inside(part: Any, depth: int) -> str:
    is_large = isinstance(part, Mapping | list | tuple) and part
    return _CUT if is_large and depth + 1 >= _DEEPEST else _written(part, depth + 1)


def _parts(written: Iterator[str], count: int) -> str:
    return ", ".join([*islice(written, _PARTS), *([_CUT] if count > _PARTS else [])])


def _key(key: Any) -> str:
    return _written(key, _DEEPEST) if isinstance(key, str | int | float | date | None) else _CUT


def _short(text: str) -> str:
    half = _TEXT // 2
    return text if len(text) <= _TEXT else f"{text[:half]}{_CUT}{text[-half:]}"


def _number(number: float | Decimal) -> str:
    try:
        return str(number)
    except ValueError:
        # An integer with more digits than Python prints.
        return _CUT
