"""The list and the page of one segment: counts as Python counts them, names masked, scope kept, both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.server.crowds.shop import ATTACK, CITIES, member

from huaxiang.maintain.definitions import body_of
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.segments import Segment
from huaxiang.server.crowds.saved import shelf
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
PEOPLE = [member(number) for number in range(1, 41)]


def add(shop: Workspace, key: str, rule: str, **fields: Any) -> None:
    """Save a segment as a colleague would."""
    words = {"zh": f"人群 {key}", "en": f"Segment {key}", "meaning_zh": "说明", "meaning_en": "Meaning"}
    segment = Segment(key=key, condition=condition_from_text(rule), **{**words, "owner": "the-analyst", **fields})
    shelf(shop).put(segment.key, body_of(segment))


def text_of(page: str) -> str:
    """The text of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL))


@pytest.mark.parametrize("city", CITIES)
def test_the_count_is_the_one_that_the_files_give(city: str, shop: Workspace, signed_in_client: Browser) -> None:
    add(shop, "townspeople", f"city = {city}")
    page = text_of(signed_in_client("viewer").get("/crowds/saved/townspeople/").content.decode())
    expected = sum(one["city"] == city for one in PEOPLE)
    assert f"“人群 townspeople”有 {expected} 位客户" in page
    assert f"城市为{city}" in page


def test_the_list_says_sizes_and_shares_and_counts_crowds_with_people(
    shop: Workspace, signed_in_client: Browser
) -> None:
    add(shop, "buyers", "orders_total > 0")
    page = text_of(signed_in_client("viewer").get("/crowds/").content.decode())
    buyers = sum(bool(one["orders"]) for one in PEOPLE)
    assert f"人群 buyers {buyers} 位客户 占客户的 {buyers / 40 * 100:g}% 占净消费的 100%" in page
    assert "来自 40 位客户" in page


def test_the_page_names_what_would_change_with_it(shop: Workspace, signed_in_client: Browser) -> None:
    """The segments and the tags that name it, each with its page."""
    add(shop, "buyers", "orders_total > 0")
    add(shop, "their_others", "not crowd buyers")
    layers = {"kind": "layers", "layers": [{"value": "yes", "when": "crowd buyers"}]}
    words = {"zh": "买过", "en": "Bought", "meaning_zh": "。", "meaning_en": "."}
    tag = {
        "element": "purchasing",
        "type": "text",
        "rule": layers,
        "values": {"yes": {"zh": "是", "en": "Yes"}},
        **words,
    }
    folder = shop.folder / "definitions" / "tags"
    folder.mkdir(exist_ok=True)
    (folder / "bought.yaml").write_text(yaml.safe_dump({"bought": tag}, allow_unicode=True), encoding="utf-8")
    browser = signed_in_client("viewer")
    page = browser.get("/crowds/saved/buyers/").content.decode()
    assert "改动或删除时受影响： 人群 their_others 、 买过 （标签）" in text_of(page)
    assert 'href="/tags/one/bought/"' in page
    assert "改动或删除时受影响" not in browser.get("/crowds/saved/their_others/").content.decode()


def test_personal_values_are_masked_and_names_run_nothing(shop: Workspace, signed_in_client: Browser) -> None:
    add(shop, "all_of_them", "everyone")
    browser = signed_in_client("admin")
    pages = [browser.get(f"/crowds/saved/all_of_them/?page={page}").content.decode() for page in (1, 2)]
    for page in pages:
        assert ATTACK not in page
        assert not any(one["phone"] in page or one["person_name"] in page for one in PEOPLE)
    shown = {found for page in pages for found in re.findall(r"136\*{4}\d{4}", page)}
    assert shown == {f"136****{one['phone'][-4:]}" for one in PEOPLE}


def test_a_page_beyond_the_last_or_no_number_shows_the_nearest(shop: Workspace, signed_in_client: Browser) -> None:
    add(shop, "all_of_them", "everyone")
    browser = signed_in_client("viewer")
    assert "第 2 页，共 2 页" in browser.get("/crowds/saved/all_of_them/?page=99999999999").content.decode()
    for page in ("0", "-1", "x", "１"):
        assert "第 1 页，共 2 页" in browser.get("/crowds/saved/all_of_them/", {"page": page}).content.decode()


def test_a_store_manager_sees_only_the_customers_of_the_store(shop: Workspace, signed_in_client: Browser) -> None:
    add(shop, "all_of_them", "everyone")
    page = text_of(signed_in_client("analyst", stores=["S1"]).get("/crowds/saved/all_of_them/").content.decode())
    inside = [one for one in PEOPLE if one["orders"] and one["store"] == "S1"]
    assert f"有 {len(inside)} 位客户" in page
    assert "您负责的门店" in page
    outside = {f"136****{one['phone'][-4:]}" for one in PEOPLE if one not in inside}
    assert not any(phone in page for phone in outside)


def test_a_rule_that_fits_no_tag_any_more_is_told_in_the_list_and_on_its_page(
    shop: Workspace, signed_in_client: Browser
) -> None:
    add(shop, "stale", "citty = 上海市")
    browser = signed_in_client("viewer")
    listed = browser.get("/crowds/")
    assert listed.status_code == 200
    assert "没有叫“citty”的字段。相近的有：city" in listed.content.decode()
    assert browser.get("/crowds/saved/stale/").status_code == 400


def test_a_segment_that_does_not_exist_names_the_nearest(shop: Workspace, signed_in_client: Browser) -> None:
    answer = signed_in_client("viewer").get("/crowds/saved/important_activ/")
    assert answer.status_code == 404
    assert "important_active" in answer.content.decode()


@pytest.mark.parametrize("address", ["/crowds/", "/crowds/new/", "/crowds/saved/first_order/", "/rfm/"])
def test_before_the_first_refresh_the_page_teaches_the_next_step(
    address: str, empty_shop: Workspace, signed_in_client: Browser
) -> None:
    answer = signed_in_client("admin").get(address)
    assert answer.status_code == 200
    assert "先导入数据" in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    ["/crowds/", "/crowds/new/", "/crowds/saved/first_order/", "/rfm/"],
)
def test_pages_in_english_hold_no_chinese_but_what_the_files_say(
    address: str, shop: Workspace, signed_in_client: Browser
) -> None:
    page = signed_in_client("admin", language="en").get(address).content.decode()
    found = set(re.findall(r"[\u4e00-\u9fff]+", text_of(page.split("<main")[1])))
    assert found <= {*CITIES, "金卡", "银卡", "普通会员"}
