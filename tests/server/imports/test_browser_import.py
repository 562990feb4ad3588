"""The path of a marketer in a real browser: a GBK file, a mapping mended by hand, the import, the refresh."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.server.test_browser import PASSWORD, QUIET, SERVE, is_complaint, wait_for

from huaxiang.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS = "".join(f"M{n:03d},王小{n},138{n:08d},2024-03-{n % 28 + 1:02d},老客户\n" for n in range(40))
GBK = ("会员卡,顾客,手机,办卡日,备注\n" + ROWS + "M991,赵六\n").encode("gbk")
PATIENCE = 120_000


@pytest.fixture
def page(workspace: Path, tmp_path: Path) -> Iterator[Page]:
    """The first administrator's browser in a new workspace; at the end nothing was blocked or failed."""
    Workspace.init(tmp_path / "shop")
    script = tmp_path / "start.py"
    script.write_text(SERVE, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(script), str(tmp_path / "shop"), str(port)]
    complaints: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, sync_playwright() as play:
        assert process.stdout is not None
        link = re.search(r"http://\S+/link/\S+", process.stdout.readline() + process.stdout.readline())
        assert link is not None
        wait_for(port)
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET.split())
        opened = browser.new_context(locale="zh-CN", base_url=f"http://127.0.0.1:{port}").new_page()
        opened.on("console", lambda line: complaints.append(line.text) if is_complaint(line) else None)
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        opened.goto(link.group(0))
        for field, text in (("username", "laoban"), ("new_password", PASSWORD), ("repeated_password", PASSWORD)):
            opened.fill(f"#id_{field}", text)
        opened.click("button.btn-primary")
        yield opened
        browser.close()
        process.send_signal(signal.SIGINT)
    assert complaints == []


def test_from_a_file_to_a_portrait(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "会员 名单.csv"
    path.write_bytes(GBK)
    page.goto("/imports/new/")
    page.set_input_files("#files", [path])
    expect(page.locator("[data-names]")).to_contain_text("会员 名单.csv")
    page.click("[data-send]")
    sheet = page.locator("#sheet-0")
    expect(sheet).to_contain_text("用到 5 列中的 2 列")
    page.select_option("#field-0-1", "person_name")
    expect(sheet).to_contain_text("用到 5 列中的 3 列")
    page.select_option("#field-0-3", "registered_at")
    expect(sheet).to_contain_text("用到 5 列中的 4 列")
    page.get_by_role("button", name="记住这个对应关系").click()
    expect(sheet).to_contain_text("已记住")
    page.get_by_role("button", name="先试算").click()
    expect(page.locator("#check")).to_contain_text("读到 41 行，会收下 40 行，1 行会放在待处理区", timeout=PATIENCE)
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.locator(".job")).to_contain_text("新收下 40 行，1 行放在待处理区", timeout=PATIENCE)
    page.get_by_role("link", name="去更新画像").click()
    page.fill("#as_of", "2024-06-30")
    page.get_by_role("button", name="开始更新").click()
    expect(page.locator(".job")).to_contain_text("40 位客户，截至 2024年6月30日", timeout=PATIENCE)
    page.goto("/quarantine/")
    page.get_by_role("button", name="改这一行").click()
    expect(page.locator(".waiting-line")).to_contain_text("M991,赵六")
    for place, text in enumerate(("M991", "赵六", "13900000000", "2024-03-01")):
        page.fill(f"#cell-{place}", text)
    page.get_by_role("button", name="改好了").click()
    expect(page.locator(".job")).to_contain_text("收下 1 行，0 行仍在待处理区", timeout=PATIENCE)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_fit(width: int, page: Page) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/imports/", "/imports/new/", "/quarantine/", "/runs/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
