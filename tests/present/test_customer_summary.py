"""The paragraph about a customer: no clause without a tag, no number without its tag, nothing hidden or made up."""

from __future__ import annotations

from typing import Any

import pytest

from huaxiang.errors import DefinitionError
from huaxiang.model.fields import Labels
from huaxiang.model.one_customer import OneCustomer, one_customer
from huaxiang.model.tags import shipped_tags
from huaxiang.present.customer_summary import check_clause, check_summary, named_in, summary, worth_asking

TAGS, CONTENT = shipped_tags(), one_customer()
NOBODY: dict[str, Any] = dict.fromkeys(TAGS, None)
KNOWN = {"lifecycle": "slipping", "orders_365d": 4, "net_revenue_365d": 800, "rhythm_ratio": 2.1, "coupon_use_share": 0}


def told(row: dict[str, Any], lang: str = "zh", hidden: frozenset[str] = frozenset()) -> list[str]:
    """The clauses, with values as their tag in brackets."""
    return [one.text for one in summary(CONTENT, NOBODY | row, hidden, lambda key: f"[{key}]", lang)]


def test_every_shipped_clause_is_bound() -> None:
    check_summary(CONTENT, TAGS)
    assert all(named_in(clause.words) for clause in CONTENT.summary.values())


@pytest.mark.parametrize(
    ("zh", "en", "code"),
    [
        ("近 365 天买了 {tag:orders_365d}。", "{tag:orders_365d} within a year.", "document.bare_number"),
        ("买了三成 {tag:orders_365d}。", "{tag:orders_365d}.", "document.bare_number"),
        ("很喜欢我们。", "Likes us.", "document.bad_place"),
        ("买了 {tag:orders_365d}。", "Likes us.", "document.bad_place"),
        ("买了 {tag:orders_365d}。", "{tag:orders_total}.", "document.languages_differ"),
        ("现在{mood}。", "{tag:mood}.", "document.bad_place"),
    ],
)
def test_a_clause_that_is_not_bound_is_refused(zh: str, en: str, code: str) -> None:
    with pytest.raises(DefinitionError) as problem:
        check_clause(Labels(zh=zh, en=en), "here")
    assert problem.value.code == code


def test_a_clause_about_an_unknown_tag_is_refused() -> None:
    body = CONTENT.model_dump(by_alias=True)
    body["summary"] = {"made_up": {"zh": "{tag:order_365d}", "en": "{tag:order_365d}"}}
    with pytest.raises(DefinitionError) as problem:
        check_summary(OneCustomer.model_validate(body), TAGS)
    assert "orders_365d" in str(problem.value.params["nearest"])


def test_only_what_is_known_and_shown_is_told() -> None:
    assert told({}) == []
    assert told(KNOWN) == [
        "按自己的购买节奏看，现在处于“[lifecycle]”。",
        "近一年买了 [orders_365d]，净消费 [net_revenue_365d]。",
        "距上次购买已是自己节奏的 [rhythm_ratio]。",
    ]
    assert told({**KNOWN, "lifecycle": "active"}, "en")[-1].startswith("Within a year")
    assert told(KNOWN, hidden=frozenset({"lifecycle"})) == ["近一年买了 [orders_365d]，净消费 [net_revenue_365d]。"]


def test_every_value_in_a_clause_carries_its_tag() -> None:
    clause = summary(CONTENT, NOBODY | KNOWN, frozenset(), lambda key: f"[{key}]", "en")[1]
    assert clause.tags == ("orders_365d", "net_revenue_365d")
    assert [piece.text for piece in clause.pieces if piece.tag] == ["[orders_365d]", "[net_revenue_365d]"]


def test_what_is_not_known_is_said() -> None:
    row = NOBODY | {"city": "上海"}
    assert [piece.tag for piece in worth_asking(CONTENT, row, TAGS, "zh")] == [
        key for key in CONTENT.worth_asking if key != "city"
    ]
