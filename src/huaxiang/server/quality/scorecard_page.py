"""The scorecard: every source in six aspects, what was mended, what is missing, and what to look at first."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.quality import Quality
from huaxiang.analyse.quality_words import before_after_words, repair_words
from huaxiang.errors import InputError
from huaxiang.model.quality import DIMENSIONS
from huaxiang.number_words import percent, short_number
from huaxiang.server.crowds.sight import is_not_refreshed
from huaxiang.server.data import workspace
from huaxiang.server.not_refreshed import QUALITY
from huaxiang.server.permissions import may, page
from huaxiang.server.quality.lines import check_lines
from huaxiang.server.quality.scorecard_tables import mended_table, missing_table, score_table
from huaxiang.server.quality.standing import Standing, standing_of
from huaxiang.words import say

WORST = 8


@page(permission="see_page")
def scorecard(request: HttpRequest) -> HttpResponse:
    """The figures of every source; before the first refresh, how to come to them."""
    try:
        with standing_of(request) as standing:
            context = _context(standing)
    except InputError as error:
        if is_not_refreshed(error):
            return QUALITY.page(request)
        raise
    return render(request, "quality/scorecard.html", {**context, "may_see_rows": may(request, "see_profile")})


def _context(standing: Standing) -> dict[str, Any]:
    found, lang = standing.quality(), standing.lang
    return {
        "lede": lede(found, lang),
        "scores": score_table(found, lang),
        "meanings": [
            (say(f"quality.dimension.{one}", lang), say(f"quality.meaning.{one}", lang)) for one in DIMENSIONS
        ],
        "worst": check_lines(found.worst[:WORST], lang),
        "sources": before_after_words(found, lang),
        "mended": mended_table(found, lang),
        "repairs": repair_words(found, workspace().definitions.quality, lang),
        "missing": missing_table(found, lang),
        "contradictions": found.customers,
    }


def lede(found: Quality, lang: str) -> str:
    """The figures in one or two sentences."""
    rows, failing = (sum(row[name] for row in found.checks) for name in ("row_count", "failing_count"))
    share = percent(1 - failing / rows if rows else None, lang)
    told = {"sources": len(found.scores), "rows": short_number(rows, lang), "failing": short_number(failing, lang)}
    first = say("quality.lede", lang, share=share, **told)
    if not found.customers:
        return f"{first}{say('quality.lede_no_contradictions', lang)}"
    return first + (" " if lang == "en" else "") + say("quality.lede_contradictions", lang, customers=found.customers)
