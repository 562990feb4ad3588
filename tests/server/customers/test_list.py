"""The list: who is found by what, masked, in the visitor's stores, page by page, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from tests.server.customers.shop import ATTACK

from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]


def found_in(page: str) -> list[str]:
    """The customer ids that a list links to, in order."""
    return re.findall(r'<th scope="row"><a href="/customers/(c[0-9a-f]{16})/"', page)


def listed(browser: Client, query: str = "") -> list[str]:
    answer = browser.get(f"/customers/{query}")
    assert answer.status_code == 200
    return found_in(answer.content.decode())


def test_everybody_is_listed_by_revenue_with_names_and_phones_masked(
    shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    page = signed_in_client("admin").get("/customers/").content.decode()
    assert found_in(page) == [ids["M0001"], ids["M0002"], ids["M0003"], ids["M0004"]]
    assert "136****2222" in page
    assert "王*" in page
    for secret in ("13611112222", "王小明", "wang@shop-mail.cn", "铁柱"):
        assert secret not in page


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("13611112222", "M0001"),
        ("+86 136-1111-2222", "M0001"),
        ("１３６１１１１２２２２", "M0001"),
        ("Wang@Shop-Mail.CN", "M0001"),
        ("M0002", "M0002"),
        ("D1006", "M0003"),
        ("李秀英", "M0002"),
        ("铁柱", "M0003"),
    ],
)
def test_the_search_box_goes_straight_to_the_only_one_meant(
    text: str, whom: str, shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    answer = signed_in_client("viewer").get("/customers/search/", {"q": text})
    assert (answer.status_code, answer.headers.get("Location")) == (302, f"/customers/{ids[whom]}/")


@pytest.mark.parametrize("text", ["19900000000", "' OR 1=1 --", "%", "_", ATTACK, "D1007", "\x00", "王" * 5000])
def test_a_search_that_means_nobody_says_so(text: str, shop: Workspace, signed_in_client: Browser) -> None:
    answer = signed_in_client("viewer").get("/customers/search/", {"q": text})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "没有找到符合的客户" in page
    assert ATTACK not in page


@pytest.mark.parametrize(
    ("query", "whom"),
    [
        ("?lifecycle=prospect", ["M0004"]),
        ("?city=北京市", ["M0002"]),
        ("?member_level=普通会员", ["M0003", "M0004"]),
        ("?least=80", ["M0001", "M0002"]),
        ("?least=61&most=1,000", ["M0001", "M0002"]),
        ("?most=60", ["M0003", "M0004"]),
        ("?sort=last_order_on", ["M0001", "M0002", "M0003", "M0004"]),
        ("?sort=orders_total&lifecycle=active", ["M0001", "M0003"]),
        ("?city=nowhere", []),
        ("?page=999", []),
        ("?page=abc&city=北京市", ["M0002"]),
    ],
)
def test_filters_and_orders(
    query: str, whom: list[str], shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    assert listed(signed_in_client("viewer"), query) == [ids[each] for each in whom]


def test_the_value_classes_filter_like_the_published_table(
    shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    with shop.reading() as engine:
        rows = engine.arrow(engine.table("rfm")).to_pylist()
    browser = signed_in_client("viewer")
    for name in {row["rfm_class"] for row in rows}:
        expected = {row["customer_id"] for row in rows if row["rfm_class"] == name}
        assert set(listed(browser, f"?rfm={name}")) == expected


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?least=many", "不是金额"),
        ("?most=nan", "不是金额"),
        ("?most=1e999", "不是金额"),
        ("?rfm=best", "价值分类"),
        ("?sort=customer_id", "不能按"),
        ("?lifecycle=best", "lifecycle"),
    ],
)
def test_what_cannot_be_asked_is_explained(query: str, words: str, shop: Workspace, signed_in_client: Browser) -> None:
    answer = signed_in_client("viewer").get(f"/customers/{query}")
    assert answer.status_code == 400
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("stores", "whom"), [(["S1"], ["M0001", "M0003"]), (["S2"], ["M0001", "M0002"]), (["S9"], []), ([], [])]
)
def test_a_visitor_sees_the_customers_of_their_stores(
    stores: list[str], whom: list[str], shop: Workspace, ids: dict[str, str], signed_in_client: Browser
) -> None:
    browser = signed_in_client("viewer", stores=stores)
    assert listed(browser) == [ids[each] for each in whom]
    hidden = [number for number in ids if number not in whom]
    for number in hidden:
        assert browser.get("/customers/search/", {"q": number}).status_code == 200
        assert browser.get(f"/customers/{ids[number]}/").status_code == 404


def test_pages_are_turned_and_only_the_found_part_goes_to_scripts(
    shop: Workspace, ids: dict[str, str], signed_in_client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huaxiang.server.customers import filters, list_page

    for module in (filters, list_page):
        monkeypatch.setattr(module, "PAGE_SIZE", 3)
    browser = signed_in_client("viewer")
    first = browser.get("/customers/").content.decode()
    assert 'href="/customers/?page=2"' in first
    second = browser.get("/customers/?page=2", headers={"HX-Request": "true"}).content.decode()
    assert found_in(first) + found_in(second) == [ids[number] for number in ("M0001", "M0002", "M0003", "M0004")]
    assert "<html" not in second


def test_markup_in_names_and_cities_stays_text(shop: Workspace, signed_in_client: Browser) -> None:
    page = signed_in_client("admin").get("/customers/").content.decode()
    assert "&lt;img src=x onerror=" in page
    assert not re.search(r"<img src=x|<script>window", page)


def test_an_empty_workspace_teaches_the_first_step(
    workspace: object, tmp_path: object, signed_in_client: Browser
) -> None:
    from pathlib import Path

    from django.test import override_settings

    empty = Workspace.init(Path(str(tmp_path)) / "ws", threads=1)
    with override_settings(HUAXIANG_WORKSPACE=empty.folder):
        answer = signed_in_client("viewer").get("/customers/")
    assert answer.status_code == 200
    assert "先导入数据" in answer.content.decode()
