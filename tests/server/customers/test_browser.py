"""Search, customer, why in a real browser from the real server: under the policy, on a phone, and without scripts."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.server.settled import WATCH, settled
from tests.server.test_browser import QUIET, SERVE, is_complaint, wait_for

from huaxiang.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(made: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server of the small shop: its address and the one-time link that it printed."""
    script = tmp_path_factory.mktemp("serve") / "start.py"
    script.write_text(SERVE, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(script), str(made.folder), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline(), process.stdout.readline()]
        wait_for(port)
        yield f"http://127.0.0.1:{port}", lines[1].split()[-1]
        process.send_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def browser(workspace: Path) -> Iterator[Browser]:
    """Chromium without its own errands; Django is set up before, because Playwright's loop forbids it afterwards."""
    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET.split())
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def state(address: tuple[str, str], browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookies of the first administrator."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(address[1])
    page.fill("#id_username", "laoban")
    page.fill("#id_new_password", "seven quiet herons 7")
    page.fill("#id_repeated_password", "seven quiet herons 7")
    page.click("button.btn-primary")
    page.wait_for_selector(".rail", timeout=120_000)
    path = tmp_path_factory.mktemp("cookies") / "state.json"
    context.storage_state(path=path)
    context.close()
    return path


@pytest.fixture
def opened(address: tuple[str, str], browser: Browser, state: Path) -> Iterator[Callable[..., Page]]:
    """Open a page; at the end nothing was blocked, failed or fetched from elsewhere."""
    complaints: list[str] = []
    pages: list[Page] = []

    def start(path: str, **options: Any) -> Page:
        page = browser.new_context(storage_state=state, locale="zh-CN", **options).new_page()
        page.set_default_timeout(120_000)
        page.add_init_script(WATCH)
        page.on("console", lambda line: complaints.append(line.text) if is_complaint(line) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        own = (address[0], "data:", "blob:")
        page.on("request", lambda sent: None if sent.url.startswith(own) else complaints.append(sent.url))
        page.goto(address[0] + path)
        pages.append(page)
        return page

    yield start
    assert complaints == []
    for page in pages:
        page.context.close()


def test_from_the_search_box_to_the_customer_to_the_rows(opened: Callable[..., Page]) -> None:
    page = opened("/")
    page.fill(".top-search input", "136 1111 2222")
    page.keyboard.press("Enter")
    page.wait_for_selector(".elements")
    assert "王*" in page.locator(".lede").inner_text()
    page.wait_for_selector(".entry")
    statement = page.locator(".statement", has=page.get_by_text("近365天订单数", exact=True))
    statement.locator("a").focus()
    page.keyboard.press("Enter")
    answer = page.locator("#why .why-answer")
    answer.wait_for()
    assert "依据 3 条订单" in answer.inner_text()
    assert "订单.csv 第 2 行" in answer.inner_text()
    page.get_by_role("link", name="身份与同意").click()
    page.wait_for_selector("text=为什么认为是同一个人")
    assert page.locator(".tabs [aria-current]").inner_text() == "身份与同意"


def test_a_reveal_asks_why_and_shows_the_value_in_place(opened: Callable[..., Page]) -> None:
    page = opened("/customers/search/?q=M0001")
    page.locator(".reveal summary").click()
    page.select_option("#r-field", "phone")
    page.fill("#r-reason", "回访")
    page.locator(".reveal button").click()
    page.wait_for_selector(".revealed-value")
    assert page.locator(".revealed-value").inner_text() == "13611112222"


def test_filters_change_the_list_and_the_sentence_in_place(opened: Callable[..., Page]) -> None:
    page = opened("/customers/")
    page.select_option("#f-lifecycle", "prospect")
    page.wait_for_selector("#list-sentence:text-is('找到 1 位客户。')")
    assert page.locator("#found tbody tr").count() == 1
    assert "lifecycle=prospect" in page.url


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/", "/customers/", "/customers/search/?q=M0003", "/counter/?q=M0003"])
def test_pages_fit_and_markup_in_the_data_runs_nothing(
    path: str, width: int, theme: str, opened: Callable[..., Page]
) -> None:
    page = settled(opened(path, viewport={"width": width, "height": 800}, color_scheme=theme))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.__xss") is None


def test_without_scripts_everything_is_a_page(opened: Callable[..., Page]) -> None:
    page = opened("/customers/", java_script_enabled=False)
    page.fill("#f-q", "M0001")
    page.locator(".filter-do button").click()
    page.locator("#found th a").click()
    page.get_by_role("link", name="近365天订单数：3 单，为什么？").click()
    assert "依据 3 条订单" in page.locator(".why-answer").inner_text()
    page.locator("#content a.btn").click()
    page.locator("noscript a").click()
    assert page.locator(".entry").count() > 2


def test_every_part_opens_in_place_and_markup_in_it_runs_nothing(opened: Callable[..., Page]) -> None:
    page = opened("/customers/search/?q=M0003")
    page.wait_for_selector(".entry")
    page.locator(".entry summary").first.click()
    assert "问卷.csv" in page.locator(".entry details[open] dl").first.inner_text()
    for part, there in (
        ("全部标签", ".all-tags"),
        ("相似的客户", ".alike"),
        ("订单", "text=D1006"),
        ("身份与同意", "text=标识"),
    ):
        page.get_by_role("link", name=part, exact=True).click()
        page.locator(there).first.wait_for()
    page.get_by_role("link", name="时间线", exact=True).click()
    page.fill("input[name=text]", "onerror")
    page.keyboard.press("Enter")
    expect(page.locator(".entry")).to_have_count(1)
    assert page.locator(".entry[data-kind=feedback]").count() == 1
    assert page.evaluate("window.__xss") is None


def test_all_tags_are_filtered_with_the_keyboard_alone(opened: Callable[..., Page]) -> None:
    page = opened("/customers/search/?q=M0001")
    page.wait_for_selector(".entry")
    page.get_by_role("link", name="全部标签", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".all-tags")
    page.locator("#t-q").focus()
    page.keyboard.type("累计净")
    expect(page.locator(".all-tags tbody tr")).to_have_count(1)
    page.locator(".all-tags .ask").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#why .why-answer")
    page.locator(".history-link a").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".tag-history canvas, .tag-history svg")


def test_the_counter_fits_one_phone_screen(opened: Callable[..., Page]) -> None:
    page = opened("/counter/", viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True)
    page.fill("input[name=q]", "13611112222")
    page.locator(".counter-search button").tap()
    page.wait_for_selector(".counter-card .consent")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.documentElement.scrollHeight") <= 844
    assert page.locator(".counter-search button").bounding_box()["height"] >= 44  # type: ignore[index]


def test_on_a_phone_the_tab_that_is_open_can_be_seen(opened: Callable[..., Page]) -> None:
    page = opened("/identity/model/", viewport={"width": 390, "height": 800})
    assert page.locator(".tabs").evaluate("one => one.scrollWidth > one.clientWidth")
    place = "document.querySelector('.tabs [aria-current]').getBoundingClientRect()"
    page.wait_for_function(f"{place}.left >= 0 && {place}.right <= innerWidth")
