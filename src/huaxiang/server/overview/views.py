"""The first page and the page of each stage."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.errors import NotFound
from huaxiang.server.bars import rfm_bars, tag_bars
from huaxiang.server.crowds.history import failed_words
from huaxiang.server.data import is_workspace, reading, workspace
from huaxiang.server.menu import STAGES
from huaxiang.server.overview.figures import GLANCE, LIFECYCLE, Figures, figures
from huaxiang.server.overview.months import months_chart
from huaxiang.server.overview.story import answer, changes, findings, stats
from huaxiang.server.permissions import SIGNED_IN, access_of, page
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import published
from huaxiang.server.shell import rail


@page(permission=SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Where everybody lands: who the customers are and what changed; before there are data, how to begin."""
    access = access_of(request)
    if not is_workspace() or not access.may("see_profile"):
        return render(request, "overview/home.html", {"step": "import"})
    with reading() as engine:
        tables = published(engine)
        if "profile" not in tables:
            imported = engine.arrow(tables["import"].limit(1)).num_rows
            return render(request, "overview/home.html", {"step": "refresh" if imported else "import"})
        found = figures(engine, access.stores)
        failed = failed_words(engine, workspace().definitions, lang_of(request))
    return render(request, "overview/overview.html", {**_context(found, lang_of(request)), "failed": failed})


@page(permission=SIGNED_IN)
def stage(request: HttpRequest, key: str) -> HttpResponse:
    """One stage: what happens in it and the pages that the visitor may open."""
    if key not in STAGES:
        raise NotFound("error.404", path=request.path)
    found = next(stage for stage in rail(request) if stage.key == key)
    return render(request, "overview/stage.html", {"stage": found})


def _context(found: Figures, lang: str) -> dict[str, Any]:
    shop = workspace()
    currency, tags = shop.settings.currency, shop.definitions.tags
    glance = [
        tag_bars(tags[key], found.shares[key], lang) for keys in GLANCE.values() for key in keys if key in found.shares
    ]
    return {
        "answer": answer(found, lang, currency),
        "stats": stats(found, lang, currency),
        "glance": glance,
        "lifecycle": tag_bars(tags[LIFECYCLE], found.shares[LIFECYCLE], lang) if LIFECYCLE in found.shares else None,
        "rfm": rfm_bars(found.rfm, lang),
        "chart": months_chart(found.months, lang, currency),
        "changes": changes(found, lang, currency),
        "findings": findings(found, lang, currency),
    }
