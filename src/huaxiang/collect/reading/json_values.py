"""JSON values as the text they have in the file: no number passes through a float."""

from __future__ import annotations

import json
from typing import Any, NoReturn


class Number(str):
    """A number as it is written in the file."""

    __slots__ = ()


class RepeatedKey(ValueError):
    """An object says the same key twice, so that one of the values would be lost."""


def value_text(value: Any) -> str:
    """A JSON value as text: texts as they are, numbers as written, null empty, objects and lists as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return _json(value)


def _json(value: Any) -> str:
    match value:
        case Number():
            return str(value)
        case dict():
            return "{" + ", ".join(f"{_json(str(key))}: {_json(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise RepeatedKey
    return found


def _no_constant(_name: str) -> NoReturn:
    # NaN and Infinity are no JSON and no amount.
    raise ValueError


HOOKS: dict[str, Any] = {
    "parse_int": Number,
    "parse_float": Number,
    "parse_constant": _no_constant,
    "object_pairs_hook": _pairs,
}
"""What ``json.loads`` is given so that every number stays text and a repeated key raises :class:`RepeatedKey`."""
