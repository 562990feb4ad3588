"""What people see when something cannot be done: what happened, what was expected, what to do next."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.errors import BusyError, Cancelled, DefinitionError, Denied, HuaxiangError, InputError, NotFound
from huaxiang.server.preferences import HTML_LANGUAGE, lang_of, theme_of
from huaxiang.words import say

_STATUS: tuple[tuple[type[HuaxiangError], int], ...] = (
    (Denied, 403),
    (NotFound, 404),
    (InputError, 400),
    (DefinitionError, 400),
    (BusyError, 409),
    (Cancelled, 409),
)

_log = logging.getLogger("django.request")


class SayErrors:
    """Turns our own errors into a page in the visitor's language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for an error of ours; any other exception is left to Django (logged, then the 500 page)."""
        return error_page(request, error) if isinstance(error, HuaxiangError) else None


def status_of(error: HuaxiangError) -> int:
    """The HTTP status that fits the error: 503 for a workspace or engine in trouble."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 503)


def error_page(request: HttpRequest, error: HuaxiangError) -> HttpResponse:
    """The error in words with the HTTP status that fits it (503 for a workspace or engine in trouble)."""
    status = status_of(error)
    if status == 503:
        _log.error("%s", error)
    return _page(request, status, error.say(lang_of(request)))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """400: the request itself is malformed."""
    return _page(request, 400, say("error.400", lang_of(request)))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403 raised by Django itself."""
    return _page(request, 403, say("error.403", lang_of(request)))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """404: no page has this address."""
    return _page(request, 404, say("error.404", lang_of(request), path=request.path[:200]))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a mistake of ours. The page needs neither database nor session."""
    return _bare(request, 500, say("error.500", lang_of(request)))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """403: the form did not come from one of our own pages, or the page was open for too long."""
    return _page(request, 403, say("error.csrf", lang_of(request)))


def _page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return render(request, "parts/_error.html", {"sentence": sentence, "status": status}, status=status)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return _bare(request, status, sentence)
    return render(request, "error.html", {"sentence": sentence, "status": status}, status=status)


def _bare(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    lang = lang_of(request)
    words = {"sentence": sentence, "status": status, "lang": lang, "html_lang": HTML_LANGUAGE[lang]}
    return render(None, "error_bare.html", {**words, "theme": theme_of(request)}, status=status)
