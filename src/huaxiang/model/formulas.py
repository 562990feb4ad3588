"""Formulas: small trees of arithmetic over tags, such as ``{divide: [net_revenue_total, orders_total]}``."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from huaxiang.errors import DefinitionError, nearest

Act = Literal["add", "subtract", "multiply", "divide", "least", "greatest"]
ACTS: tuple[Act, ...] = get_args(Act)
DEEPEST = 10


class Arithmetic(BaseModel):
    """One step of arithmetic on two or more parts, taken from left to right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    act: Act
    parts: Annotated[tuple[FormulaField, ...], Field(min_length=2)]


#: A tag's key, a number, or a step of arithmetic.
Node = str | int | float | Arithmetic


def formula_from(given: Any, depth: int = 1) -> Node:
    """The formula that a definition holds; :class:`DefinitionError` when it is not one or nests too deep."""
    if isinstance(given, Arithmetic) or (isinstance(given, str | int | float) and not isinstance(given, bool)):
        return given
    if not isinstance(given, dict) or len(given) != 1 or depth > DEEPEST:
        raise DefinitionError("formula.not_a_formula", given=repr(given)[:80], known=", ".join(ACTS))
    ((act, parts),) = given.items()
    if act not in ACTS:
        raise DefinitionError("formula.unknown_act", given=str(act), nearest=nearest(str(act), ACTS))
    if not isinstance(parts, list) or len(parts) < 2:
        raise DefinitionError("formula.too_few_parts", act=act)
    return Arithmetic(act=act, parts=tuple(formula_from(part, depth + 1) for part in parts))


def tags_in(node: Node) -> tuple[str, ...]:
    """The tags that a formula names, in reading order."""
    if isinstance(node, Arithmetic):
        return tuple(key for part in node.parts for key in tags_in(part))
    return (node,) if isinstance(node, str) else ()


FormulaField = Annotated[Node, BeforeValidator(formula_from)]
Arithmetic.model_rebuild()
