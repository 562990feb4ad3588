"""Bodies of requests: JSON as strict as RFC 8259, and nothing in it that a store could not keep."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from huaxiang.server.api.problems import Problem
from huaxiang.words import Message

_DEEPEST = 60
_MOST_DIGITS = 400


class _Unkept(ValueError):
    """What Python's reader takes and we do not, with its reason worded as ``api.json.<code>``."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.reason = Message(f"api.json.{code}", params)


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
        except json.JSONDecodeError as problem:
            place = Message("api.json.place", {"line": problem.lineno, "column": problem.colno})
            raise Problem(400, "api.not_json", reason=place) from None
        except _Unkept as problem:
            raise Problem(400, "api.not_json", reason=problem.reason) from None
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
        raise _Unkept("digits", count=len(digits), most=_MOST_DIGITS)
    return int(digits)


def _refused(name: str) -> NoReturn:
    raise _Unkept("constant", given=name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Unkept("twice")
    return found
