"""Conditions: trees of tests on fields, the one way in which rules, segments and filters say who or what is meant.

In a definition a condition is ``{all: […]}``, ``{any: […]}``, ``{not: …}`` or
``{field: net_revenue_365d, op: ">=", value: 500}``. ``{all: []}`` is everyone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from huaxiang.errors import DefinitionError
from huaxiang.model.operators import operator_named

MOST_NODES = 500
DEEPEST = 20

Scalar = str | bool | int | float
Value = Scalar | tuple[Scalar, ...] | None


def _scalars(given: Any) -> Value:
    if isinstance(given, list | tuple):
        return tuple(_scalar(value) for value in given)
    return None if given is None else _scalar(given)


def _scalar(given: Any) -> Scalar:
    if isinstance(given, date):
        return given.isoformat()
    if isinstance(given, float) and not math.isfinite(given):
        raise DefinitionError("condition.not_a_value", given=str(given))
    if isinstance(given, str | bool | int | float):
        return given
    raise DefinitionError("condition.not_a_value", given=_shown(given))


def _shown(given: Any) -> str:
    return repr(given)[:80]


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Test(_Node):
    """One test: a field, an operator and what it is compared with. Dates are ISO text."""

    __test__ = False

    field: str
    op: str
    value: Annotated[Value, BeforeValidator(_scalars)] = None

    @model_validator(mode="after")
    def _shape(self) -> Test:
        kind = operator_named(self.op).value
        given = self.value
        many = isinstance(given, tuple)
        fits = {
            "one": given is not None and not many,
            "many": isinstance(given, tuple) and len(given) > 0,
            "range": isinstance(given, tuple) and len(given) == 2,
            "none": given is None,
        }
        if not fits[kind]:
            raise DefinitionError(f"condition.value_{kind}", field=self.field, op=self.op, given=_shown(given))
        return self


class All(_Node):
    """True where every part is true; with no parts, for everyone."""

    all: tuple[Condition, ...]


class AnyOf(_Node):
    """True where at least one part is true; needs a part."""

    any: Annotated[tuple[Condition, ...], Field(min_length=1)]


class Not(_Node):
    """True where the part is not, those without a value included."""

    part: Annotated[Condition, Field(alias="not")]


def _branch(given: Any) -> Any:
    if isinstance(given, _Node):
        return given
    if isinstance(given, dict):
        for name, record in (("all", All), ("any", AnyOf), ("not", Not), ("field", Test)):
            if name in given:
                return record.model_validate(given)
    raise DefinitionError("condition.not_a_condition", given=_shown(given))


Condition = Annotated[Test | All | AnyOf | Not, BeforeValidator(_branch)]
for _record in (All, AnyOf, Not):
    _record.model_rebuild()

EVERYONE = All(all=())


def condition_from(given: Any) -> Condition:
    """The condition that a definition holds.

    Raises :class:`DefinitionError` for another shape, an unknown operator, a value that does not fit its operator,
    more than 500 nodes or more than 20 levels.
    """
    _measure(given)
    try:
        return _branch(given)  # type: ignore[no-any-return]
    except ValueError as problem:
        raise DefinitionError("condition.not_a_condition", given=_shown(given)) from problem


def record_of(condition: Condition) -> dict[str, Any]:
    """The condition as plain data, as it stands in a definition file."""
    return condition.model_dump(mode="json", by_alias=True, exclude_none=True)


def parts(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside; none for a test."""
    match condition:
        case All():
            return condition.all
        case AnyOf():
            return condition.any
        case Not():
            return (condition.part,)
        case _:
            return ()


def leaves(condition: Condition) -> Iterator[Test]:
    """Every test in the tree, in reading order."""
    if isinstance(condition, Test):
        yield condition
    for part in parts(condition):
        yield from leaves(part)


def _measure(given: Any) -> None:
    # Walked without recursion and before validation, so that no input can exhaust the stack.
    waiting, seen = [(given, 1)], 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if seen > MOST_NODES:
            raise DefinitionError("condition.too_large", most=MOST_NODES)
        if depth > DEEPEST:
            raise DefinitionError("condition.too_deep", most=DEEPEST)
        waiting += [(part, depth + 1) for part in _raw_parts(node)]


def _raw_parts(node: Any) -> list[Any]:
    if isinstance(node, _Node):
        return list(parts(node))  # type: ignore[arg-type]
    if not isinstance(node, dict):
        return []
    groups = [node[name] for name in ("all", "any") if isinstance(node.get(name), list | tuple)]
    return [part for group in groups for part in group] + ([node["not"]] if "not" in node else [])
