"""Deciding on pages: seen before it is decided, written down with a reason, undone, and only by who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.identity.conftest import DAY, NOW
from tests.server.identity.test_identity_pages import PERSONAL

from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]


def asked(shop: Workspace, kind: str = "merge", *members: str) -> dict[str, Any]:
    """What the form sends about these members, the family's by default."""
    return {"kind": kind, "customer": [shop.customer_id_of(one) for one in members or ("M2", "M3")]}


def test_a_merge_is_seen_decided_refreshed_and_undone(own_shop: Workspace, signed_in_client: Browser) -> None:
    browser, form = signed_in_client("analyst", "li"), asked(own_shop)
    assert "合并为同一人" in browser.get("/identity/decide/", form).content.decode()
    part = browser.get("/identity/decide/preview/", form).content.decode()
    assert "涉及的客户由 2 位变成 1 位" in part
    assert not [value for value in PERSONAL if value in part]
    answer = browser.post("/identity/decide/", {**form, "why": "同一个家，13722223333 打来确认"}, follow=True)
    text = answer.content.decode()
    assert "合并为同一人（1 个账号与 1 个账号）" in text
    assert "13722223333" not in text
    # What waits for the next refresh is said beside what it would change.
    assert "项人工决定要到下次更新才生效" not in part
    assert "另有 1 项人工决定要到下次更新才生效" in browser.get("/identity/decide/preview/", form).content.decode()
    own_shop.refresh(NOW, as_of=DAY)
    assert own_shop.customer_id_of("M2") == own_shop.customer_id_of("M3")
    number = re.search(r"/identity/decisions/(\d+)/undo/", text)
    assert number is not None
    seen = browser.get(f"/identity/decisions/{number[1]}/undo/preview/").content.decode()
    assert "涉及的客户由 1 位变成 2 位" in seen
    undone = browser.post(f"/identity/decisions/{number[1]}/undo/", {"why": "弄错了"}, follow=True).content.decode()
    assert "现在有 0 项人工决定生效" in undone


def test_a_split_chooses_among_masked_accounts(own_shop: Workspace, signed_in_client: Browser) -> None:
    browser, customer = signed_in_client("analyst", "li"), own_shop.customer_id_of("M1")
    page = browser.get(f"/identity/split/{customer}/").content.decode()
    handles = re.findall(r'name="account" value="(\w+)"', page)
    assert len(handles) == 2
    assert not [value for value in PERSONAL if value in page]
    form = {"kind": "split", "customer": customer, "account": handles[1]}
    assert "涉及的客户由 1 位变成 2 位" in browser.get("/identity/decide/preview/", form).content.decode()
    browser.post("/identity/decide/", {**form, "why": "两个人"})
    (said,) = own_shop.standing().standing
    gone, stay = (
        {own_shop.short_names([key])[0] for key in side} for side in own_shop.sides_of_split(customer, handles[1:])
    )
    assert (said.kind, {one[:10] for one in said.left}, {one[:10] for one in said.right}) == ("split", gone, stay)


def test_the_review_offers_the_customers_of_a_value(own_shop: Workspace, signed_in_client: Browser) -> None:
    text = signed_in_client("analyst").get("/identity/review/?reason=other_name").content.decode()
    offered = set(re.findall(r'<option value="(c\w{16})"', text))
    assert offered == {own_shop.customer_id_of("M2"), own_shop.customer_id_of("M3")}
    assert "不是同一人" not in signed_in_client("viewer").get("/identity/review/").content.decode()


@pytest.mark.parametrize("members", [("M2",), ("M2", "M2"), ("M2", "M3", "M4")])
def test_what_is_no_choice_of_two_is_refused(
    members: tuple[str, ...], own_shop: Workspace, signed_in_client: Browser
) -> None:
    answer = signed_in_client("analyst").get("/identity/decide/", asked(own_shop, "merge", *members))
    assert answer.status_code == 400
    assert "请选出两位不同的客户" in answer.content.decode()


def test_without_a_reason_nothing_is_decided(own_shop: Workspace, signed_in_client: Browser) -> None:
    answer = signed_in_client("analyst").post("/identity/decide/", {**asked(own_shop, "never_same"), "why": "  "})
    assert answer.status_code == 400
    assert own_shop.decisions() == []


@pytest.mark.parametrize(("role", "stores"), [("viewer", None), ("analyst", ["S1"])])
def test_who_may_not_decide_decides_nothing(
    role: str, stores: list[str] | None, own_shop: Workspace, signed_in_client: Browser
) -> None:
    browser, form = signed_in_client(role, stores=stores), asked(own_shop)
    assert browser.get("/identity/decide/", form).status_code == 403
    assert browser.get("/identity/decide/preview/", form).status_code == 403
    assert browser.post("/identity/decide/", {**form, "why": "x"}).status_code == 403
    assert browser.get(f"/identity/split/{own_shop.customer_id_of('M1')}/").status_code == 403
    assert own_shop.decisions() == []


def test_accounts_to_split_off_can_be_told_apart(own_shop: Workspace, signed_in_client: Browser) -> None:
    page = signed_in_client("analyst", "li").get(f"/identity/split/{own_shop.customer_id_of('M2')}/").content.decode()
    assert "2025年2月5日" in page
    assert "2026年3月2日" in page
    assert re.search(r'class="num">2</td><td class="num">¥150</td>', page)
    assert not [value for value in PERSONAL if value in page]


def test_a_customer_can_be_merged_with_anybody_who_is_named(own_shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst", "li")
    one, other = (own_shop.customer_id_of(member) for member in ("M1", "M4"))
    assert f"/identity/same/{one}/" in browser.get(f"/customers/{one}/identity/").content.decode()
    answer = browser.post(f"/identity/same/{one}/", {"other": " M4 "})
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/identity/decide/?kind=merge&customer={one}&customer={other}",
    )
    assert browser.post(f"/identity/same/{one}/", {"other": "M999"}).status_code == 404
    assert browser.post(f"/identity/same/{one}/", {"other": " "}).status_code == 400
    viewer = signed_in_client("viewer")
    assert viewer.post(f"/identity/same/{one}/", {"other": "M4"}).status_code == 403
    assert "/identity/same/" not in viewer.get(f"/customers/{one}/identity/").content.decode()


def test_what_a_decision_overrules_stands_on_its_page_and_in_the_list(
    own_shop: Workspace, signed_in_client: Browser
) -> None:
    browser = signed_in_client("analyst", "li")
    never = own_shop.never_same("M2", "M3", "两个人", NOW, actor="kim")
    again = browser.get("/identity/decide/", asked(own_shop, "never_same"))
    assert (again.status_code, f"第 {never.seq} 条，现在仍然有效" in again.content.decode()) == (400, True)
    form = asked(own_shop)
    assert f"会推翻第 {never.seq} 条决定" in browser.get("/identity/decide/", form).content.decode()
    text = browser.post("/identity/decide/", {**form, "why": "一个人"}, follow=True).content.decode()
    assert f"被第 {never.seq + 1} 条决定推翻" in text
    assert "现在有 1 项人工决定生效" in text
