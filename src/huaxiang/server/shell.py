"""What every page needs around its own content: language, theme, rail, workspace and as-of day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from huaxiang.number_words import date_words
from huaxiang.server.clock import now
from huaxiang.server.data import workspace_name
from huaxiang.server.freshness import ago, freshness
from huaxiang.server.menu import STAGES, pages_of, tabs_beside
from huaxiang.server.permissions import may
from huaxiang.server.preferences import HTML_LANGUAGE, lang_of, theme_of
from huaxiang.words import say


@dataclass(frozen=True)
class RailLink:
    """One page in the rail as its visitor sees it."""

    address: str
    words: str
    current: bool


@dataclass(frozen=True)
class RailStage:
    """One stage in the rail with the pages that its visitor may open."""

    key: str
    address: str
    links: tuple[RailLink, ...]
    current: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """The template context that all pages share."""
    lang = lang_of(request)
    return {
        "lang": lang,
        "html_lang": HTML_LANGUAGE[lang],
        "theme": theme_of(request),
        "rail": rail(request),
        "page_tabs": page_tabs(request),
        "workspace_name": workspace_name(),
        **_freshness(lang),
    }


def _freshness(lang: str) -> dict[str, str]:
    found = freshness()
    if found is None:
        return {"as_of_words": say("shell.no_data_yet", lang)}
    refreshed = say("shell.refreshed", lang, ago=ago(found.refreshed_at, now()))
    return {
        "as_of_words": say("shell.as_of", lang, day=date_words(found.as_of, lang)),
        "refreshed_words": refreshed,
        "unfilled_words": say("shell.unfilled", lang) if found.lacks else "",
        "refreshed_at": found.refreshed_at.isoformat(timespec="minutes"),
    }


def rail(request: HttpRequest) -> tuple[RailStage, ...]:
    """The six stages for this visitor; empty when nobody is signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ()
    return tuple(_stage(request, key) for key in STAGES)


def page_tabs(request: HttpRequest) -> tuple[RailLink, ...]:
    """The tabs of this page for its visitor; empty where it has none. The page that they belong to comes first."""
    found = request.resolver_match
    route = found.view_name if found else ""
    pages = [page for page in tabs_beside(route) if may(request, page.permission)]
    return tuple(RailLink(reverse(page.route), page.words, page.route == route) for page in pages)


def _stage(request: HttpRequest, key: str) -> RailStage:
    pages = [(reverse(page.route), page.words) for page in pages_of(key) if may(request, page.permission)]
    # A page below another one's address is that page, not both.
    here = max((address for address, _ in pages if request.path.startswith(address)), key=len, default=None)
    links = tuple(RailLink(address, words, address == here) for address, words in pages)
    own = reverse("overview:stage", args=[key])
    return RailStage(key, own, links, request.path == own or here is not None)
