"""One ID on pages: figures that can be counted by hand, held values side by side, nothing personal in clear."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from huaxiang.analyse.held_values import users_of
from huaxiang.analyse.identity_report import review
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
PERSONAL = ("13611112222", "13722223333", "13800138000", "王小明", "李秀英", "李大壮", "赵铁柱", "钱多多", "xiaoming")


def test_held_values_come_with_their_accounts_side_by_side(shop: Workspace) -> None:
    with shop.reading() as engine:
        tables = {name: engine.table(name) for name in engine.tables()}
        (family,) = review(engine, tables)
        (shown,) = users_of(engine, tables, [family]).values()
        pages = [review(engine, tables, 1, offset, "placeholder") for offset in range(2)]
        assert users_of(engine, tables, []) == {}
    assert (family["identifier_value"], family["account_count"]) == ("13722223333", 2)
    assert [(row["person_name"], row["orders_total"]) for row in shown] == [("李秀英", 2), ("李大壮", 0)]
    assert [len(page) for page in pages] == [1, 0]


@pytest.mark.parametrize("path", ["/identity/", "/identity/review/", "/identity/review/?reason=other_name"])
@pytest.mark.parametrize("role", ["viewer", "analyst", "admin"])
def test_nothing_personal_stands_on_the_pages(shop: Workspace, signed_in_client: Browser, role: str, path: str) -> None:
    text = signed_in_client(role).get(path).content.decode()
    assert not [value for value in PERSONAL if value in text]


def test_the_pages_say_what_was_found(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("viewer")
    assert (
        "8 个账号合成 6 位客户，33.3% 的客户不止一个账号；有 2 个号码没有用来认人"
        in browser.get("/identity/").content.decode()
    )
    text = browser.get("/identity/review/?reason=other_name").content.decode()
    assert "137****3333" in text
    assert "李*" in text
    assert "138****8000" not in text


def test_the_dashboard_counts_what_waits_in_every_queue_and_leads_there(
    shop: Workspace, signed_in_client: Browser
) -> None:
    text = signed_in_client("viewer").get("/identity/").content.decode()
    rows = re.findall(
        r'<th scope="row"><a href="/identity/(\w+)/">.*?</th><td class="num">(\d+)</td><td>(.*?)</td>', text
    )
    assert rows == [
        ("review", "1", "姓名不同 1"),
        ("doubtful", "1", "号码特别多 1"),
        ("likely", "0", "资料很像、还没有合并的账号对"),
        ("alone", "1", "手机号 1"),
    ]


def test_a_family_is_named_as_a_household_and_stays_two_customers(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("viewer")
    assert "1 户家庭（2 位客户）" in browser.get("/identity/").content.decode()
    one, other = (shop.customer_id_of(member) for member in ("M2", "M3"))
    assert one != other
    text = browser.get(f"/customers/{one}/identity/").content.decode()
    assert "住在一起的客户" in text
    assert f">{other}</a> 共用一个手机号，姓名不同" in text


def test_who_sees_some_stores_only_is_told_why_it_does_not_open(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("viewer", stores=["S1"])
    for path in ("/identity/", "/identity/review/"):
        answer = browser.get(path)
        assert answer.status_code == 403
        assert "只能看部分门店" in answer.content.decode()
