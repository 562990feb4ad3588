"""Crowds and tags that people made themselves, asked for by programs: every address answers for them as for shipped
ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.server.api.test_every_operation import SAMPLES, asked, operations
from tests.server.crowds.shop import NOW
from tests.server.crowds.test_build import saved
from tests.server.tags.test_pages import draft

from huaxiang.server.api.scopes import SCOPES
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Program = Callable[..., "Client"]


def test_every_address_answers_for_crowds_and_tags_of_ones_own(
    shop: Workspace, program: Program, signed_in_client: Program
) -> None:
    ask, browser = program(*(one.scope for one in SCOPES), role="admin"), signed_in_client("analyst")
    draft(browser)
    assert browser.post("/tags/one/big_order/act/", {"act": "publish"}).status_code == 302
    body = json.dumps({"rule": "city = 上海市", "en": "own"})
    by_program = ask.post("/api/v1/crowds", body, content_type="application/json").json()["key"]
    by_page = saved(shop, browser, **{"value-2": "2"})
    Workspace.open(shop.folder).refresh(NOW)
    for one in operations():
        if one.method != "GET" or "{number}" in one.path:
            continue
        for key in ("big_order",) if "/tags/" in one.path else (by_program, by_page):
            values = {**SAMPLES, "key": key, "tags": "big_order", "packs": "test=50,control=50", "seed": "spring"}
            answer = asked(ask, one, values)
            assert answer.status_code == 200, (one.path, answer.content)
