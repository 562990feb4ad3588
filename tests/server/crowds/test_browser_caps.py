"""A marketer limits a crowd while the size follows, saves it, and splits it for a test."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.server.crowds.test_browser_build import made
from tests.server.customers.test_browser import address, browser, opened, state

__all__ = ["address", "browser", "made", "opened", "state"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_cap_is_typed_and_the_crowd_is_split(opened: Callable[..., Page]) -> None:
    page = opened("/crowds/new/?rule=orders_total >= 1")
    page.locator("[name=cap_customers]").fill("12")
    page.locator("[name=cap_by]").select_option("net_revenue_total")
    page.locator("#sentence", has_text="只取其中累计净消费最高的 12 位").wait_for()
    assert page.inner_text("#count") == "12"
    page.locator("[name=cap_order]").select_option("lowest")
    page.locator("#sentence", has_text="只取其中累计净消费最低的 12 位").wait_for()
    page.locator("#id-zh").fill("最低的十二位")
    page.locator("button[value=save]").click()
    page.locator("h2", has_text="谁在里面").wait_for()
    assert "有 12 位客户" in page.locator(".lede").inner_text()
    page.locator("#split-packs").fill("试验=50, 对照=50")
    page.locator("#split form").first.locator("button").click()
    page.locator("#split tbody tr").nth(1).wait_for()
    sizes = [int(each) for each in page.locator("#split tbody td:nth-child(2)").all_inner_texts()]
    assert sum(sizes) == 12
    page.locator("#split-packs").fill("试验=50")
    page.locator("#split form").first.locator("button").click()
    page.locator("#split-problem", has_text="要分成 2 到 20 组").wait_for()
    page.locator("#split-packs").fill("2")
    page.locator("#split form").first.locator("button").click()
    page.locator("#split-files").select_option("each")
    page.locator("#split form").nth(1).locator("button").click()
    page.locator(".lede", has_text="2 个文件里一共有 12 位客户").wait_for()
    assert page.locator("a", has_text="下载“").count() == 2
    page.go_back()
    page.goto(page.url.rstrip("/") + "/edit/")
    assert page.locator("[name=cap_customers]").input_value() == "12"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
