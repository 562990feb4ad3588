"""The one compiler of expressions: a tree over tags becomes one Ibis expression over a table that has them.

Numbers are floats. What is computed from something unknown is unknown, and so is what cannot be computed: a division
by 0, the logarithm of a negative number, a number beyond 2**53. Conditions are never unknown: a comparison with an
unknown value is false, also ``!=``, and ``not`` is everyone else, as in the conditions of segments.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.model.expression_types import kind_of_field
from huaxiang.model.expressions import AS_OF, Call, Case, Name, Node, Value
from huaxiang.model.fields import Field, Fields

#: Beyond this a float no longer tells whole numbers apart.
_GREATEST = float(2**53)


def computed(node: Node, table: ir.Table, fields: Fields, wanted: Field, as_of: date) -> ir.Value:
    """The expression over each row of ``table``, of the wanted field's type.

    ``node`` has been checked by :func:`huaxiang.model.expression_types.check_expression`.
    """
    found = _Compiler(table, fields, as_of).value(node)
    if kind_of_field(wanted.type) == "number" and not _is_null(node):
        found = ibis.cases((found.abs() <= _most(wanted), found))
    return found.cast(wanted.ibis_type)


def _most(wanted: Field) -> float:
    # What a decimal of 18 digits, 4 of them behind the point, holds.
    return 9e13 if wanted.type in ("money", "quantity") else _GREATEST


class _Compiler:
    """Compiles nodes over one table."""

    def __init__(self, table: ir.Table, fields: Fields, as_of: date) -> None:
        self.table, self.fields, self.as_of = table, fields, as_of

    def value(self, node: Node) -> Any:
        match node:
            case Value():
                return self.constant(node.value)
            case Name():
                return self.named(node.key)
            case Case():
                whens = [(self.truth(condition), self.value(value)) for condition, value in node.whens]
                return ibis.cases(*whens, else_=self.value(node.otherwise))
            case Call():
                return self.called(node)

    def truth(self, node: Node) -> Any:
        """A condition, never null."""
        found = self.value(node)
        return ibis.literal(value=False) if _is_null(node) else found.fill_null(False)

    def constant(self, value: Any) -> Any:
        if value is None:
            return ibis.null()
        return ibis.literal(float(value)) if _is_number(value) else ibis.literal(value)

    def named(self, key: str) -> Any:
        if key == AS_OF:
            return ibis.literal(self.as_of)
        column = self.table[key]
        kind = kind_of_field(self.fields[key].type)
        if kind == "number":
            return column.cast("float64")
        return column.cast("date") if kind == "date" else column

    def called(self, node: Call) -> Any:
        act, parts = node.act, node.parts
        if act in ("and", "or"):
            return reduce(and_ if act == "and" else or_, [self.truth(part) for part in parts])
        if act == "not":
            return ~self.truth(parts[0])
        if act == "is null":
            return self.value(parts[0]).isnull()
        if act in ("in", "not in"):
            return self.among(node)
        if act not in ("coalesce", "nullif") and any(map(_is_null, parts)):
            # Engines do not agree on the type of what is compared with nothing, or added to it.
            return ibis.literal(value=False) if act in _COMPARISONS else ibis.null()
        found = _ACTS[act](*map(self.value, parts))
        return found.fill_null(False) if act in _COMPARISONS else found

    def among(self, node: Call) -> Any:
        given, values = self.value(node.parts[0]), [self.value(part) for part in node.parts[1:] if not _is_null(part)]
        if _is_null(node.parts[0]):
            return ibis.literal(value=False)
        found = given.isin(values) if values else ibis.literal(value=False)
        return given.notnull() & (~found if node.act == "not in" else found)


def _is_null(node: Node) -> bool:
    return isinstance(node, Value) and node.value is None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _divided(left: Any, right: Any) -> Any:
    return left / right.nullif(0.0)


def _remainder(left: Any, right: Any) -> Any:
    return left % right.nullif(0.0)


def _rounded(number: Any, digits: Any = None) -> Any:
    # Said so that both engines round the half away from zero, in the same floats.
    scale = ibis.literal(1.0) if digits is None else ibis.literal(10.0) ** digits
    scaled = number.abs() * scale
    up = ibis.cases((scaled < _GREATEST, (scaled + 0.5).floor().cast("float64") / scale), else_=number.abs())
    return ibis.cases((number < 0, -up), else_=up)


def _floored(number: Any) -> Any:
    return ibis.cases((number.abs() < _GREATEST, number.floor().cast("float64")), else_=number)


def _raised(number: Any) -> Any:
    return -_floored(-number)


def _all_known(choose: Callable[..., Any]) -> Callable[..., Any]:
    """Of several values one, unknown where any of them is; engines would leave that one out."""
    return lambda *parts: ibis.cases((reduce(and_, [part.notnull() for part in parts]), choose(*parts)))


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_ACTS: dict[str, Callable[..., Any]] = {
    **_COMPARISONS,
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divided,
    "%": _remainder,
    "||": lambda left, right: left + right,
    "round": _rounded,
    "floor": _floored,
    "ceil": _raised,
    "abs": lambda number: number.abs(),
    "sqrt": lambda number: ibis.cases((number >= 0, number.sqrt())),
    "ln": lambda number: ibis.cases((number > 0, number.ln())),
    "least": _all_known(ibis.least),
    "greatest": _all_known(ibis.greatest),
    "coalesce": ibis.coalesce,
    "nullif": lambda left, right: left.nullif(right),
    "date_diff": lambda earlier, later: later.delta(earlier, unit="day").cast("float64"),
    "year": lambda day: day.year().cast("float64"),
    "month": lambda day: day.month().cast("float64"),
    "length": lambda text: text.length().cast("float64"),
    "lower": lambda text: text.lower(),
    "upper": lambda text: text.upper(),
    "contains": lambda text, part: text.contains(part).fill_null(False),
}
