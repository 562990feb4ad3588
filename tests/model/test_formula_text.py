"""Formulas as text: what is written is computed as plain Python computes it, and read back unchanged."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.errors import DefinitionError
from huaxiang.model.formula_text import formula_from_text, text_of_formula
from huaxiang.model.formulas import formula_from

VALUES = {"a": Fraction(7, 3), "b": Fraction(-5), "c": Fraction(11, 2)}
_ACTS: dict[str, Any] = {
    "add": lambda left, right: left + right, "subtract": lambda left, right: left - right,
    "multiply": lambda left, right: left * right, "divide": lambda left, right: left / right,
    "least": min, "greatest": max,
}  # fmt: skip
_LEAVES = st.sampled_from(["a", "b", "c"]) | st.integers(-50, 50).filter(bool)
FORMULAS = st.recursive(
    _LEAVES,
    lambda inside: st.tuples(st.sampled_from(sorted(_ACTS)), st.lists(inside, min_size=2, max_size=3)).map(
        lambda pair: {pair[0]: pair[1]}
    ),
    max_leaves=8,
)


def computed(raw: Any) -> Fraction:
    """The value of a formula, step by step from the left."""
    if not isinstance(raw, dict):
        return VALUES[raw] if isinstance(raw, str) else Fraction(raw)
    [(act, parts)] = raw.items()
    return reduce(_ACTS[act], [computed(part) for part in parts])


@given(FORMULAS)
def test_text_says_what_the_formula_says(raw: Any) -> None:
    text = text_of_formula(formula_from(raw))
    again = formula_from_text(text)
    try:
        expected = computed(raw)
    except ZeroDivisionError:
        return
    assert computed(again) == expected, text
    # From then on neither changes any more.
    assert text_of_formula(formula_from(again)) == text_of_formula(formula_from(formula_from_text(text)))


@given(FORMULAS)
def test_python_computes_the_same_from_the_text(raw: Any) -> None:
    text = text_of_formula(formula_from(raw)).replace("least", "min").replace("greatest", "max")
    try:
        expected = computed(raw)
    except ZeroDivisionError:
        return
    fractions = {f"n{number}": Fraction(number) for number in range(-50, 51)}
    found = eval(_wrapped(text), {"__builtins__": {}, "min": min, "max": max, "F": Fraction}, VALUES | fractions)  # noqa: S307 - of our own making
    assert found == expected, text


def _wrapped(text: str) -> str:
    import re

    return re.sub(r"(?<![\w])(\d+)", r"F(\1)", text)


@pytest.mark.parametrize(
    "text", ["a % 2", "case when a > 1 then 1 end", "'x' + a", "as_of - a", "true + 1", "null", "a = 1"]
)
def test_what_only_an_expression_may_say_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        formula_from_text(text)
    assert refused.value.code == "formula.only_arithmetic"
    assert "add" not in str(refused.value)
