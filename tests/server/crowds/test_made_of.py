"""What the builder says of a rule beside its size: revenue of a year, and the customers by a few tags."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.crowds.shop import AS_OF, member

from huaxiang.release.roles import Access
from huaxiang.server.crowds.made_of import made_of
from huaxiang.server.crowds.sight import sight_with
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
PEOPLE = [member(number) for number in range(1, 41)]
SHANGHAI = [one for one in PEOPLE if one["city"] == "上海市"]
RULE = {"mode": "text", "text": "city = 上海市"}


def told(page: str, title: str) -> dict[str, tuple[str, str]]:
    """The table of one tag: by value the customers and the share."""
    table = page.split(f">{title}</caption>")[1].split("</table>", maxsplit=1)[0]
    row = r'<th scope="row">(.*?)</th>.*?numeric">(.*?)</td><td class="numeric"[^>]*>(.*?)<'
    rows = re.findall(row, table, re.DOTALL)
    return {unescape(label): (customers, share) for label, customers, share in rows}


def test_the_tables_count_what_the_files_say(shop: Workspace, signed_in_client: Browser) -> None:
    page = signed_in_client("analyst").post("/crowds/preview/", RULE).content.decode()
    assert f'id="count">{len(SHANGHAI)}<' in page
    levels = told(page, "会员等级")
    gold = sum(one["member_level"] == "金卡" for one in SHANGHAI)
    assert levels["金卡"] == (str(gold), f"{100 * gold / len(SHANGHAI):.1f}".removesuffix(".0") + "%")
    assert sum(int(customers) for customers, _ in levels.values()) == len(SHANGHAI)
    # What a file holds stays text.
    assert "<img src=x" not in page


def test_the_revenue_is_that_of_the_last_365_days(shop: Workspace, signed_in_client: Browser) -> None:
    page = signed_in_client("analyst").post("/crowds/preview/", RULE).content.decode()
    assert AS_OF.year == 2026  # every order of the shop is of this year, before the day of the portrait
    paid = [sum(100 * number + order for one in some for number, order in one["orders"]) for some in (SHANGHAI, PEOPLE)]
    assert f"近365天净消费 ¥{paid[0] / 10_000:.2f}万，占全部的 {100 * paid[0] / paid[1]:.1f}%" in page


def test_a_group_of_few_is_not_told_by_tags(shop: Workspace, signed_in_client: Browser) -> None:
    form = {"mode": "text", "text": "net_revenue_total >= 14000"}
    page = signed_in_client("analyst").post("/crowds/preview/", form).content.decode()
    few = [one for one in PEOPLE if sum(100 * number + order for number, order in one["orders"]) >= 14000]
    assert 0 < len(few) < 5
    assert f'id="count">{len(few)}<' in page
    assert "人数不到 5" in page
    assert "<caption" not in page


def test_who_may_not_export_sees_no_small_counts(shop: Workspace) -> None:
    """The rule of group portraits: hidden with as many others as it takes that totals do not give them back."""
    from huaxiang.model.condition_text import condition_from_text

    def slices(role: str) -> dict[tuple[str, str], Any]:
        with sight_with(Access("li", role, None), "zh") as sight:
            made = made_of(condition_from_text("city = 上海市"), sight)["made"]
            return {(tag.name, one.label): one for tag in made for one in tag.slices}

    seen, guarded = slices("analyst"), slices("viewer")
    small = [key for key, one in seen.items() if 0 < int(one.customers.replace(",", "")) < 5]
    assert small
    assert all(guarded[key].is_hidden and not guarded[key].customers for key in small)


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_page_has_it_before_anything_is_typed(lang: str, shop: Workspace, signed_in_client: Browser) -> None:
    page = signed_in_client("analyst").get("/crowds/new/", headers={"Accept-Language": lang}).content.decode()
    assert page.count("<caption") >= 2
    assert ("都是些什么人" in page) == (lang == "zh-CN")
