"""Operators: one row each, from which come the query, the form and the sentence that a person reads.

Every test answers yes or no, never unknown: who has no value passes ``is unknown`` and nothing else. So ``not`` is
always everyone else, while ``!=``, ``has none`` and all operators with a "not" look only at those who have a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any, Literal

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.day_tests import anniversary_in_next, in_last, in_next, longer_ago
from huaxiang.model.fields import NUMERIC

ValueKind = Literal["one", "many", "range", "days", "none"]
Expression = Callable[[Any, Any], Any]

EVERY_TYPE: frozenset[str] = NUMERIC | {"text", "bool", "date", "timestamp", "list"}
SINGLE: frozenset[str] = EVERY_TYPE - {"list"}
ORDERED: frozenset[str] = NUMERIC | {"date", "timestamp"}
TEXT: frozenset[str] = frozenset({"text"})
LIST: frozenset[str] = frozenset({"list"})
DATED: frozenset[str] = frozenset({"date", "timestamp"})


@dataclass(frozen=True)
class Operator:
    """One way to test a field.

    ``code`` names its words: ``operator.<code>`` is the label, ``operator.<code>.sentence`` the sentence.
    ``value`` says what it is compared with: one value, many, a range (both ends included), a number of days from the
    ``as_of`` day, or nothing. ``types`` are the field types that it fits. ``expression`` takes the column and the value
    (for days ``(days, as_of)``) and gives the test as an Ibis expression, which may be null only where the column is.
    ``is_inside`` marks what looks inside texts, where parts of codes and of places mean nothing. ``least_days`` is the
    least number of days that makes sense.
    """

    key: str
    code: str
    value: ValueKind
    types: frozenset[str]
    expression: Expression
    is_inside: bool = False
    least_days: int = 1

    @property
    def words(self) -> tuple[str, str]:
        """What a line of text has before and behind the value: ``("in last", "days")``; mostly the key and nothing."""
        if self.value != "days":
            return self.key, ""
        before, _, behind = self.key.partition(" days")
        return before, f"days{behind}"


def _any_of(field: Any, values: Any) -> Any:
    return reduce(or_, [_has(field, value) for value in values])


def _all_of(field: Any, values: Any) -> Any:
    return reduce(and_, [_has(field, value) for value in values])


def _has(field: Any, value: Any) -> Any:
    # Spark answers null where the text is not found and the list holds a null.
    return field.contains(value).fill_null(False)


def _anywhere(holds: Expression) -> Expression:
    """A test of texts; of a list it asks whether any text in it passes."""

    def asked(field: Any, value: Any) -> Any:
        if not field.type().is_array():
            return holds(field, value)
        return field.filter(lambda one: holds(one, value)).length() > 0

    return asked


def _searches(key: str, opposite: str, holds: Expression) -> tuple[Operator, Operator]:
    """A look inside a text, or inside those of a list, and its opposite."""
    passes, code = _anywhere(holds), key.replace(" ", "_")
    return (
        Operator(key, code, "one", TEXT | LIST, passes, is_inside=True),
        Operator(opposite, f"not_{code}", "one", TEXT | LIST, lambda *asked: ~passes(*asked), is_inside=True),
    )


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
    *_searches("contains", "does not contain", lambda field, value: field.contains(value)),
    *_searches("starts with", "does not start with", lambda field, value: field.startswith(value)),
    *_searches("ends with", "does not end with", lambda field, value: field.endswith(value)),
    Operator("has any", "has_any", "many", LIST, _any_of),
    Operator("has all", "has_all", "many", LIST, _all_of),
    Operator("has none", "has_none", "many", LIST, lambda field, values: ~_any_of(field, values)),
    Operator("in last days", "in_last", "days", DATED, in_last),
    Operator("not in last days", "not_in_last", "days", DATED, lambda field, value: ~in_last(field, value)),
    Operator("more than days ago", "longer_ago", "days", DATED, longer_ago, least_days=0),
    Operator("in next days", "in_next", "days", DATED, in_next),
    Operator("anniversary in next days", "anniversary", "days", DATED, anniversary_in_next),
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
