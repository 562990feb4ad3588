"""Bodies of requests: JSON as strict as RFC 8259, and nothing in it that a store could not keep."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from huaxiang.server.api.problems import Problem

_DEEPEST = 60
_MOST_DIGITS = 400


class StrictParser(Parser):
    """Refuses what Python's reader takes and others do not: NaN, endless nesting or digits, half characters, NUL."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as plain values. Raises a 400 that says what is wrong."""
        try:
            text = request.body.decode("utf-8")
        except UnicodeDecodeError:
            raise Problem(400, "api.not_json", reason="UTF-8") from None
        if _depth(text) > _DEEPEST:
            raise Problem(400, "api.too_deep", most=_DEEPEST)
        try:
            found = json.loads(text, parse_constant=_refused, parse_int=_whole, object_pairs_hook=_once)
            kept = json.dumps(found, ensure_ascii=False)
            kept.encode("utf-8")
        except UnicodeEncodeError:
            raise Problem(400, "api.half_character") from None
        except ValueError as problem:
            raise Problem(400, "api.not_json", reason=str(problem)[:120]) from None
        if "\\u0000" in kept:
            raise Problem(400, "api.half_character")
        return found


def _depth(text: str) -> int:
    # Brackets inside texts count too, which only makes the bound stricter by as many.
    deepest = depth = 0
    for letter in text:
        if letter in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in "]}":
            depth -= 1
    return deepest


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _refused(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
