"""Accounts that a phone alone joined: listed, explained, and giving no permission until somebody confirms them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.server.identity.conftest import DAY, NOW

from huaxiang.analyse.lone_trust import trust
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
PHONE = "13766667777"


def agreed(shop: Workspace, customer: str) -> Any:
    """Return what is known of the customer's permission to send advertisements."""
    with shop.reading() as engine:
        rows = engine.table("profile")
        return engine.arrow(rows.filter(rows.customer_id == customer).marketing_consent).column(0)[0].as_py()


def test_a_join_by_the_phone_alone_is_listed_masked_and_explained(shop: Workspace, signed_in_client: Browser) -> None:
    browser, customer = signed_in_client("admin"), shop.customer_id_of("M6")
    assert shop.customer_id_of("ghost") == customer
    text = browser.get("/identity/alone/").content.decode()
    assert "1 处合并只凭一部电话或一个邮箱，没有别的依据，可以逐个确认或拆开" in text
    assert "还没有人判断过这样的合并" in text
    assert "在确认之前，这个同意不算数" in text
    assert not [value for value in (PHONE, "孙悟空", "ghost") if value in text]
    assert customer in browser.get("/identity/alone/?type=phone").content.decode()
    assert customer not in browser.get("/identity/alone/?type=email").content.decode()
    assert "除此以外没有别的依据" in browser.get(f"/customers/{customer}/identity/").content.decode()
    (step,) = shop.explain("M6", "ghost").chain
    assert step.is_lone
    assert not any(one.is_lone for one in shop.explain("M1", "xiaoming").chain)


def test_who_sees_some_stores_or_decides_nothing_may_not(shop: Workspace, signed_in_client: Browser) -> None:
    assert signed_in_client("analyst", stores=["S1"]).get("/identity/alone/").status_code == 403
    assert "identity/decide" not in signed_in_client("viewer").get("/identity/alone/").content.decode()


def test_once_confirmed_it_leaves_the_list_and_its_permission_counts(
    own_shop: Workspace, signed_in_client: Browser
) -> None:
    browser, customer = signed_in_client("admin"), own_shop.customer_id_of("M6")
    (account,) = re.findall(r'name="account" value="([0-9a-f]+)"', browser.get("/identity/alone/").content.decode())
    given = {"customer": customer, "account": account, "why": "打电话问过"}
    assert agreed(own_shop, customer) is None
    assert "确认以后，这些账号的同意也算数" in (
        browser.get("/identity/decide/preview/", {**given, "kind": "merge"}).content.decode()
    )
    assert "涉及的客户由 1 位变成 2 位" in (
        browser.get("/identity/decide/preview/", {**given, "kind": "split"}).content.decode()
    )
    assert browser.post("/identity/decide/", {**given, "kind": "merge"}).status_code == 302
    assert own_shop.lone_joins().total == 0
    assert "没有只凭一部电话或邮箱的合并" in browser.get("/identity/alone/").content.decode()
    own_shop.refresh(NOW, as_of=DAY)
    assert (agreed(own_shop, customer), own_shop.lone_joins().total) == (True, 0)
    (made,) = own_shop.decisions()
    told = trust([made])
    assert (made.alone_by, told and told[:3]) == ("phone", (1, 0, 0.75))
    own_shop.undo(made.seq, "看错了", NOW, actor="kim")
    assert trust(own_shop.decisions()) is None
