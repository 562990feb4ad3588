"""The RFM page: the same numbers as the analysis, links that lead to exactly the customers of a class."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING

import pytest
from tests.server.crowds.shop import member

from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
PEOPLE = [member(number) for number in range(1, 41)]


def links(page: str) -> list[tuple[str, int]]:
    """Address and customers of each class that leads to a segment."""
    rows = re.findall(r'<th scope="row"><a href="([^"]+)"[^>]*>[^<]*</a></th>\s*<td class="num">([\d,]+)</td>', page)
    return [(unescape(address), int(count.replace(",", ""))) for address, count in rows]


def test_the_page_says_what_the_analysis_says(shop: Workspace, signed_in_client: Browser) -> None:
    page = signed_in_client("viewer").get("/rfm/").content.decode()
    result = shop.analysis("rfm")
    assert result.answer.say("zh") in page
    for row in result.tables["classes"]:
        assert f'<td class="num">{row["customers"]:,}</td>' in page
    buyers = sum(bool(one["orders"]) for one in PEOPLE)
    assert f"基于 {buyers} 位客户" in page
    assert f"另有{40 - buyers}位顾客" in page


@pytest.mark.parametrize(
    "query", ["", "?cuts=mean", "?cuts=own&cut_days_since_last_order=90&cut_order_days=1&cut_net_revenue=1500.5"]
)
def test_a_class_leads_to_exactly_its_customers(query: str, shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst")
    found = links(browser.get(f"/rfm/{query}").content.decode())
    assert len(found) >= 4
    for address, customers in found:
        count = re.search(r'id="count">([\d,]+)<', browser.get(address).content.decode())
        assert count is not None
        assert int(count[1]) == customers, address


def test_a_store_managers_classes_are_of_the_stores_customers(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst", stores=["S1"])
    inside = [one for one in PEOPLE if one["orders"] and one["store"] == "S1"]
    page = browser.get("/rfm/").content.decode()
    assert f"{len(inside)}位买过的顾客中" in page
    assert sum(customers for _, customers in links(page)) == len(inside)
    for address, customers in links(page):
        assert f'id="count">{customers}<' in browser.get(address).content.decode()


def test_a_limited_period_leads_nowhere_and_says_so(shop: Workspace, signed_in_client: Browser) -> None:
    page = signed_in_client("analyst").get("/rfm/?window_days=60").content.decode()
    assert links(page) == []
    assert "没有对应的标签" in page


def test_a_viewer_has_no_links_for_building(shop: Workspace, signed_in_client: Browser) -> None:
    assert links(signed_in_client("viewer").get("/rfm/").content.decode()) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("window_days=abc", "现在是“abc”"),
        ("window_days=0", "应在 1 到 36500 之间"),
        ("window_days=99999999999999", "要填 1 以上的整数"),
        ("cuts=best", "median / mean / own"),
        ("cuts=own", "还要给出"),
        ("cuts=own&cut_net_revenue=nan&cut_order_days=1&cut_days_since_last_order=1", "应在"),
        ("cuts=own&cut_net_revenue=x&cut_order_days=1&cut_days_since_last_order=1", "现在是“x”"),
    ],
)
def test_a_choice_that_makes_no_sense_is_explained(
    query: str, said: str, shop: Workspace, signed_in_client: Browser
) -> None:
    answer = signed_in_client("viewer").get(f"/rfm/?{query}")
    assert answer.status_code == 400
    assert said in answer.content.decode()
