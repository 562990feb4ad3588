"""Conditions: their shapes, their limits, and the line of text that says the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.errors import DefinitionError
from huaxiang.model.condition_text import condition_from_text, text_of
from huaxiang.model.conditions import All, AnyOf, Condition, Not, Test, condition_from, leaves, record_of
from huaxiang.model.operators import OPERATORS

SCALARS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
)
NAMES = st.sampled_from(["city", "net_revenue_365d", "and", "5", "a b", "是", "in", "true", "«x»", 'q"q', "c\\d"])


@st.composite
def single(draw: st.DrawFn) -> Test:
    """Draw a test of any operator with a value that fits the operator."""
    operator = draw(st.sampled_from(sorted(OPERATORS)))
    values: dict[str, st.SearchStrategy[Any]] = {
        "one": SCALARS,
        "many": st.lists(SCALARS, min_size=1, max_size=4).map(tuple),
        "range": st.tuples(SCALARS, SCALARS),
        "days": st.integers(1, 36_500),
        "none": st.none(),
    }
    return Test(field=draw(NAMES), op=operator, value=draw(values[OPERATORS[operator].value]))


def groups(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Strategies for groups of two or more parts, and for not."""
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        parts.map(lambda found: All(all=found)),
        parts.map(lambda found: AnyOf(any=found)),
        inner.map(lambda found: Not.model_validate({"not": found})),
    )


CONDITIONS: st.SearchStrategy[Condition] = st.recursive(st.one_of(single(), st.just(All(all=()))), groups, max_leaves=8)


@given(CONDITIONS)
def test_a_condition_reads_back_from_its_text(condition: Condition) -> None:
    """Text is a faithful second form of every condition."""
    assert condition_from_text(text_of(condition)) == condition


@given(CONDITIONS)
def test_a_condition_reads_back_from_its_record(condition: Condition) -> None:
    """So is the plain data of a definition file."""
    assert condition_from(record_of(condition)) == condition


def test_the_text_of_the_manual_means_what_it_says() -> None:
    """The example that people see is the condition they expect."""
    found = condition_from_text("net_revenue_365d >= 500 and (city = 上海 or lifecycle in (sleeping, slipping))")
    assert record_of(found) == {
        "all": [
            {"field": "net_revenue_365d", "op": ">=", "value": 500},
            {
                "any": [
                    {"field": "city", "op": "=", "value": "上海"},
                    {"field": "lifecycle", "op": "in", "value": ["sleeping", "slipping"]},
                ]
            },
        ]
    }


def test_and_binds_tighter_than_or_and_not_tightest() -> None:
    """Binding is that of every programming language and of Chinese words too."""
    expected = condition_from_text("a = 1 or (b = 2 and (not c = 3))")
    assert condition_from_text("a = 1 or b = 2 and not c = 3") == expected
    assert condition_from_text("a = 1 或 b = 2 且 非 c = 3") == expected


@pytest.mark.parametrize(("text", "value"), [("007", "007"), ("7", 7), ("-1.5", -1.5), ('"7"', "7"), ("true", True)])
def test_a_value_keeps_its_kind(text: str, value: object) -> None:
    """A store number with leading zeros is no number."""
    (test,) = leaves(condition_from_text(f"store_no = {text}"))
    assert isinstance(test, Test)
    assert (test.value, type(test.value)) == (value, type(value))


@pytest.mark.parametrize("text", ["", "a => 1", "a = 1 b = 2", 'a = "x'])
def test_text_that_makes_no_sense_is_refused_with_its_place(text: str) -> None:
    """The message names what was understood and where it stopped."""
    with pytest.raises(DefinitionError) as problem:
        condition_from_text(text)
    assert problem.value.code == "condition.text_stops"
    assert problem.value.say("zh")


@pytest.mark.parametrize("text", ["a", "a =", "a in (1", "(a = 1", "a between 1", "not", "a = 1 and"])
def test_text_that_breaks_off_says_after_what(text: str) -> None:
    with pytest.raises(DefinitionError) as problem:
        condition_from_text(text)
    assert problem.value.code == "condition.text_ends"
    assert f"“{text}”" in problem.value.say("zh")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"field": "a", "op": "=>", "value": 1}, "condition.unknown_operator"),
        ({"field": "a", "op": "=", "value": [1]}, "condition.value_one"),
        ({"field": "a", "op": "=", "value": None}, "condition.value_one"),
        ({"field": "a", "op": "in", "value": []}, "condition.value_many"),
        ({"field": "a", "op": "between", "value": [1, 2, 3]}, "condition.value_range"),
        ({"field": "a", "op": "is known", "value": 1}, "condition.value_none"),
        ({"field": "a", "op": "in last days", "value": 0}, "condition.value_days"),
        ({"field": "a", "op": "in next days", "value": True}, "condition.value_days"),
        ({"field": "a", "op": "more than days ago", "value": 36_501}, "condition.value_days"),
        ({"field": "a", "op": "in last days", "value": "2026-01-01"}, "condition.value_days"),
        ({"field": "a", "op": "=", "vale": 1}, "condition.unknown_key"),
        ({"field": "a", "op": "=", "value": float("nan")}, "condition.not_a_value"),
        ({"field": "a", "op": "=", "value": {"b": 1}}, "condition.not_a_value"),
        ({"any": []}, "condition.ill_formed"),
        ({"all": "ab"}, "condition.ill_formed"),
        ({}, "condition.not_a_condition"),
        ("a = 1", "condition.not_a_condition"),
        (None, "condition.not_a_condition"),
    ],
)
def test_what_is_no_condition_is_refused(given: object, code: str) -> None:
    """Every wrong shape has a message in both languages."""
    with pytest.raises(DefinitionError) as problem:
        condition_from(given)
    assert problem.value.code == code
    assert problem.value.say("zh") != problem.value.say("en")


def test_conditions_are_capped() -> None:
    """At the cap a condition is read, one beyond it is refused; depth far beyond the stack is refused too."""
    leaf = {"field": "a", "op": "=", "value": 1}
    assert len(list(leaves(condition_from({"all": [leaf] * 499})))) == 499
    with pytest.raises(DefinitionError, match="at most 500"):
        condition_from({"all": [leaf] * 500})
    deep: dict[str, Any] = leaf
    for _ in range(19):
        deep = {"not": deep}
    assert isinstance(condition_from(deep), Not)
    with pytest.raises(DefinitionError, match="at most 20"):
        condition_from({"not": deep})
    for _ in range(100_000):
        deep = {"not": deep}
    with pytest.raises(DefinitionError):
        condition_from(deep)
    with pytest.raises(DefinitionError):
        condition_from_text("(" * 10_000 + "a = 1" + ")" * 10_000)


def test_unknown_operators_name_the_nearest() -> None:
    """A typing mistake is answered with what was probably meant."""
    with pytest.raises(DefinitionError) as problem:
        Test(field="a", op="contain", value="x")
    assert "contains" in problem.value.params["nearest"]
