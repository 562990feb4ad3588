"""Formulas written as text: ``(purchase_span_days + typical_interval_days) / order_days_total``."""

from __future__ import annotations

from typing import Any

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.expression_text import expression_from
from huaxiang.model.expressions import AS_OF, Call, Name, Node, Value
from huaxiang.model.formulas import Arithmetic, Written

_ACTS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "least": "least", "greatest": "greatest"}
_SIGNS = {act: sign for sign, act in _ACTS.items() if sign != act}
_BINDING = {"add": 1, "subtract": 1, "multiply": 2, "divide": 2}


def formula_from_text(text: str) -> Any:
    """The formula that a text says, as a definition writes it; a chain of one sign is one step.

    Raises :class:`DefinitionError` as :func:`expression_from` does, and for what only an expression may say.
    """
    return _raw(expression_from(text))


def text_of_formula(written: Written) -> str:
    """The formula as text; reading it back computes the same, but for numbers that no text may say (1e+20)."""
    if not isinstance(written, Arithmetic):
        return str(written)
    if written.act not in _SIGNS:
        return f"{written.act}({', '.join(text_of_formula(part) for part in written.parts)})"
    said = [_inner(part, written.act, place) for place, part in enumerate(written.parts)]
    return f" {_SIGNS[written.act]} ".join(said)


def _inner(part: Written, outer: str, place: int) -> str:
    text = text_of_formula(part)
    if isinstance(part, int | float):
        return f"({text})" if part < 0 else text
    if not isinstance(part, Arithmetic) or part.act not in _SIGNS:
        return text
    mine, theirs = _BINDING[outer], _BINDING[part.act]
    # What stands to the right of a minus or a division is not to be read as if it stood to the left.
    return f"({text})" if theirs < mine or (theirs == mine and place > 0) else text


def _raw(node: Node) -> Any:
    match node:
        case Name() if node.key != AS_OF:
            return node.key
        case Value(value=int() | float() as number) if not isinstance(number, bool):
            return number
        case Call() if node.act in _ACTS:
            act = _ACTS[node.act]
            return {act: [_raw(part) for part in _chain(node)]}
    given = node.act if isinstance(node, Call) else _shown(node)
    raise DefinitionError("formula.only_arithmetic", given=given, at=node.at, nearest=nearest(given, _ACTS))


def _chain(node: Call) -> tuple[Node, ...]:
    """The parts of a step; those of the same sign to the left of it belong to it, as they are taken from the left."""
    first, *others = node.parts
    if node.act in _SIGNS.values() and isinstance(first, Call) and first.act == node.act:
        return (*_chain(first), *others)
    return node.parts


def _shown(node: Node) -> str:
    if isinstance(node, Value):
        return str(node.value)
    return node.key if isinstance(node, Name) else "case"
