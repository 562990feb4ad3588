"""The pages in a real browser, from the real server: nothing blocked, nothing run, nothing fetched from elsewhere."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from huaxiang.server.headers import CONTENT_SECURITY_POLICY

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
PASSWORD = "seven quiet herons 7"  # noqa: S105 - of an account that exists only in tests
ATTACK = "<img src=x onerror=window.__xss=1><script>window.__xss=1</script>"
CHART_HEADERS = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": CONTENT_SECURITY_POLICY}
SERVE = """
import sys
from pathlib import Path
from huaxiang.server.serve import serve
if __name__ == "__main__":
    serve(Path(sys.argv[1]), port=int(sys.argv[2]), tell=lambda message: print(message.say("en"), flush=True))
"""


@dataclass
class Visit:
    """A browser page of one person and what it complained about."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server of its own: its address and the one-time link that it printed."""
    folder = tmp_path_factory.mktemp("browser-shop")
    script = folder / "start.py"
    script.write_text(SERVE, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(script), str(folder), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline(), process.stdout.readline()]
        link = re.search(r"http://\S+/link/\S+", lines[1])
        assert link is not None, lines
        wait_for(port)
        yield f"http://127.0.0.1:{port}", link.group(0)
        process.send_signal(signal.SIGINT)


def is_complaint(line: ConsoleMessage) -> bool:
    """Whether a page complains; a question that a newer one overtook is no complaint."""
    return line.type == "error" and "AbortError" not in line.text


def wait_for(port: int) -> None:
    """Return once the server answers; connecting is retried because its worker starts after the link is printed."""
    with socket.socket() as knock:
        while knock.connect_ex(("127.0.0.1", port)):
            time.sleep(0.05)


@pytest.fixture(scope="module")
def browser(workspace: Path) -> Iterator[Browser]:
    """Chromium without its own errands; Django is set up before, because Playwright's loop forbids it afterwards."""
    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET.split())
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def admin_state(server: tuple[str, str], browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookies of the first administrator, who came in by the printed link."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(server[1])
    page.fill("#id_username", "laoban")
    page.fill("#id_new_password", PASSWORD)
    page.fill("#id_repeated_password", PASSWORD)
    page.click("button.btn-primary")
    page.wait_for_selector(".rail")
    path = tmp_path_factory.mktemp("cookies") / "state.json"
    context.storage_state(path=path)
    context.close()
    return path


@pytest.fixture
def visit(server: tuple[str, str], browser: Browser, admin_state: Path) -> Iterator[Callable[..., Visit]]:
    """Open a page as the administrator; at the end nothing was blocked, failed, run or fetched from elsewhere."""
    visits: list[Visit] = []

    def start(**options: Any) -> Visit:
        context = browser.new_context(storage_state=admin_state, locale="zh-CN", **options)
        found = Visit(context.new_page(), server[0])
        found.page.on("console", lambda line: found.complaints.append(line.text) if is_complaint(line) else None)
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("request", lambda sent: None if own(sent.url) else found.complaints.append(sent.url))
        visits.append(found)
        return found

    def own(url: str) -> bool:
        return url.startswith((server[0], "data:", "blob:"))

    yield start
    for each in visits:
        assert each.complaints == []
        each.page.context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/", "/me/", "/users/", "/stage/collect/"])
def test_pages_fit_and_nothing_is_blocked(path: str, width: int, theme: str, visit: Callable[..., Visit]) -> None:
    opened = visit(viewport={"width": width, "height": 800}, color_scheme=theme)
    opened.go(path)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.page.evaluate("document.documentElement.dataset.bsTheme") == theme
    assert opened.page.evaluate("typeof htmx") == "object"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_list_of_keys_fits_a_phone_without_scrolling_sideways(width: int, visit: Callable[..., Visit]) -> None:
    opened = visit(viewport={"width": width, "height": 800})
    opened.go("/programs/")
    opened.page.fill("#name", "a program with quite a long name")
    for box in opened.page.locator("input[name=scope]").all():
        box.check()
    opened.page.click("form[action='/programs/make/'] button")
    opened.go("/programs/")
    frame = opened.page.locator(".table-frame")
    label = "getComputedStyle(document.querySelector('td[data-label]'), '::before').content"
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 390:
        assert frame.evaluate("one => one.scrollWidth <= one.clientWidth")
        assert opened.page.evaluate(label) == '"密钥"'
        return
    assert opened.page.evaluate(label) == "none"


@pytest.mark.parametrize(("theme", "ground"), [("light", "rgb(251, 250, 247)"), ("dark", "rgb(21, 23, 27)")])
def test_without_scripts_the_theme_still_follows_the_device(
    theme: str, ground: str, visit: Callable[..., Visit]
) -> None:
    opened = visit(color_scheme=theme, java_script_enabled=False)
    opened.go("/")
    colour = opened.page.locator("body").evaluate("element => getComputedStyle(element).backgroundColor")
    assert colour == ground


def test_language_and_theme_can_be_chosen_without_scripts(visit: Callable[..., Visit]) -> None:
    opened = visit(java_script_enabled=False)
    opened.go("/")
    opened.page.locator("summary").nth(0).click()
    opened.page.get_by_role("button", name="English").click()
    assert opened.page.locator("html").get_attribute("lang") == "en"
    opened.page.locator("summary").nth(0).click()
    opened.page.get_by_role("button", name="中文").click()
    assert opened.page.locator("html").get_attribute("lang") == "zh-CN"


def test_the_keyboard_reaches_the_content_and_leaves_menus(visit: Callable[..., Visit]) -> None:
    opened = visit()
    opened.go("/")
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.className") == "skip"
    opened.page.keyboard.press("Enter")
    assert opened.page.evaluate("document.activeElement.id") == "content"
    opened.page.locator("summary").nth(0).focus()
    opened.page.keyboard.press("Enter")
    assert opened.page.locator("details[open]").count() == 1
    opened.page.keyboard.press("Escape")
    assert opened.page.locator("details[open]").count() == 0
    assert opened.page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_name_full_of_script_runs_nothing(visit: Callable[..., Visit]) -> None:
    opened = visit()
    opened.go("/users/")
    opened.page.fill("#id_username", "target")
    opened.page.fill("#id_display_name", ATTACK)
    opened.page.fill("#id_stores", ATTACK)
    opened.page.click("form[action='/users/invite/'] button")
    opened.go("/users/")
    assert ATTACK in opened.page.locator("tbody").inner_text()
    assert opened.page.evaluate("window.__xss") is None


def test_a_chart_is_drawn_under_the_policy_with_its_table_beside_it(
    workspace: Path, visit: Callable[..., Visit]
) -> None:
    opened = visit(viewport={"width": 900, "height": 700})
    opened.page.route(
        "**/chart-test", lambda route: route.fulfill(status=200, headers=CHART_HEADERS, body=chart_page())
    )
    opened.go("/chart-test")
    canvas = opened.page.locator(".chart-canvas canvas")
    assert canvas.count() == 1
    drawn = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(value => value > 0)"
    assert canvas.evaluate(drawn)
    opened.page.hover(".chart-canvas", position={"x": 300, "y": 150})
    opened.page.wait_for_timeout(200)
    assert opened.page.locator(".chart [data-chart-failed]").is_hidden()
    assert opened.page.locator(".chart tbody tr").count() == 2
    opened.page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    assert opened.page.locator(".chart-canvas canvas").count() == 1


def chart_page() -> str:
    """A page with one chart, made by the real templates and sent with the real policy."""
    from django.template import engines

    from huaxiang.server.charts import ChartPart
    from huaxiang.server.tables import Column, text_table

    option = {
        "xAxis": {"type": "category", "data": ["</script><b>S01", "S02"]},
        "yAxis": {"type": "value"},
        "tooltip": {"trigger": "axis"},
        "series": [{"type": "bar", "data": [120, 80]}],
    }
    columns = (Column("门店"), Column("客户数", numeric=True))
    table = text_table("各门店客户数", columns, [("</script><b>S01", "120"), ("S02", "80")])
    chart = ChartPart("stores", "各门店客户数", "两家门店的客户数", option, table, unit="人", base=200)
    source = (
        '{% extends "base.html" %}{% block head %}{% include "parts/_chart_scripts.html" %}{% endblock %}'
        '{% block body %}{% include "parts/_chart.html" %}{% endblock %}'
    )
    context = {"chart": chart, "lang": "zh", "html_lang": "zh-CN", "theme": "auto"}
    return str(engines["django"].from_string(source).render(context))
