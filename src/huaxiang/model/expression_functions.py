"""Functions of expressions: one row each, with what they take and give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: The kinds of values that expressions compute with. All numbers are floats.
Kind = Literal["number", "text", "bool", "date"]


@dataclass(frozen=True)
class Function:
    """One function or sign: the kinds of its parts (the last one repeats) and of its result.

    ``any`` parts may be of every kind, but all of the same; a result of ``any`` is of that kind too.
    """

    name: str
    parts: tuple[Kind | Literal["any"], ...]
    result: Kind | Literal["any"]
    usage: str
    least: int = 1
    most: int = 1


_NUMBER: tuple[Kind, ...] = ("number",)
_ROWS = (
    Function("round", ("number", "number"), "number", "round(x) / round(x, 2)", 1, 2),
    Function("floor", _NUMBER, "number", "floor(x)"),
    Function("ceil", _NUMBER, "number", "ceil(x)"),
    Function("abs", _NUMBER, "number", "abs(x)"),
    Function("sqrt", _NUMBER, "number", "sqrt(x)"),
    Function("ln", _NUMBER, "number", "ln(x)"),
    Function("least", ("any",), "any", "least(x, y, …)", 2, 50),
    Function("greatest", ("any",), "any", "greatest(x, y, …)", 2, 50),
    Function("coalesce", ("any",), "any", "coalesce(x, y, …)", 2, 50),
    Function("nullif", ("any",), "any", "nullif(x, y)", 2, 2),
    Function("date_diff", ("date",), "number", "date_diff(earlier, later)", 2, 2),
    Function("year", ("date",), "number", "year(day)"),
    Function("month", ("date",), "number", "month(day)"),
    Function("length", ("text",), "number", "length(text)"),
    Function("lower", ("text",), "text", "lower(text)"),
    Function("upper", ("text",), "text", "upper(text)"),
    Function("contains", ("text",), "bool", "contains(text, part)", 2, 2),
)
_SIGNS = (
    *(Function(sign, _NUMBER, "number", f"x {sign} y", 2, 2) for sign in ("+", "-", "*", "/", "%")),
    Function("||", ("text",), "text", "x || y", 2, 2),
    *(Function(sign, ("any",), "bool", f"x {sign} y", 2, 2) for sign in ("=", "!=", "<", "<=", ">", ">=")),
    *(Function(word, ("any",), "bool", f"x {word} (y, …)", 2, 500) for word in ("in", "not in")),
    Function("is null", ("any",), "bool", "x is null"),
    Function("not", ("bool",), "bool", "not x"),
    *(Function(word, ("bool",), "bool", f"x {word} y", 2, 500) for word in ("and", "or")),
)

#: The functions that a text may call, by name.
FUNCTIONS: dict[str, Function] = {row.name: row for row in _ROWS}
#: Every act of an expression: the functions and the signs.
ACTS: dict[str, Function] = FUNCTIONS | {row.name: row for row in _SIGNS}
