"""Tests on fields: a field, an operator and a value, the leaves that every condition is made of."""

from __future__ import annotations

import math
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from huaxiang.errors import DefinitionError
from huaxiang.model.operators import Operator, operator_named
from huaxiang.model.shown import shown

Scalar = str | bool | int | float
Value = Scalar | tuple[Scalar, ...] | None

#: Values of one test; a longer list of customers or products is uploaded as a list.
MOST_VALUES = 5_000
LONGEST_TEXT = 2_000
LONGEST_NAME = 200
MOST_DAYS = 36_500
# What the engines hold in a 64-bit integer.
_GREATEST = 2**63 - 1


class Node(BaseModel):
    """A part of a condition."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Test(Node):
    """One test: a field, an operator and what it is compared with. Dates are ISO text."""

    __test__ = False

    field: Name
    op: Name
    value: TestValue = None

    @model_validator(mode="after")
    def _shape(self) -> Test:
        check_shape(self.field, self.op, self.value)
        return self


def check_shape(name: str, op: str, value: Value) -> None:
    """Raise :class:`DefinitionError` where the operator does not exist, or takes one value, many, a range, days or none
    and got something else."""
    operator = operator_named(op)
    many = isinstance(value, tuple)
    fits = {
        "one": value is not None and not many,
        "many": isinstance(value, tuple) and len(value) > 0,
        "range": isinstance(value, tuple) and len(value) == 2,
        "days": _are_days(operator, value),
        "none": value is None,
    }
    if not fits[operator.value]:
        said = {"least": operator.least_days, "most": MOST_DAYS} if operator.value == "days" else {}
        raise DefinitionError(f"condition.value_{operator.value}", field=name, op=op, given=shown(value), **said)


def _are_days(operator: Operator, value: Value) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and operator.least_days <= int(str(value)) <= MOST_DAYS


def _values(given: Any) -> Value:
    if not isinstance(given, list | tuple):
        return None if given is None else _scalar(given)
    if len(given) > MOST_VALUES:
        raise DefinitionError("condition.too_many_values", most=MOST_VALUES, given=len(given))
    return tuple(_scalar(value) for value in given)


def _scalar(given: Any) -> Scalar:
    if isinstance(given, date):
        return given.isoformat()
    if isinstance(given, bool):
        return given
    if isinstance(given, str):
        return _text(given)
    if isinstance(given, int) and abs(given) <= _GREATEST:
        return given
    if isinstance(given, float) and math.isfinite(given):
        return given
    raise DefinitionError("condition.not_a_value", given=shown(given))


def _text(given: str) -> str:
    if len(given) > LONGEST_TEXT:
        raise DefinitionError("condition.text_value_too_long", most=LONGEST_TEXT, given=shown(given))
    if "\x00" in given or (not given.isascii() and _is_broken(given)):
        # Engines end a text at a zero character or refuse it, and half a character is no text.
        raise DefinitionError("condition.not_a_value", given=shown(given))
    return str(given)


def _is_broken(text: str) -> bool:
    return any("\ud800" <= each <= "\udfff" for each in text)


def _name(given: Any) -> Any:
    if not isinstance(given, str) or len(given) > LONGEST_NAME:
        raise DefinitionError("condition.not_a_name", given=shown(given), most=LONGEST_NAME)
    return _text(given)


#: The name of a field, an operator, a fact table, a crowd or a list.
Name = Annotated[str, BeforeValidator(_name)]
TestValue = Annotated[Value, BeforeValidator(_values)]
Test.model_rebuild()
