"""Take the pictures of the README from a demo shop: ``.venv/bin/python tools/take_screenshots.py``.

Needs Chromium and a shop made by ``huaxiang demo --no-serve --folder DIR``; pictures go to ``docs/images``.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PORT = 8765
LOCALES = {"zh": "zh-CN", "en": "en-US"}
RULE = "orders_365d >= 2 and (lifecycle in (active, returned) or not did act in last 30 days)"
PAGES = {
    "overview": "/",
    "rfm": "/rfm/",
    "likely": "/identity/likely/",
    "crowd": f"/crowds/new/?rule={quote(RULE)}",
    "group": "/groups/?crowd=important_active",
}


@contextmanager
def served(workspace: Path) -> Iterator[str]:
    """The sign-in link of the workspace's pages, served until the block ends."""
    command = [sys.executable, "-m", "huaxiang.cli", "serve", "--workspace", str(workspace), "--port", str(PORT)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield _link(process)
    finally:
        process.terminate()
        process.wait(20)


def _link(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        if found := re.search(r"http://\S+/\S{20,}", line):
            _await_port()
            return found[0]
    raise SystemExit("the pages did not start")


def _await_port() -> None:
    for _ in range(120):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        time.sleep(0.5)


def main(workspace: Path) -> None:
    """Sign in, and walk through the pages once in each language."""
    with served(workspace) as link, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        signed_in = None
        for lang, locale in LOCALES.items():
            context = browser.new_context(
                viewport={"width": 1280, "height": 860}, locale=locale, storage_state=signed_in
            )
            page = context.new_page()
            if signed_in is None:
                page.goto(link)
                _sign_in(page)
                signed_in = context.storage_state()
            _take(page, workspace, lang)
        browser.close()


def _take(page: Page, workspace: Path, lang: str) -> None:
    """Save a picture of each page: those in Chinese in the folder itself, others in one named by their language."""
    folder = IMAGES if lang == "zh" else IMAGES / lang
    folder.mkdir(exist_ok=True)
    home = f"http://127.0.0.1:{PORT}"
    for name, address in PAGES.items():
        page.goto(home + address, wait_until="networkidle")
        page.screenshot(path=folder / f"{name}.png")
    page.goto(home + "/customers/", wait_until="networkidle")
    page.locator("main a[href^='/customers/c']:not([href$='/counter/'])").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "customer.png")
    edition = max(workspace.glob(f"editions/edition-*/document.{lang}.html"))
    page.goto(edition.as_uri())
    page.screenshot(path=folder / "document.png")


def _sign_in(page: Page) -> None:
    """Fill in whatever the one-time link asks for."""
    for field in page.locator("form input:visible").all():
        kind, name = field.get_attribute("type"), field.get_attribute("name") or ""
        field.fill("seven quiet herons 7" if kind == "password" else "owner" if "name" in name else "店主")
    buttons = page.locator("main form button[type=submit], form button.btn-primary")
    if buttons.count():
        buttons.first.click()
        page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
