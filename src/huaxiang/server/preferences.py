"""Which language and theme a person sees: their own choice, else the cookie, else what the browser asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from huaxiang.words import LANGUAGES

THEMES = ("light", "dark", "auto")
LANGUAGE_COOKIE = "huaxiang_language"
THEME_COOKIE = "huaxiang_theme"
COOKIE_SECONDS = 365 * 24 * 3600
HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}
_DJANGO_LANGUAGE = {"zh": "zh-hans", "en": "en"}


class Preferences:
    """Settles language and theme before the page is made; Django's own form messages follow the language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        lang = lang_of(request)
        with translation.override(_DJANGO_LANGUAGE[lang]):
            response = self._get_response(request)
        response.headers.setdefault("Content-Language", HTML_LANGUAGE[lang])
        patch_vary_headers(response, ("Cookie", "Accept-Language"))
        return response


def lang_of(request: HttpRequest) -> str:
    """``zh`` or ``en``; ``zh`` when nobody asked for either."""
    chosen = getattr(_user(request), "language", "") or request.COOKIES.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else _accepted(request.headers.get("Accept-Language", ""))


def theme_of(request: HttpRequest) -> str:
    """``light``, ``dark`` or ``auto`` (as the device is set); ``auto`` when nobody chose."""
    chosen = getattr(_user(request), "theme", "") or request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "auto"


def remember(response: HttpResponse, cookie: str, value: str, *, secure: bool) -> None:
    """Keep a choice in the browser for a year, so that the sign-in page already knows it."""
    response.set_cookie(cookie, value, max_age=COOKIE_SECONDS, samesite="Lax", httponly=True, secure=secure)


def _user(request: HttpRequest) -> object:
    return getattr(request, "user", None)


def _accepted(header: str) -> str:
    """The language of ours that the browser ranks highest; a malformed header asks for nothing."""
    best, best_rank = LANGUAGES[0], 0.0
    for part in header.split(",")[:20]:
        tag, _, parameter = part.strip().partition(";")
        lang, rank = tag.split("-")[0].lower(), _rank(parameter)
        if lang in LANGUAGES and rank > best_rank:
            best, best_rank = lang, rank
    return best


def _rank(parameter: str) -> float:
    if not parameter.strip():
        return 1.0
    try:
        return float(parameter.strip().removeprefix("q="))
    except ValueError:
        return 0.0
