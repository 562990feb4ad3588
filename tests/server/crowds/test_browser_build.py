"""A marketer builds a segment with the keyboard, reads its sentence, saves it and takes the file; pages fit a phone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import openpyxl
import pytest
from playwright.sync_api import Page
from tests.server.crowds.shop import member
from tests.server.customers.test_browser import address, browser, opened, state
from tests.server.settled import asked, settled

from huaxiang.workspace import Workspace

# The server, the browser and the sign-in are those of the customers' browser tests, with this shop behind them.
__all__ = ["address", "browser", "opened", "state"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PEOPLE = [member(number) for number in range(1, 41)]
ACTIVE = "document.activeElement.name"


@pytest.fixture(scope="module")
def made(kept_crowd_shop: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the shop that the server of these tests may write into."""
    folder = tmp_path_factory.mktemp("served") / "ws"
    shutil.copytree(kept_crowd_shop.folder, folder, symlinks=True)
    return Workspace.open(folder)


def choose(page: Page, name: str, value: str) -> None:
    """Choose an entry of the focused select with the arrow keys."""
    place = f"[...document.querySelector('[name={name}]').options].findIndex(each => each.value === '{value}')"
    for _ in range(int(page.evaluate(f"{place} - document.querySelector('[name={name}]').selectedIndex"))):
        page.keyboard.press("ArrowDown")


def orders(page: Page, number: int, operator: str, count: str) -> None:
    """Compare the number of orders in the box whose field has the focus."""
    # The tags on the way may have asked for operators of their own.
    with page.expect_response(asked(f"/crowds/fit/{number}/", f"tag-{number}", "orders_total")):
        choose(page, f"tag-{number}", "orders_total")
    settled(page)
    page.keyboard.press("Tab")
    choose(page, f"op-{number}", operator)
    page.keyboard.press("Tab")
    page.keyboard.type(count)


def reach(page: Page, wanted: str, key: str = "Tab") -> None:
    """Press the key until what is wanted has the focus, as somebody without a mouse does."""
    for _ in range(120):
        page.keyboard.press(key)
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"{wanted} cannot be reached with {key}")


def test_a_nested_segment_is_built_saved_and_exported_with_keys_alone(
    opened: Callable[..., Page], tmp_path: Path
) -> None:
    """Nothing is clicked and no focus is set: every step is a key that is pressed."""
    page = opened("/crowds/new/")
    assert page.evaluate(ACTIVE) == "tag-1"
    choose(page, "tag-1", "city")
    page.wait_for_selector("[name=op-1]")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(ACTIVE) == "value-1"
    page.keyboard.insert_text("上海市")
    page.locator("#sentence", has_text="城市为上海市").wait_for()
    reach(page, "button[value='add:group:0']")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=tag-3]:focus")
    orders(page, 3, ">=", "2")
    page.locator("#sentence", has_text="累计订单数不小于2").wait_for()
    reach(page, "button[value='add:test:2']")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=tag-4]:focus")
    orders(page, 4, "<", "1")
    page.locator("#sentence", has_text="累计订单数小于1").wait_for()
    reach(page, "[name=join-2]", "Shift+Tab")
    choose(page, "join-2", "any")
    people = [one for one in PEOPLE if one["city"] == "上海市"]
    inside = [one for one in people if len(one["orders"]) >= 2 or not one["orders"]]
    assert 0 < len(inside) < len(people)
    page.locator("#count", has_text=str(len(inside))).wait_for()
    reach(page, "#id-zh")
    page.keyboard.insert_text("上海回头客")
    reach(page, "button[value=save]")
    page.keyboard.press("Enter")
    page.locator("h2", has_text="谁在里面").wait_for()
    assert f"“上海回头客”有 {len(inside)} 位客户" in page.locator(".lede").inner_text()
    reach(page, "form[action$='/export/'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("a[href^='/crowds/files/']")
    reach(page, "a[href^='/crowds/files/']")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    path = tmp_path / "taken.xlsx"
    download.value.save_as(path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert sheet.max_row - 1 == len(inside)


def test_a_nested_rule_is_built_with_the_mouse(opened: Callable[..., Page]) -> None:
    """A group of either, an event with a filter and a window, a box moved up and one taken away."""
    page = opened("/crowds/new/")
    page.select_option("[name=tag-1]", "orders_total")
    page.select_option("[name=op-1]", ">=")
    page.fill("[name=value-1]", "1")
    page.click("button[value='add:group:0']")
    page.select_option("[name=join-2]", "any")
    page.select_option("[name=tag-3]", "city")
    page.fill("[name=value-3]", "上海市")
    page.click("button[value='add:did:2']")
    page.select_option("[name=fact-4]", "sale")
    page.click("button[value='add:test:4:where']")
    page.select_option("[name=tag-5]", "store_no")
    page.fill("[name=value-5]", "S1")
    page.locator("#sentence", has_text="门店为S1").wait_for()
    inside = [one for one in PEOPLE if one["orders"] and (one["city"] == "上海市" or one["store"] == "S1")]
    page.locator("#count", has_text=str(len(inside))).wait_for()
    page.click("button[value='up:2']")
    page.locator("#rule .box").first.and_(page.locator("#box-2")).wait_for()
    page.wait_for_selector("button[value='down:2']:focus")
    page.click("button[value='remove:3']")
    page.wait_for_selector("button[value='remove:4']:focus")
    fewer = [one for one in PEOPLE if one["orders"] and one["store"] == "S1"]
    page.locator("#count", has_text=str(len(fewer))).wait_for()


def test_a_threshold_is_dragged_with_the_keyboard(opened: Callable[..., Page]) -> None:
    """The slider writes the value, and the count follows to what the curve had said."""
    page = opened("/crowds/new/?rule=orders_total%20%3E%3D%201")
    slider = page.locator(".curve-slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    said = page.locator(".curve-says").inner_text().split("→")[1].strip()
    assert page.input_value("[name=value-1]") == "2"
    page.locator("#count", has_text=said).wait_for()
    assert said == str(sum(len(one["orders"]) >= 2 for one in PEOPLE))
    page.get_by_role("slider", name="标签 1 · 累计订单数 拖动看人数怎么变").wait_for()
    assert slider.get_attribute("aria-valuetext") == f"2：{said} 位客户"


def test_what_is_read_aloud_is_the_size_once(opened: Callable[..., Page]) -> None:
    """An edit that changes no size says nothing. Rows are named by what they ask; a number is asked to be at least."""
    page = opened("/crowds/new/")
    page.select_option("[name=tag-1]", "orders_total")
    page.locator("[name=op-1]").wait_for()
    assert page.input_value("[name=op-1]") == ">="
    page.locator("#told", has_text=f"{len(PEOPLE)} 位客户").wait_for(state="attached")
    page.evaluate(
        "() => new MutationObserver(() => (window.said = [...(window.said ?? []), told.textContent]))"
        ".observe(told, { childList: true })"
    )
    numbers = []
    for typed in ("2", "2.0", "3"):
        with page.expect_response(asked("/crowds/preview/", "value-1", typed)) as answer:
            page.fill("[name=value-1]", typed)
        numbers.append(int(parse_qs(answer.value.request.post_data or "")["asked"][0]))
        settled(page)
    assert numbers == sorted(set(numbers))  # whichever arrives last, the latest stands
    sizes = [sum(len(one["orders"]) >= least for one in PEOPLE) for least in (2, 3)]
    page.locator("#told", has_text=str(sizes[1])).wait_for(state="attached")
    assert page.evaluate("window.said") == [
        f"{size} 位客户，占 {size / len(PEOPLE):.1%}".replace(".0%", "%") for size in sizes
    ]
    page.get_by_role("group", name="标签 1 · 累计订单数").wait_for()


def test_a_tag_is_found_by_what_is_meant(opened: Callable[..., Page]) -> None:
    """What is typed is no part of the rule: the best tag is chosen, the list holds those found, Enter goes on to it."""
    page = opened("/crowds/new/")
    page.keyboard.press("Shift+Tab")
    with page.expect_response("**/crowds/find/?q=*"):
        page.keyboard.insert_text("花钱多")
    page.locator("[name=op-1]").wait_for()
    assert page.input_value("[name=tag-1]") == "spending_level"
    settled(page)
    listed = page.locator("[name=tag-1]").evaluate("one => [...one.options].filter(each => !each.hidden).length")
    assert 2 <= listed < 20
    page.keyboard.press("Enter")
    assert page.evaluate(ACTIVE) == "tag-1"
    assert page.url.endswith("/crowds/new/")
    page.locator(".tag-find").fill("zzzz")
    page.locator("#told", has_text="没有这样的标签").wait_for(state="attached")
    assert page.input_value("[name=tag-1]") == "spending_level"


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/crowds/", "/crowds/new/", "/crowds/saved/important_active/", "/rfm/", "/editions/"])
def test_pages_fit_and_their_charts_are_drawn(path: str, width: int, opened: Callable[..., Page]) -> None:
    page = settled(opened(path, viewport={"width": width, "height": 800}, color_scheme="dark"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("[data-chart-failed]:visible").count() == 0
    assert page.locator("[data-chart]").count() == page.locator("[data-chart] canvas").count()
    spoken = [one.get_attribute("aria-label") or "" for one in page.locator("[data-chart-canvas]").all()]
    assert all(spoken)
    assert not any("系列" in one for one in spoken), "what the library says of a chart took the place of our sentence"


def test_without_scripts_rows_are_added_and_counted(opened: Callable[..., Page]) -> None:
    page = opened("/crowds/new/", java_script_enabled=False)
    page.select_option("[name=tag-1]", "city")
    page.locator("button[value='add:test:0']").click()
    page.fill("[name=value-1]", "上海市")
    page.locator("[name=value-1]").press("Enter")
    assert page.inner_text("#count") == str(sum(one["city"] == "上海市" for one in PEOPLE))
    assert page.locator(".box").count() == 2


def test_an_edit_is_rolled_back(opened: Callable[..., Page]) -> None:
    """The rule is changed, its versions are read, and one press says again what the first version said."""
    page = opened("/crowds/new/?rule=city%20%3D%20广州市")
    page.fill("#id-zh", "广州客户")
    page.click("button[value=save]")
    first, everyone = (sum(one["city"] == city for one in PEOPLE) for city in ("广州市", "北京市"))
    page.locator(".lede", has_text=f"“广州客户”有 {first} 位客户").wait_for()
    page.get_by_role("link", name="修改规则").click()
    page.fill("[name=value-1]", "北京市")
    page.locator("#sentence", has_text="城市为北京市").wait_for()
    page.click("button[value=save]")
    page.locator(".lede", has_text=f"“广州客户”有 {everyone} 位客户").wait_for()
    old = page.locator(".crowd-versions > li", has_text="第 1 版")
    old.wait_for()
    assert "城市为北京市" in page.locator(".crowd-versions .plus").inner_text()
    old.get_by_role("button").focus()
    page.keyboard.press("Enter")
    page.locator(".lede", has_text=f"“广州客户”有 {first} 位客户").wait_for()
    assert "存为第 3 版" in page.locator("main").inner_text()
    page.locator(".crowd-versions > li", has_text="恢复第 1 版").wait_for()
    assert page.locator(".crowd-versions > li").count() == 3


def test_a_slow_count_is_stopped_and_asked_for_again(opened: Callable[..., Page]) -> None:
    """While the answer is held back the page says that it counts; Stop ends it, and the next edit counts anew."""
    page = opened("/crowds/new/?rule=orders_total%20%3E%3D%201")
    held: list[Any] = []
    page.route("**/crowds/preview/", lambda route: held.append(route))  # noqa: PLW0108 - its signature is read
    page.fill("[name=value-1]", "3")
    stop = page.locator("#counting button")
    stop.wait_for()
    stop.focus()
    page.keyboard.press("Enter")
    page.locator("#preview", has_text="已经停下").wait_for()
    assert not stop.is_visible()
    page.unroute("**/crowds/preview/")
    page.get_by_role("button", name="再数一次").click()
    page.locator("#count", has_text=str(sum(len(one["orders"]) >= 3 for one in PEOPLE))).wait_for()
    assert len(held) == 1


def test_the_latest_edit_is_the_one_that_is_counted(opened: Callable[..., Page]) -> None:
    """Edits that come before the count of the one before, a box among them, leave what stands in the form."""
    page = opened("/crowds/new/?rule=orders_total%20%3E%3D%201")
    for typed in ("2", "3", "4"):
        page.fill("[name=value-1]", typed)
        page.wait_for_timeout(450)
    page.click("button[value='add:test:0']")
    page.locator("[name=tag-2]").wait_for()
    page.select_option("[name=tag-2]", "city")
    page.locator("[name=op-2]").wait_for()
    page.fill("[name=value-2]", "北京市")
    page.locator("#sentence", has_text="城市为北京市").wait_for()
    inside = [one for one in PEOPLE if len(one["orders"]) >= 4 and one["city"] == "北京市"]
    page.locator("#count", has_text=str(len(inside))).wait_for()
