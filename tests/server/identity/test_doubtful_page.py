"""Customers that may be several people: listed with the reason and the weakest link, and acted on from there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from huaxiang.analyse.suspicious import doubtful, suspicious
from huaxiang.model.identity import identity_rules
from huaxiang.prepare.unify import NO_DECISIONS
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]


def test_who_has_nearly_too_many_phones_is_listed_with_the_link_to_cut(shop: Workspace) -> None:
    with shop.reading() as engine:
        tables = {name: engine.table(name) for name in engine.tables()}
        total, rows, by_reason = doubtful(engine, tables, identity_rules(), NO_DECISIONS)
        (found,) = suspicious(engine, tables, rows, NO_DECISIONS)
        assert suspicious(engine, tables, [], NO_DECISIONS) == []
    assert (total, found.reasons, by_reason) == (1, ("near_cap",), {"near_cap": 1})
    assert {row["account_key"] for row in found.accounts} == {"member_no:M1", "shop_account:xiaoming"}
    assert found.bridge is not None
    assert found.links[found.bridge.place]["identifier_value"] == "13611112222"


def test_the_page_shows_the_graph_and_leads_on_masked(
    shop: Workspace, signed_in_client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huaxiang.server.identity import doubtful as page

    browser = signed_in_client("admin")
    text = browser.get("/identity/doubtful/").content.decode()
    assert "从这里断开，1 个账号分出去，1 个留下" in text
    rail, tabs = (re.search(f'<nav class="{name}".*?</nav>', text, re.DOTALL) for name in ("rail", "tabs"))
    assert rail is not None
    assert tabs is not None
    assert "/identity/doubtful/" not in rail[0], "the rail shows what a tab leads to as well"
    assert '<a href="/identity/" aria-current="page">' in rail[0]
    assert re.findall(r'<a href="([^"]+)" aria-current="page">', tabs[0]) == ["/identity/doubtful/"]
    assert re.findall(r'<a href="(/identity/[a-z]*/?)"', tabs[0])[:2] == ["/identity/", "/identity/review/"]
    assert not [value for value in ("13611112222", "王小明", "xiaoming", "13912345671") if value in text]
    customer = shop.customer_id_of("M1")
    assert f"chart-option-links-{customer}" in text
    (account,) = re.findall(r'name="account" value="([0-9a-f]+)"', text)
    assert "这里列出最可疑的" not in text
    with monkeypatch.context() as patched:
        more = lambda *asked, made=page.waiting_doubtful: made(*asked)._replace(total=700)  # noqa: E731
        patched.setattr(page, "waiting_doubtful", more)
        assert "这里列出最可疑的 1 位" in browser.get("/identity/doubtful/").content.decode()
    for kind in ("split", "merge"):
        asked = urlencode({"kind": kind, "customer": customer, "account": account})
        assert browser.get(f"/identity/decide/?{asked}").status_code == 200


def test_who_is_confirmed_is_doubtful_again_when_others_join(own_shop: Workspace, signed_in_client: Browser) -> None:
    from tests.server.identity.conftest import DAY, NOW

    browser, customer = signed_in_client("admin"), own_shop.customer_id_of("M1")

    def confirmed() -> None:
        (account,) = set(
            re.findall(r'name="account" value="([0-9a-f]+)"', browser.get("/identity/doubtful/").content.decode())
        )
        given = {"kind": "merge", "customer": customer, "account": account, "why": "同一张身份证"}
        assert browser.post("/identity/decide/", given).status_code == 302

    confirmed()
    path = own_shop.folder.parent / "后来.csv"
    path.write_text("openid,姓名,手机号\noX1aB2c3D4e5F6g7,王小明,13611112222\n", encoding="utf-8")
    own_shop.import_files(own_shop.look(path), NOW)
    own_shop.refresh(NOW, as_of=DAY)
    text = browser.get("/identity/doubtful/").content.decode()
    assert re.search(r"条决定说其中 2 个账号是同一人，之后又加入了：[^<]*openid", text)
    assert "oX1aB2c3D4e5F6g7" not in text
    confirmed()
    assert customer not in browser.get("/identity/doubtful/").content.decode()
    assert len({own_shop.customer_id_of(key) for key in ("M1", "xiaoming", "oX1aB2c3D4e5F6g7")} - {customer}) == 0
