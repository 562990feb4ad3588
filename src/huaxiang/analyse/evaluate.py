"""The one compiler of conditions: a condition becomes one Ibis expression over a table of fields."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.model.compared import compared_with
from huaxiang.model.conditions import All, AnyOf, Condition, Not, Test
from huaxiang.model.fields import Field, Fields, field_named
from huaxiang.model.operators import operator_named


def holds(condition: Condition, table: ir.Table, fields: Fields) -> ir.BooleanValue:
    """Whether the condition is true of each row: true or false, never null.

    A field that the definition knows but the table lacks is unknown for every row. Raises :class:`DefinitionError`
    for unknown fields and operators and for values that do not fit.
    """
    match condition:
        case All():
            return _joined(and_, [holds(part, table, fields) for part in condition.all])
        case AnyOf():
            return _joined(or_, [holds(part, table, fields) for part in condition.any])
        case Not():
            return ~holds(condition.part, table, fields)
        case Test():
            return _tested(condition, table, field_named(condition.field, fields))


def _joined(join: Any, found: list[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(join, found) if found else ibis.literal(value=True)


def _tested(test: Test, table: ir.Table, field: Field) -> ir.BooleanValue:
    operator, value = operator_named(test.op), compared_with(test, field)
    if field.key not in table.columns:
        return ibis.literal(value=operator.key == "is unknown")
    column = table[field.key]
    if operator.value == "none":
        return operator.expression(column, None)
    return column.notnull() & operator.expression(_comparable(column, field), _literal(value))


def _comparable(column: ir.Value, field: Field) -> ir.Value:
    if field.type in ("money", "quantity"):
        # A Python number would otherwise be rounded to the scale that the engine guesses.
        return column.cast("float64")
    return column.cast("date") if field.type == "timestamp" else column


def _literal(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
