"""The quality pages: every figure leads to its rows, values are masked, store scope holds, nothing is run."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING

import pytest
from tests.server.quality.conftest import SCRIPT

from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
PATHS = ("/quality/", "/quality/checks/", "/quality/contradictions/")


def page_of(browser: Client, address: str) -> str:
    """The page at an address that must open."""
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


def test_the_scorecard_says_what_the_workspace_says(odd_shop: Workspace, signed_in_client: Browser) -> None:
    found, page = odd_shop.quality(), page_of(signed_in_client("viewer"), "/quality/")
    assert f"{len(found.scores)} 个来源一共检查了" in page
    assert f"{found.customers} 位客户的资料自相矛盾" in page
    assert "会员：共 4 行。整理前有 3 处写法不规范，改好 1 处，2 处读不出、留空" in page
    for score in found.scores:
        assert f">{score.source}</a>" in page


def test_the_scorecard_says_which_columns_the_workspace_leaves_alone(
    odd_shop: Workspace, signed_in_client: Browser
) -> None:
    browser, own = signed_in_client("viewer"), odd_shop.folder / "definitions" / "quality.yaml"
    own.write_text("repairs: {place_reworded: {columns: [city]}, width_folded: {run: false}}\n", encoding="utf-8")
    try:
        page = page_of(browser, "/quality/")
    finally:
        own.unlink()
    assert "只改这些列：城市" in page
    assert page.count("这里设为不改") == 1
    assert "设为不改" not in page_of(browser, "/quality/")


def test_every_failing_figure_leads_to_as_many_rows(odd_shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("viewer")
    page = page_of(browser, "/quality/checks/")
    links = [unescape(address) for address in re.findall(r'href="(/quality/rows/[^"]+)">\d+</a>', page)]
    counts = [int(number) for number in re.findall(r'href="/quality/rows/[^"]+">(\d+)</a>', page)]
    assert len(links) >= 8
    for address, count in zip(links, counts, strict=True):
        assert page_of(browser, address).count('<th scope="row">') == count, address


def test_values_are_masked_everywhere(odd_shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("admin")
    pages = [page_of(browser, path) for path in PATHS]
    rows = {unescape(one) for page in pages for one in re.findall(r'href="(/quality/rows/[^"]+)"', page)}
    pages += [page_of(browser, address) for address in rows]
    for hidden in ("13800138000", "li@qq.con", "2008-06-07", "11010519491231002X", "王小明", "李女士"):
        assert all(hidden not in page for page in pages), hidden
    assert all(SCRIPT not in page for page in pages)
    assert any("138****8000" in page for page in pages)


def test_the_board_puts_the_worst_first_with_both_rows(odd_shop: Workspace, signed_in_client: Browser) -> None:
    page = page_of(signed_in_client("viewer"), "/quality/contradictions/")
    people = re.findall(r'<article.*?href="/customers/(\w+)/">', page, re.DOTALL)
    ids = [odd_shop.customer_id_of(number) for number in ("M0002", "M0001", "M0004")]
    assert people == ids
    assert "职业填“退休”，按生日 2008 还不到 45 岁" in page
    assert "填的性别是男，身份证号说是女" in page
    assert "会员.csv 第 3 行" in page


def test_one_kind_of_contradiction_can_be_chosen(odd_shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("viewer")
    page = page_of(browser, "/quality/contradictions/?check=gender_and_id_card")
    assert page.count("<article") == 1
    assert browser.get("/quality/contradictions/?check=stars").status_code == 404


def test_a_store_manager_sees_the_stores_customers_only(odd_shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("analyst", stores=["S1"])
    page = page_of(browser, "/quality/contradictions/")
    assert re.findall(r'<article.*?href="/customers/(\w+)/">', page, re.DOTALL) == [odd_shop.customer_id_of("M0001")]
    rows = "/quality/rows/?check=phone_not_filler&table=identifier&column=identifier_value&source=会员"
    assert "138****8000" not in page_of(browser, rows)
    assert "138****8000" in page_of(signed_in_client("viewer"), rows)
    aside = "/quality/rows/?check=cells_readable&table=cell_issue&column=phone&source=会员"
    assert '<th scope="row">' not in page_of(browser, aside)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 404),
        ("check=stars&table=orders&column=city&source=x", 404),
        ("check=phone_prefix&table=orders&column=city&source=x", 404),
        ("check=phone_prefix&table=identifier&column=identifier_value&source=%3Cscript%3E", 200),
        ("check=phone_prefix&table=identifier&column=identifier_value&source=会员&page=999999", 200),
        ("check=retired_too_young&table=person_record&column=occupation&source=会员", 404),
    ],
)
def test_an_address_that_leads_nowhere_is_explained(
    query: str, status: int, odd_shop: Workspace, signed_in_client: Browser
) -> None:
    answer = signed_in_client("viewer").get(f"/quality/rows/?{query}")
    assert answer.status_code == status
    assert "<script>" not in answer.content.decode().partition("<main")[2]


def test_before_the_first_refresh_the_next_step_is_taught(new_shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("admin")
    for path in (*PATHS, "/quality/rows/"):
        assert "还没有可以检查的数据" in page_of(browser, path)


def test_the_pages_speak_english(odd_shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("viewer")
    browser.cookies["huaxiang_language"] = "en"
    for path in PATHS:
        main = page_of(browser, path).partition("<main")[2]
        # What stood in the files stands on the page.
        told = re.sub(r"会员|订单|退休|王小明|小店|上海市|北京市|广东省|广东", "", main)
        assert not re.search(r"[\u4e00-\u9fff]", told), re.findall(r"[\u4e00-\u9fff，。：]+", told)[:5]
