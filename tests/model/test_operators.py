"""Operators: each row has its words, and fits the types that it says."""

from typing import Any

import pytest

from huaxiang.errors import DefinitionError
from huaxiang.model.compared import check, compared_with
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.conditions import Test
from huaxiang.model.fields import Field, Labels
from huaxiang.model.operators import OPERATORS, operators_for
from huaxiang.words import knows


def field(kind: str, **more: object) -> Field:
    """Return a field of that type."""
    return Field.model_validate({"key": "f", "type": kind, "name": {"zh": "字段", "en": "field"}, **more})


@pytest.mark.parametrize("key", list(OPERATORS))
def test_every_operator_is_worded(key: str) -> None:
    """Label and sentence are there in both languages."""
    code = OPERATORS[key].code
    assert knows(f"operator.{code}")
    assert knows(f"operator.{code}.sentence")


def test_operators_fit_types() -> None:
    """Text is searched, numbers are compared, yes and no are only equal."""
    assert "contains" in {row.key for row in operators_for("text")}
    assert ">" not in {row.key for row in operators_for("text")}
    assert {row.key for row in operators_for("bool")} == {"=", "!=", "is known", "is unknown"}
    assert {row.key for row in operators_for("list") if not row.is_inside} == {
        "has any",
        "has all",
        "has none",
        "is known",
        "is unknown",
    }
    with pytest.raises(DefinitionError) as problem:
        compared_with(Test(field="f", op=">", value="x"), field("text"))
    assert problem.value.code == "condition.operator_unfit"


@pytest.mark.parametrize(
    ("kind", "value"),
    [("int", "x"), ("int", True), ("money", "1"), ("int", 2**60), ("bool", 1), ("bool", "true"), ("date", 5),
     ("date", "2026-13-01"), ("timestamp", "soon"), ("text", 1.5), ("text", True)],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused(kind: str, value: object) -> None:
    """Nothing is guessed: the message says the type and how to write it."""
    with pytest.raises(DefinitionError) as problem:
        compared_with(Test.model_validate({"field": "f", "op": "=", "value": value}), field(kind))
    assert problem.value.code == "condition.value_unfit"
    assert problem.value.say("zh")


@pytest.mark.parametrize(
    ("kind", "ends"), [("int", (40, 20)), ("share", (0.5, 0.25)), ("date", ("2026-05-01", "2026-04-01"))]
)
def test_a_range_that_runs_backwards_is_refused_and_not_silently_empty(kind: str, ends: tuple[Any, Any]) -> None:
    with pytest.raises(DefinitionError) as problem:
        compared_with(Test(field="f", op="between", value=ends), field(kind))
    assert problem.value.code == "condition.range_backwards"
    assert compared_with(Test(field="f", op="between", value=ends[::-1]), field(kind))
    assert compared_with(Test(field="f", op="between", value=(ends[0], ends[0])), field(kind))


def test_codes_may_be_named_and_are_checked() -> None:
    """A coded value can be given by its name in either language; a wrong one is refused, not silently empty."""
    stage = field("text", values={"sleeping": Labels(zh="沉睡", en="asleep")})
    for said in ("sleeping", "沉睡", "asleep"):
        assert compared_with(Test(field="f", op="=", value=said), stage) == "sleeping"
    with pytest.raises(DefinitionError) as problem:
        compared_with(Test(field="f", op="in", value=("sleping",)), stage)
    assert "沉睡（sleeping）" in problem.value.say("zh")
    assert "asleep (sleeping)" in problem.value.say("en")
    assert compared_with(Test(field="f", op="contains", value="sle"), stage) == "sle"


def test_unknown_fields_name_the_nearest() -> None:
    """A field that nobody knows is an error."""
    with pytest.raises(DefinitionError) as problem:
        check(condition_from_text("citty = 上海"), {"city": field("text")})
    assert problem.value.params["nearest"] == "city"
