"""The one compiler of conditions: a condition becomes one Ibis expression over a table of fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.engine.extra_texts import extra_text
from huaxiang.errors import DefinitionError
from huaxiang.model.compared import compared_with, of_one_row
from huaxiang.model.conditions import All, AnyOf, Condition, CrowdRule, Meaning, Not, Test
from huaxiang.model.extra_columns import PREFIX, as_tested
from huaxiang.model.fields import FIELD_IBIS_TYPES, Field, Fields, field_named
from huaxiang.model.operators import operator_named

_PLAIN_NUMBER = r"^[+-]?\d{1,14}(\.\d+)?$"
_PLAIN_DAY = r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})"


def holds(condition: Condition, table: ir.Table, fields: Fields, as_of: date | None) -> ir.BooleanValue:
    """Whether the condition is true of each row: true or false, never null.

    A field that the definition knows but the table lacks is unknown for every row. Days are counted from ``as_of``.
    Raises :class:`DefinitionError` for unknown fields and operators, for values that do not fit, for leaves that only
    customers can be asked, and for tests that count days where no day is given.
    """
    return compiled(condition, lambda leaf: tested(of_one_row(leaf), table, fields, as_of))


def compiled(condition: Condition, meaning: Callable[[Meaning], ir.BooleanValue]) -> ir.BooleanValue:
    """The condition as one expression, in which ``meaning`` says what each leaf and each cap is."""
    match condition:
        case All():
            return _joined(and_, [compiled(part, meaning) for part in condition.all])
        case AnyOf():
            return _joined(or_, [compiled(part, meaning) for part in condition.any])
        case Not():
            return ~compiled(condition.part, meaning)
        case CrowdRule():
            return compiled(condition.of, meaning)
        case _:
            return meaning(condition)


def tested(test: Test, table: ir.Table, fields: Fields, as_of: date | None) -> ir.BooleanValue:
    """Whether one test on a field is true of each row as of a day; never null."""
    field = as_tested(test, field_named(test.field, fields))
    operator, value = operator_named(test.op), compared_with(test, field)
    column = column_of(field, table)
    if column is None:
        return ibis.literal(value=operator.key == "is unknown")
    if operator.value == "none":
        return operator.expression(column, None)
    if operator.value == "days" and as_of is None:
        raise DefinitionError("condition.needs_a_day", field=field.key, op=operator.key)
    given = (value, as_of) if operator.value == "days" else _literal(value)
    return column.notnull() & operator.expression(_comparable(column, field.type), given)


def column_of(field: Field, table: ir.Table) -> ir.Value | None:
    """The column of that field, a further one brought to the field's type; None where the table has none."""
    if field.key in table.columns and not (field.is_extra and "extra" in table.columns):
        return table[field.key]
    if not field.is_extra or "extra" not in table.columns:
        return None
    return _READ[field.type](extra_text(table.extra, field.key.removeprefix(PREFIX)))


def _read_number(text: Any, kind: str) -> ir.Value:
    plain = text.strip().replace(",", "")
    return ibis.ifelse(plain.re_search(_PLAIN_NUMBER), plain, ibis.null("string")).try_cast(kind)


def _read_day(text: Any) -> ir.Value:
    year, month, day = (text.strip().re_extract(_PLAIN_DAY, place) for place in (1, 2, 3))
    return (year + "-" + month.lpad(2, "0") + "-" + day.lpad(2, "0")).try_cast("date")


#: How the text of a further column is read; null where it is nothing of the kind.
_READ: dict[str, Callable[[Any], ir.Value]] = {
    "text": lambda text: text,
    "number": lambda text: _read_number(text, "float64"),
    "quantity": lambda text: _read_number(text, FIELD_IBIS_TYPES["quantity"]),
    "date": _read_day,
}


def _joined(join: Any, found: list[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(join, found) if found else ibis.literal(value=True)


def _comparable(column: ir.Value, kind: str) -> ir.Value:
    if kind in ("money", "quantity"):
        # A Python number would otherwise be rounded to the scale that the engine guesses.
        return column.cast("float64")
    return column.cast("date") if kind == "timestamp" else column


def _literal(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
