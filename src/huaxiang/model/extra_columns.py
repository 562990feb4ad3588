"""Columns of imported files that no field took, as conditions name them: ``extra.`` and the header.

They hold text. What a test compares them with decides how they are read: as numbers beside a number, as days beside a
day, else as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from huaxiang.model.field_tests import Test
from huaxiang.model.fields import Field, Fields, FieldType, Labels
from huaxiang.model.operators import operator_named

PREFIX = "extra."
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
# Leading zeros and more digits than an amount has are those of codes.
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,13}|[1-9]\d{0,2}(,\d{3}){1,3})(\.\d+)?\Z", re.ASCII)


class ExtraKnown(Protocol):
    """Says which further columns the rows of fact tables have."""

    def of(self, fact: str) -> Fields:
        """Those that are usual, by key, each with the type that its values look like."""

    def has(self, fact: str, key: str) -> bool:
        """Whether any row has the column."""


class WithExtra(Mapping[str, Field]):
    """The columns of a fact table: those that are always there, and by name any further one."""

    def __init__(self, fixed: Mapping[str, Field]) -> None:
        self._fixed = fixed

    def __getitem__(self, key: str) -> Field:
        if key in self._fixed or not is_extra(key):
            return self._fixed[key]
        return extra_field(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._fixed)

    def __len__(self) -> int:
        return len(self._fixed)


def is_extra(key: str) -> bool:
    """Whether a key names a further column."""
    return key.startswith(PREFIX) and len(key) > len(PREFIX)


def extra_field(key: str, kind: FieldType = "text") -> Field:
    """A further column; people read its header."""
    header = key.removeprefix(PREFIX)
    return Field(key=key, type=kind, name=Labels(zh=header, en=header), is_extra=True)


def looks_like(texts: list[str]) -> FieldType:
    """The type that values look like: numbers or days where all of them do, else text."""
    if texts and all(_NUMBER.match(text.strip()) for text in texts):
        return "number"
    return "date" if texts and all(_DAY.match(text.strip()[:10]) for text in texts) else "text"


def as_tested(test: Test, field: Field) -> Field:
    """The field as the test reads it: a further column has the type of what it is compared with."""
    return field.model_copy(update={"type": _type(test)}) if field.is_extra else field


def _type(test: Test) -> FieldType:
    operator = operator_named(test.op)
    values: tuple[Any, ...] = test.value if isinstance(test.value, tuple) else (test.value,)
    if operator.value == "days":
        return "date"
    if operator.is_inside or operator.value == "none":
        return "text"
    if all(isinstance(each, int | float) and not isinstance(each, bool) for each in values):
        return "number"
    return "date" if all(isinstance(each, str) and _DAY.match(each) for each in values) else "text"
