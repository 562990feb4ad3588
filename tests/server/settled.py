"""When a page in the browser is whole: every part that it fetches by itself has come and stands in its place."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

from playwright.sync_api import Page, Response

#: Run in a page before its own scripts, so that no answer is missed. A part asks once it stands in the page, and may
#: hold parts that ask in their turn; what it asked for is in the page before its request is called done.
WATCH = """
(() => {
  const answered = new WeakSet();
  const waits = (one) => one.matches(".htmx-request")
    || (/\\bload\\b/.test(one.getAttribute("hx-trigger")) && !answered.has(one));
  document.addEventListener("htmx:finally:request", (event) => answered.add(event.detail.ctx.sourceElement));
  window.settled = (patience) => new Promise((done, failed) => {
    const look = (until) => {
      const late = [...document.querySelectorAll(".htmx-request, [hx-trigger]")].find(waits);
      if (!late) done();
      else if (performance.now() > until) failed(new Error(`still waiting: ${late.outerHTML}`));
      else setTimeout(look, 20, until);
    };
    look(performance.now() + patience);
  });
})();
"""
PATIENCE_MS = 120_000


def settled(page: Page) -> Page:
    """The page, once nothing that it asked for is missing. What it will ask for after a pause is not waited for."""
    page.evaluate(f"settled({PATIENCE_MS})")
    return page


def asked(path: str, field: str, value: str) -> Callable[[Response], bool]:
    """Whether an answer is that of an address to a form in which a field has a value."""
    return lambda answer: path in answer.url and parse_qs(answer.request.post_data or "").get(field) == [value]
