"""Why a customer has a value, for programs: rows, rule and words as on the page, masked, of the caller's stores."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.crowds.shop import AS_OF, member
from tests.server.crowds.test_pages import text_of

from huaxiang.analyse.fact_tags import facts_read
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.model.tags import BASES, Tag
from huaxiang.words import LANGUAGES
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Program = Callable[..., "Client"]
ONE = member(3)
PATH = "/api/v1/customers/M0003/tags"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rows_rule_and_what_it_stands_on(lang: str, shop: Workspace, program: Program) -> None:
    ask, tags = program("profile:read", lang=lang), shop.definitions.tags
    orders = ask.get(f"{PATH}/orders_total/why").json()
    assert (orders["value"], orders["stands_on"], orders["version"]) == (len(ONE["orders"]), "observed", 1)
    assert orders["evidence_count"] == len(orders["evidence"]) == len(ONE["orders"])
    assert {row["order_no"] for row in orders["evidence"]} == {f"D003{order}" for _, order in ONE["orders"]}
    lines = {f"D{n:03d}{order}": place for place, (n, order) in enumerate(
        [order for number in range(1, 41) for order in member(number)["orders"]], start=2)}  # fmt: skip
    assert {row["order_no"]: (row["file"], row["row"]) for row in orders["evidence"]} == {
        row["order_no"]: ("订单.csv", lines[row["order_no"]]) for row in orders["evidence"]
    }
    for one in (orders, ask.get("/api/v1/tags/orders_total").json()):
        assert one["rule"] == rule_sentence(tags["orders_total"], lang, tags, AS_OF)
    (told,) = ask.get(f"{PATH}?tags=orders_total").json()["tags"]
    assert (told["status"], told["stands_on"]) == ("published", "observed")
    assert len(ask.get(f"{PATH}/orders_total/why?rows=1").json()["evidence"]) == 1


def shape(tag: Tag) -> tuple[Any, ...]:
    """What decides by which way a value is explained."""
    rule: Any = tag.rule
    parts = ("analysis", "policy", "measure", "when_empty", "idf")
    return (rule.kind, facts_read(tag), tag.type, tag.sensitivity, *(getattr(rule, part, None) for part in parts))


def test_every_kind_of_tag_of_a_customer_can_be_asked_why(
    shop: Workspace, program: Program, signed_in_client: Program
) -> None:
    """One of every shape: of each kind of rule over each table, of each type, protection and choice between values."""
    ask, browser = program("profile:read"), signed_in_client("viewer")
    customer = shop.customer_id_of("M0003")
    shapes = {shape(tag): key for key, tag in shop.definitions.tags.items() if not tag.helper}
    for key in dict.fromkeys(["lifecycle", "city", "net_revenue_total", *shapes.values()]):
        answer = ask.get(f"{PATH}/{key}/why")
        assert answer.status_code == 200, (key, answer.content)
        told = answer.json()
        assert ONE["phone"] not in answer.content.decode()
        assert told["stands_on"] in BASES
        assert all({"tag", "rule", "value"} <= set(one) for one in told["inputs"])
        if key in ("lifecycle", "city", "net_revenue_total"):
            page = text_of(browser.get(f"/customers/{customer}/why/?tag={key}").content.decode())
            assert told["label"] in page
            assert told["rule"] in page


def test_other_stores_masks_past_days_and_unknown_tags(shop: Workspace, program: Program) -> None:
    scoped = program("profile:read", stores=("S1",))
    assert scoped.get("/api/v1/customers/M0001/tags/city/why").status_code == 404
    assert scoped.get("/api/v1/customers/M0002/tags/city/why").status_code == 200
    ask, day = program("profile:read"), AS_OF.replace(month=3, day=31)
    past = ask.get(f"{PATH}/orders_total/why?as_of={day}").json()
    assert (past["as_of"], past["value"]) == (day.isoformat(), shop.profile("M0003", day)["orders_total"])
    assert past["evidence_count"] == past["value"] < len(ONE["orders"])
    assert ask.get(f"{PATH}/orders_totl/why").json()["code"] == "api.unknown_tag"
    assert ask.get(f"{PATH}/city/why?rows=51").status_code == 422
