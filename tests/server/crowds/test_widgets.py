"""The inputs for what a column of events is compared with: names of acts, never their codes."""

import pytest

from huaxiang.model.facts import facts_known
from huaxiang.model.operators import operator_named
from huaxiang.server.crowds.widgets import Suggestion, offered, widget_for

ACT = facts_known()["act"].columns["event_name"]
KIND = facts_known()["feedback_fact"].columns["feedback_kind"]


def known() -> tuple[Suggestion, ...]:
    return (Suggestion("cart", "120"), Suggestion("试穿"))


@pytest.mark.parametrize(("lang", "name"), [("zh", "加入购物车"), ("en", "add to cart")])
def test_acts_are_shown_and_offered_by_their_names(lang: str, name: str) -> None:
    shown = widget_for(["cart"], ACT, operator_named("="), lang, known)
    assert (shown.kind, shown.typed) == ("inputs", (name,))
    assert shown.suggestions == (Suggestion(name, "120"), Suggestion("试穿"))
    several = widget_for(["cart", "试穿"], ACT, operator_named("in"), lang, known)
    assert several.typed == (f"{name}{'、' if lang == 'zh' else ', '}试穿",)


def test_who_looks_inside_the_code_of_an_act_sees_the_code() -> None:
    shown = widget_for(["car"], ACT, operator_named("contains"), "zh", known)
    assert (shown.typed, shown.suggestions) == (("car",), known())
    assert "contains" in [one.value for one in offered(ACT, operator_named("="), "zh")]


def test_a_column_with_fixed_codes_is_chosen_from() -> None:
    shown = widget_for(["ticket"], KIND, operator_named("="), "zh")
    assert shown.kind == "choice"
    assert [(one.label, one.chosen) for one in shown.options] == [("问卷", False), ("评价", False), ("工单", True)]
    assert "contains" not in [one.value for one in offered(KIND, operator_named("="), "zh")]
