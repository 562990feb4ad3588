"""Conditions and forms: what a form can hold comes back from it as the same condition."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.analyse.portrait import portrait_fields
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.conditions import All, AnyOf, Condition, Not, Test
from huaxiang.model.tags import shipped_tags
from huaxiang.model.vocabulary import Vocabulary

FIELDS = portrait_fields(shipped_tags())
TESTS = st.one_of(
    st.builds(
        Test, field=st.just("city"), op=st.sampled_from(["=", "!=", "contains"]), value=st.text(min_size=1, max_size=8)
    ),
    st.builds(Test, field=st.just("orders_total"), op=st.sampled_from([">", "<="]), value=st.integers(-5, 10**9)),
    st.builds(
        Test, field=st.just("discount_share"), op=st.just(">="), value=st.integers(0, 1000).map(lambda n: n / 1000)
    ),
    st.builds(Test, field=st.just("lifecycle"), op=st.just("in"), value=st.just(("lost", "new"))),
    st.builds(Test, field=st.just("rfm_class"), op=st.just("is known")),
    st.builds(
        Test, field=st.just("first_order_on"), op=st.just("between"), value=st.just(("2026-01-01", "2026-02-01"))
    ),
)
PARTS = st.one_of(TESTS, st.builds(lambda test: Not(part=test), TESTS))
GROUPS = st.lists(PARTS, min_size=2, max_size=3)


def meaning(condition: Condition) -> Any:
    """The condition without regard to the order of its parts."""
    if isinstance(condition, All | AnyOf):
        parts = condition.all if isinstance(condition, All) else condition.any
        return (type(condition).__name__, frozenset(meaning(part) for part in parts))
    return ("Not", meaning(condition.part)) if isinstance(condition, Not) else condition


@given(plain=st.lists(PARTS, min_size=1, max_size=3), group=GROUPS, both=st.booleans())
def test_what_the_form_shows_says_the_condition(plain: list[Condition], group: list[Condition], both: bool) -> None:
    from huaxiang.server.crowds.draft import draft_of, read

    condition = All(all=(*plain, AnyOf(any=tuple(group)))) if both else AnyOf(any=(*plain, All(all=tuple(group))))
    found = read(draft_of(condition, FIELDS), Vocabulary(FIELDS))
    assert found.problems == ()
    assert found.condition is not None
    assert meaning(found.condition) == meaning(condition)


@pytest.mark.parametrize(
    "text",
    [
        "not (city = a and city = b)",
        "(city = a or city = b) and (city = c or city = d)",
        'city in ("a,b", c)',
        'city = " a"',
    ],
)
def test_what_rows_cannot_hold_stays_text(text: str) -> None:
    from huaxiang.server.crowds.draft import draft_of

    assert draft_of(condition_from_text(text), FIELDS).text is not None
