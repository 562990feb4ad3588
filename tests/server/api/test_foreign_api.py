"""Rules of other tools by the API: the same as on the page and the command line, and nothing saved unasked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.docs.test_guides import blocks
from tests.server.api.test_crowds_api import sent
from tests.server.crowds.test_foreign_page import GUIDE, LEFT, guide

from huaxiang.model.condition_text import text_of
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Program = Callable[..., "Client"]


def test_programs_translate_and_save_only_when_asked(shop: Workspace, program: Program) -> None:
    """The route says what the command says, saves nothing unasked, and one refused crowd stops no other."""
    ask = program("rules:write", role="analyst")
    before = set(Workspace.open(shop.folder).definitions.segments)
    names = {
        "fields": {"vip": {"field": "member_level", "values": {"1": "金卡"}}},
        "events": {"OrderPaid": {"fact": "sale", "where": "is_purchase = true", "columns": {"amount": "paid_amount"}}},
    }
    body = {"document": guide("json sensors"), "names": names}
    (told,) = sent(ask, "POST", "/api/v1/rules/translate", body).json()["crowds"]
    assert (told["status"], told["key"], told["text"]) == ("exact", None, blocks(GUIDE, "text")[0].splitlines()[0])
    assert set(Workspace.open(shop.folder).definitions.segments) == before
    both = {"document": [guide("json ga4"), LEFT], "save": True}
    kept, left = sent(ask, "POST", "/api/v1/rules/translate", both).json()["crowds"]
    assert (kept["status"], left["status"], left["rule"]) == ("saved", "refused", None)
    assert left["reason"]
    assert left["findings"][0]["weight"] == "refusal"
    saved = Workspace.open(shop.folder).definitions.segments[kept["key"]]
    assert text_of(saved.condition) == kept["text"]
    wrong = sent(ask, "POST", "/api/v1/rules/translate", {"document": {"filterClauses": 5}})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "foreign.not_a_list")
