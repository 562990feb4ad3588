"""One segment: its rule in words, exact size and customers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.crowd_history import fared
from huaxiang.errors import InputError
from huaxiang.release.purposes import PURPOSES
from huaxiang.server.crowds.history import stamp
from huaxiang.server.crowds.measured import measured
from huaxiang.server.crowds.members import PER_PAGE, members_table
from huaxiang.server.crowds.saved import is_own, may_change
from huaxiang.server.crowds.sight import is_not_refreshed, sight_of
from huaxiang.server.crowds.used_by import used_by
from huaxiang.server.not_refreshed import SEGMENTS
from huaxiang.server.permissions import may, page
from huaxiang.words import say


@page(permission="see_profile")
def crowd(request: HttpRequest, key: str) -> HttpResponse:
    """The segment with one page of its customers (``?page=``, from 1)."""
    try:
        with sight_of(request) as sight:
            segment = sight.segment(key)
            found = measured(segment.condition, sight)
            pages = max(1, -(-found.size.customers // PER_PAGE))
            number = min(_page_number(request), pages)
            table = members_table(segment.condition, sight, number)
            runs = fared(sight.engine, key, 1)
            fresh = stamp(sight, segment, runs[-1]) if runs else None
    except InputError as error:
        if is_not_refreshed(error):
            return SEGMENTS.page(request)
        raise
    advice = segment.advice_words
    context = {
        "crowd": segment,
        "name": segment.name.say(sight.lang),
        "meaning": segment.meaning_zh if sight.lang == "zh" else segment.meaning_en,
        "advice": advice.say(sight.lang) if advice else "",
        "found": found,
        "table": table,
        "page": number,
        "pages": pages,
        "sight": sight,
        "stamp": fresh,
        "users": used_by(key, sight),
        "is_mine": may_change(sight.workspace, segment, sight.access),
        "is_own": is_own(sight.workspace, key),
        "may_edit": may(request, "edit_definitions"),
        "may_export": may(request, "export_masked"),
        "may_give": may(request, "give_tags"),
        "may_export_raw": may(request, "export_raw"),
        "purposes": [(each.purpose, say(f"release.purpose.{each.purpose}", sight.lang)) for each in PURPOSES],
    }
    return render(request, "crowds/crowd.html", context)


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text[:9])) if text.isascii() and text.isdigit() else 1
