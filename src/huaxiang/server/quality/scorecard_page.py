"""The scorecard: every source in six aspects, what was mended, what is missing, and what to look at first."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.quality import Quality
from huaxiang.errors import InputError
from huaxiang.model.mapping import source_fields
from huaxiang.model.quality import DIMENSIONS, Repair
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
        "sources": _sentences(found, lang),
        "mended": mended_table(found, lang),
        "repairs": _repairs(found, lang),
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


def _sentences(found: Quality, lang: str) -> list[str]:
    """What was mended in each source, in words; sources in which nothing was are left out."""
    repaired: Counter[str] = Counter()
    set_aside: Counter[str] = Counter()
    rows: dict[str, int] = {}
    for one in found.cells:
        repaired[one.source] += one.repaired_count
        set_aside[one.source] += one.set_aside_count
        rows[one.source] = max(rows.get(one.source, 0), one.row_count)
    failing: Counter[str] = Counter()
    for row in found.checks:
        failing[row["source"]] += row["failing_count"]
    return [
        say(
            "quality.before_after_source",
            lang,
            source=source,
            rows=f"{count:,}",
            touched=f"{repaired[source] + set_aside[source]:,}",
            repaired=f"{repaired[source]:,}",
            set_aside=f"{set_aside[source]:,}",
            failing=f"{failing[source]:,}",
        )
        for source, count in sorted(rows.items())
        if repaired[source] or set_aside[source]
    ]


def _repairs(found: Quality, lang: str) -> list[tuple[str, str]]:
    """What import mends, in how many cells where those are counted, and in which columns where not in all."""
    return [
        (repair.say(lang), _mended(repair, found.repairs.get(key, 0), lang))
        for key, repair in workspace().definitions.quality.repairs.items()
    ]


def _mended(repair: Repair, cells: int, lang: str) -> str:
    count = f"{cells:,}" if repair.counted else say("quality.not_counted", lang)
    if repair.columns is None:
        return count
    names = ("、" if lang == "zh" else ", ").join(getattr(source_fields()[name], lang) for name in repair.columns)
    code = "quality.mended_in" if repair.columns else "quality.mended_nowhere"
    return say(code, lang, count=count, columns=names)
