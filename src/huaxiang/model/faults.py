"""What is wrong with a definition that does not hold together, in words of both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from huaxiang.model.shown import place_of, shown
from huaxiang.words import Message, knows

#: What a check calls the bound that was missed.
_BOUNDS = ("ge", "gt", "le", "lt", "min_length", "max_length", "expected", "expected_tags", "pattern")


class Fault(NamedTuple):
    """Where a definition is wrong, from the outside in, and why."""

    place: str
    reason: Message


def fault_of(problem: ValidationError) -> Fault:
    """The first fault of a definition. What was given is shown as it would stand in JSON."""
    first = problem.errors(include_url=False)[0]
    return Fault(place_of(first["loc"]), reason_of(first))


def reason_of(error: Mapping[str, Any]) -> Message:
    """What one error of a check says was expected and what was given."""
    code = f"fault.{error['type']}"
    context: dict[str, Any] = dict(error.get("ctx", {}))
    limit = next((str(context[name]) for name in _BOUNDS if name in context), "")
    told = {
        "given": shown(error.get("input")), "limit": limit.replace("'", "").replace(" or ", ", "), **_plain(context)
    }  # fmt: skip
    return Message(code if knows(code) else "fault.other", told)


def broken(code: str, **params: str) -> PydanticCustomError:
    """The error that a check of a definition raises; ``fault.<code>`` words it."""
    return PydanticCustomError(code, "fault", params)


def _plain(context: dict[str, Any]) -> dict[str, str]:
    return {name: text for name, text in context.items() if isinstance(text, str) and name not in ("given", "limit")}
