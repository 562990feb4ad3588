"""Editions: published once for the same numbers, read as published, with a policy that lets them run nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from tests.server.crowds.test_pages import add

from huaxiang.ledger import Ledger
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]

pytestmark = pytest.mark.usefixtures("at_once")


def test_an_edition_is_published_read_and_kept(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("admin")
    assert "还没有发布过文档" in browser.get("/editions/").content.decode()
    assert "第 1 版已发布" in browser.post("/editions/publish/", follow=True).content.decode()
    with Ledger.open(shop.ledger_path) as ledger:
        (entry,) = ledger.entries("edition.published")
    assert entry.actor == "the-admin"
    for lang in ("zh", "en"):
        page = browser.get(f"/editions/read/edition-0001/?lang={lang}")
        published = (shop.folder / "editions" / "edition-0001" / f"document.{lang}.html").read_bytes()
        assert page.content == published
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert re.search(r"style-src 'sha256-[^']{44}'", page.headers["Content-Security-Policy"])
    kept = browser.get("/editions/files/edition-0001/?format=md&lang=en")
    assert kept.headers["Content-Disposition"] == 'attachment; filename="huaxiang-edition-0001.en.md"'
    assert kept.content == (shop.folder / "editions" / "edition-0001" / "document.en.md").read_bytes()


def test_the_same_numbers_are_not_published_twice_and_new_ones_say_what_changed(
    shop: Workspace, signed_in_client: Browser
) -> None:
    browser = signed_in_client("admin")
    browser.post("/editions/publish/")
    assert "没有发布新的一版" in browser.post("/editions/publish/", follow=True).content.decode()
    add(shop, "buyers", "orders_total > 0")
    assert "第 2 版已发布" in browser.post("/editions/publish/", follow=True).content.decode()
    assert "新增 1 个人群，少了 0 个人群" in browser.get("/editions/").content.decode()


def test_a_file_that_was_tampered_with_is_not_shown(shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("admin")
    browser.post("/editions/publish/")
    path = shop.folder / "editions" / "edition-0001" / "document.zh.html"
    path.write_bytes(path.read_bytes() + b"<p>forged</p>")
    answer = browser.get("/editions/read/edition-0001/")
    assert answer.status_code == 503
    assert "forged" not in answer.content.decode()


def test_only_who_may_publish_is_offered_it(shop: Workspace, signed_in_client: Browser) -> None:
    analyst = signed_in_client("analyst")
    assert "/editions/publish/" not in analyst.get("/editions/").content.decode()
    assert analyst.post("/editions/publish/").status_code == 403
    assert analyst.get("/editions/read/edition-0009/").status_code == 404


def test_before_the_first_refresh_nothing_is_published(empty_shop: Workspace, signed_in_client: Browser) -> None:
    browser = signed_in_client("admin")
    assert "更新数据后就可以发布第一版" in browser.get("/editions/").content.decode()
    assert browser.post("/editions/publish/").status_code == 400
