"""Operators: one row each, from which come the query, the form and the sentence that a person reads.

Every test answers yes or no, never unknown: who has no value passes ``is unknown`` and nothing else. So ``not`` is
always everyone else, while ``!=``, ``not in`` and ``has none`` look only at those who have a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, Literal

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.fields import NUMERIC

ValueKind = Literal["one", "many", "range", "none"]

EVERY_TYPE: frozenset[str] = NUMERIC | {"text", "bool", "date", "timestamp", "list"}
SINGLE: frozenset[str] = EVERY_TYPE - {"list"}
ORDERED: frozenset[str] = NUMERIC | {"date", "timestamp"}
TEXT: frozenset[str] = frozenset({"text"})
LIST: frozenset[str] = frozenset({"list"})


@dataclass(frozen=True)
class Operator:
    """One way to test a field.

    ``code`` names its words: ``operator.<code>`` is the label, ``operator.<code>.sentence`` the sentence.
    ``value`` says what it is compared with: one value, many, a range (both ends included) or nothing.
    ``types`` are the field types that it fits. ``expression`` takes the column and the value and gives the test as an
    Ibis expression, which may be null only where the column is.
    """

    key: str
    code: str
    value: ValueKind
    types: frozenset[str]
    expression: Callable[[Any, Any], Any]


def _any_of(field: Any, values: Any) -> Any:
    return reduce(or_, [_has(field, value) for value in values])


def _all_of(field: Any, values: Any) -> Any:
    return reduce(and_, [_has(field, value) for value in values])


def _has(field: Any, value: Any) -> Any:
    # Spark answers null where the text is not found and the list holds a null.
    return field.contains(value).fill_null(False)


_ROWS = (
    Operator("=", "equal", "one", SINGLE, lambda field, value: field == value),
    Operator("!=", "unequal", "one", SINGLE, lambda field, value: field != value),
    Operator("in", "in", "many", SINGLE - {"bool"}, lambda field, value: field.isin(value)),
    Operator("not in", "not_in", "many", SINGLE - {"bool"}, lambda field, value: field.notin(value)),
    Operator(">", "above", "one", ORDERED, lambda field, value: field > value),
    Operator(">=", "at_least", "one", ORDERED, lambda field, value: field >= value),
    Operator("<", "below", "one", ORDERED, lambda field, value: field < value),
    Operator("<=", "at_most", "one", ORDERED, lambda field, value: field <= value),
    Operator("between", "between", "range", ORDERED, lambda field, value: (field >= value[0]) & (field <= value[1])),
    Operator("contains", "contains", "one", TEXT, lambda field, value: field.contains(value)),
    Operator("starts with", "starts_with", "one", TEXT, lambda field, value: field.startswith(value)),
    Operator("has any", "has_any", "many", LIST, _any_of),
    Operator("has all", "has_all", "many", LIST, _all_of),
    Operator("has none", "has_none", "many", LIST, lambda field, values: ~_any_of(field, values)),
    Operator("is known", "known", "none", EVERY_TYPE, lambda field, _value: field.notnull()),
    Operator("is unknown", "unknown", "none", EVERY_TYPE, lambda field, _value: field.isnull()),
)

#: Every operator by its key, in the order in which forms offer them.
OPERATORS: dict[str, Operator] = {row.key: row for row in _ROWS}


def operator_named(key: str) -> Operator:
    """The operator of that key; :class:`DefinitionError` names the nearest ones."""
    try:
        return OPERATORS[key]
    except KeyError:
        raise DefinitionError("condition.unknown_operator", given=key, nearest=nearest(key, OPERATORS, 5)) from None


def operators_for(field_type: str) -> list[Operator]:
    """The operators that fit a field of that type, in order."""
    return [row for row in OPERATORS.values() if field_type in row.types]
