"""The contradiction board: the worst customers first, each contradiction with the two rows that make it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from huaxiang.analyse.quality_board import BoardPage, BoardWanted, board
from huaxiang.analyse.quality_words import contradiction_title, contradiction_words, place_words
from huaxiang.errors import InputError
from huaxiang.model.quality import quality_rules
from huaxiang.number_words import short_number
from huaxiang.server.crowds.sight import is_not_refreshed
from huaxiang.server.imports.paging import page_number
from huaxiang.server.not_refreshed import QUALITY
from huaxiang.server.permissions import page
from huaxiang.server.quality.standing import standing_of
from huaxiang.words import say

PAGE_CUSTOMERS = 20


@page(permission="see_profile")
def contradictions(request: HttpRequest) -> HttpResponse:
    """Customers of the visitor's stores whose data contradict themselves (``?check=`` of one kind)."""
    check, at = request.GET.get("check", ""), page_number(request)
    try:
        with standing_of(request) as standing:
            wanted = BoardWanted(check, standing.access.stores, PAGE_CUSTOMERS + 1, PAGE_CUSTOMERS * (at - 1))
            found = board(standing.engine, quality_rules(), wanted)
    except InputError as error:
        if is_not_refreshed(error):
            return QUALITY.page(request)
        raise
    lang = standing.lang
    context = {
        "lede": _lede(found, lang),
        "people": [_person(row, lang) for row in found.rows[:PAGE_CUSTOMERS]],
        "kinds": [(key, contradiction_title(key, quality_rules(), lang)) for key in quality_rules().contradictions],
        "chosen": check,
        "page": at,
        "next": at + 1 if len(found.rows) > PAGE_CUSTOMERS else None,
        "query": f"{urlencode({'check': check})}&" if check else "",
        "scoped": standing.access.stores is not None,
    }
    return render(request, "quality/contradictions.html", context)


def _lede(found: BoardPage, lang: str) -> str:
    if not found.contradictions:
        return say("quality.board.lede_none", lang)
    told = {"customers": short_number(found.customers, lang), "n": short_number(found.contradictions, lang)}
    return say("quality.board.lede", lang, **told)


def _person(row: Mapping[str, Any], lang: str) -> dict[str, Any]:
    return {
        "customer_id": row["customer_id"],
        "address": reverse("customers:one", args=[row["customer_id"]]),
        "details": [_detail(one, lang) for one in row["details"]],
    }


def _detail(row: Mapping[str, Any], lang: str) -> dict[str, Any]:
    left, right = place_words(row, lang), place_words(row, lang, "right_")
    return {
        "severity": row["severity"],
        "severity_words": say(f"quality.severity.{row['severity']}", lang),
        "words": contradiction_words(row, quality_rules(), lang),
        "evidence": say("quality.board.evidence", lang, left=left, right=right),
    }
