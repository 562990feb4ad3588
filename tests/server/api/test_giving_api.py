"""Programs give tags and take them back: all or nothing, within their stores, and in the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.crowds.shop import member
from tests.server.crowds.test_pages import add

from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Program = Callable[..., "Client"]
VIP = """
vip: {element: social, zh: 贵宾, en: VIP, meaning_zh: 店长认定。, meaning_en: Named., type: text,
  values: {gold: {zh: 金, en: gold}}, rule: {kind: given}}
"""
PATH = "/api/v1/tags/vip/values"
PEOPLE = [member(number) for number in range(1, 41)]


@pytest.fixture
def tagged(shop: Workspace) -> Workspace:
    """The shop with a tag that is given by hand."""
    (shop.folder / "definitions" / "tags").mkdir(exist_ok=True)
    (shop.folder / "definitions" / "tags" / "vip.yaml").write_text(VIP, encoding="utf-8")
    return Workspace.open(shop.folder)


def sent(client: Client, path: str, **body: Any) -> Any:
    """What is answered to that body."""
    return client.post(path, json.dumps(body), content_type="application/json")


def test_values_are_given_and_taken_back(tagged: Workspace, program: Program) -> None:
    """By phone, by member number and to a crowd, of which keys of a store mean their own customers alone."""
    add(tagged, "townspeople", "city = 上海市")
    ask, theirs = program("tags:give", role="analyst"), program("tags:give", role="analyst", stores=("S1",))
    given = sent(ask, PATH, value="金", identifiers=["+86 136 0000 0003", "M0004"], why="熟客", until="2026-12-31")
    assert (given.status_code, given.json()["customers"]) == (201, 2)
    (entry,) = given.json()["entries"]
    of_crowd = sent(theirs, PATH, value="gold", why="熟客", crowd="townspeople").json()
    own = [one for one in PEOPLE if one["city"] == "上海市" and one["orders"] and one["store"] == "S1"]
    assert of_crowd["customers"] == len(own) > 0
    assert sent(theirs, f"{PATH}/{entry}/take", why="错了").status_code == 403
    assert sent(ask, f"{PATH}/{entry}/take", why="错了", identifier="M0004").status_code == 200
    told = ask.get(PATH).json()["given"]
    assert [(one["entry"], one["customers"], one["crowd"]) for one in told] == [
        (of_crowd["entries"][0], len(own), "townspeople"),
        (entry, 1, None),
    ]
    assert (told[1]["value"], told[1]["why"], told[1]["until"]) == ("gold", "熟客", "2026-12-31")
    standing = [gift for gift in tagged.gifts() if gift.seq == entry]
    assert len(standing[0].members) == 1
    assert {gift.actor[:4] for gift in tagged.gifts()} == {"key:"}


def test_nothing_is_given_where_one_of_many_is_nobody(tagged: Workspace, program: Program) -> None:
    ask, theirs = program("tags:give", role="analyst"), program("tags:give", role="analyst", stores=("S1",))
    wrong = sent(ask, PATH, why="熟客", value="gold", identifiers=["M0003", "M0004", "nobody"])
    assert (wrong.status_code, wrong.json()["at"]) == (404, "/identifiers/2")
    other = next(one for one in PEOPLE if one["orders"] and one["store"] == "S2")
    assert sent(theirs, PATH, why="熟客", value="gold", identifiers=[other["member_no"]]).status_code == 404
    assert sent(ask, PATH, why="熟客", value="gold").json()["code"] == "api.one_or_crowd"
    assert sent(ask, PATH, why="熟客", value="gold", identifiers=["M0003"], crowd="townspeople").status_code == 400
    assert sent(ask, PATH, why="熟客", value="??", identifiers=["M0003"]).status_code == 400
    assert (
        sent(ask, "/api/v1/tags/orders_total/values", why="熟客", value="3", identifiers=["M0003"]).status_code == 400
    )
    assert sent(ask, "/api/v1/tags/no_such/values", why="熟客", value="3", identifiers=["M0003"]).status_code in (
        400,
        404,
    )
    assert sent(ask, PATH, value="gold", identifiers=["M0003"]).json()["errors"][0]["at"] == "/why"
    assert sent(ask, f"{PATH}/7/take", why="x").json()["code"] == "tag.no_such_gift"
    assert program("tags:give").get(PATH).status_code == 403, "a viewer gives nothing"
    assert tagged.gifts() == []
