"""What holds for every page: language, theme, headers, errors in words, nothing that the policy would block."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import huaxiang.server

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
PAGES = ["/", "/me/", "/users/", *(f"/stage/{key}/" for key in ("collect", "maintain"))]
SERVER = Path(huaxiang.server.__file__).parent
# What may stand in Latin letters on a Chinese page: the names of things that have no Chinese name, and account names.
LATIN_NAMES = {"CSV", "Excel", "PDF", "Word", "PPT", "English", "the", "admin", "shop"}


class Text(HTMLParser):
    """The text of a page as people see or hear it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"script", "style"}
        self.parts += [value or "" for name, value in attrs if name in {"title", "aria-label", "placeholder", "alt"}]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


@pytest.mark.parametrize("address", PAGES)
def test_a_chinese_page_has_no_english_left(address: str, signed_in_client: Browser) -> None:
    page = signed_in_client("admin").get(address).content.decode()
    words = set(re.findall(r"[A-Za-z]+", " ".join(Text(page).parts)))
    assert '<html lang="zh-CN"' in page
    assert {word for word in words if not word.startswith("shop")} <= LATIN_NAMES


@pytest.mark.parametrize("address", PAGES)
def test_an_english_page_has_no_chinese_left(address: str, signed_in_client: Browser) -> None:
    page = signed_in_client("admin", language="en").get(address).content.decode()
    assert '<html lang="en"' in page
    assert set(re.findall(r"[\u4e00-\u9fff]+", " ".join(Text(page).parts))) <= {"中文"}


@pytest.mark.parametrize(
    ("user", "cookie", "accepted", "language"),
    [
        ("en", "zh", "zh-CN", "en"),
        ("", "en", "zh-CN", "en"),
        ("", "", "fr, en-GB;q=0.8, zh;q=0.5", "en"),
        ("", "", "zh-TW, en;q=0.9", "zh-CN"),
        ("", "xx", "fr", "zh-CN"),
        ("", "", "en;q=nonsense", "zh-CN"),
    ],
)
def test_language_is_the_persons_then_the_cookies_then_the_browsers(
    user: str, cookie: str, accepted: str, language: str, signed_in_client: Browser
) -> None:
    browser = signed_in_client("viewer", language=user)
    browser.cookies["huaxiang_language"] = cookie
    answer = browser.get("/", headers={"Accept-Language": accepted})
    assert f'<html lang="{language}"' in answer.content.decode()
    assert answer.headers["Content-Language"] == language


def test_a_chosen_language_and_theme_stay(client: Client) -> None:
    client.post("/language/", {"value": "en", "next": "/sign-in/"})
    answer = client.post("/theme/", {"value": "dark", "next": "/sign-in/"})
    assert answer.headers["Location"] == "/sign-in/"
    page = client.get("/sign-in/").content.decode()
    assert 'lang="en" data-theme="dark" data-bs-theme="dark"' in page


def test_a_chosen_language_follows_the_person_to_another_browser(signed_in_client: Browser) -> None:
    from huaxiang.server.accounts.models import User

    signed_in_client("viewer").post("/language/", {"value": "en"})
    assert User.objects.get(username="the-viewer").language == "en"


def test_a_choice_that_does_not_exist_is_refused(client: Client) -> None:
    answer = client.post("/theme/", {"value": "neon"})
    assert answer.status_code == 400
    assert "没有“neon”这个选项" in answer.content.decode()


@pytest.mark.parametrize("address", ["/sign-in/", "/", "/no-such-page", "/static/huaxiang/app.css"])
def test_every_answer_carries_the_security_headers(address: str, client: Client) -> None:
    with closing(client.get(address)) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_are_not_kept_by_caches_but_files_are(signed_in_client: Browser) -> None:
    browser = signed_in_client("viewer")
    assert browser.get("/").headers["Cache-Control"] == "no-store"
    with closing(browser.get("/static/huaxiang/app.css")) as file:
        assert "max-age" in file.headers["Cache-Control"]


def test_cookies_are_out_of_reach_for_scripts(client: Client) -> None:
    answer = client.get("/sign-in/")
    assert answer.cookies["huaxiang_csrf"]["httponly"]
    assert client.post("/language/", {"value": "en"}).cookies["huaxiang_language"]["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "没有找到 /no-such-page"), ("en", "Nothing was found at /no-such-page")]
)
def test_a_wrong_address_is_explained_in_both_languages(lang: str, words: str, signed_in_client: Browser) -> None:
    answer = signed_in_client("viewer", language=lang).get("/no-such-page")
    assert answer.status_code == 404
    assert words in answer.content.decode()


def test_a_refusal_says_who_could(signed_in_client: Browser) -> None:
    answer = signed_in_client("viewer").get("/users/")
    assert answer.status_code == 403
    assert "管理员" in answer.content.decode()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_mistake_of_ours_is_told_without_its_details(
    signed_in_client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huaxiang.server.overview import views

    def fall(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    browser = signed_in_client("viewer")
    browser.raise_request_exception = False
    monkeypatch.setattr(views, "render", fall)
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "程序出错了" in answer.content.decode()
    assert "secret detail" not in answer.content.decode()


def test_no_template_holds_what_the_policy_blocks() -> None:
    templates = list(SERVER.rglob("templates/**/*.html"))
    assert len(templates) > 15
    for template in templates:
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:|https?://", text), template.name
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), template.name
        assert "|safe" not in text, template.name


def test_every_sentence_that_a_template_names_is_worded() -> None:
    from huaxiang.words import knows

    named = {
        code
        for template in SERVER.rglob("templates/**/*.html")
        for code in re.findall(r'{% say "([^"]+)"', template.read_text(encoding="utf-8"))
    }
    assert len(named) > 40
    assert {code for code in named if not knows(code)} == set()
