"""Formulas: small trees of arithmetic over tags, such as ``{divide: [net_revenue_total, orders_total]}``."""

from __future__ import annotations

from functools import reduce
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_serializer

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.expressions import Call, Name, Node, Value
from huaxiang.model.shown import shown

Act = Literal["add", "subtract", "multiply", "divide", "least", "greatest"]
ACTS: tuple[Act, ...] = get_args(Act)
DEEPEST = 10
_SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}


class Arithmetic(BaseModel):
    """One step of arithmetic on two or more parts, taken from left to right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    act: Act
    parts: Annotated[tuple[FormulaField, ...], Field(min_length=2)]

    @model_serializer
    def _as_written(self) -> dict[str, list[Any]]:
        """The step as a definition writes it."""
        return {self.act: [part.model_dump() if isinstance(part, Arithmetic) else part for part in self.parts]}


#: A tag's key, a number, or a step of arithmetic.
Written = str | int | float | Arithmetic


def formula_from(given: Any, depth: int = 1) -> Written:
    """The formula that a definition holds; :class:`DefinitionError` when it is not one or nests too deep."""
    if isinstance(given, Arithmetic) or (isinstance(given, str | int | float) and not isinstance(given, bool)):
        return given
    if not isinstance(given, dict) or len(given) != 1 or depth > DEEPEST:
        raise DefinitionError("formula.not_a_formula", given=shown(given), known=", ".join(ACTS))
    ((act, parts),) = given.items()
    if act not in ACTS:
        given = act if isinstance(act, str) else shown(act)
        raise DefinitionError("formula.unknown_act", given=given[:80], nearest=nearest(given[:80], ACTS))
    if not isinstance(parts, list) or len(parts) < 2:
        raise DefinitionError("formula.too_few_parts", act=act)
    return Arithmetic(act=act, parts=tuple(formula_from(part, depth + 1) for part in parts))


def tree_of(written: Written) -> Node:
    """The formula as an expression."""
    if isinstance(written, str):
        return Name(written)
    if not isinstance(written, Arithmetic):
        return Value(written)
    parts = [tree_of(part) for part in written.parts]
    if written.act not in _SIGNS:
        return Call(written.act, tuple(parts))
    return reduce(lambda left, right: Call(_SIGNS[written.act], (left, right)), parts)


FormulaField = Annotated[Written, BeforeValidator(formula_from)]
Arithmetic.model_rebuild()
