"""The checks of a source, and the rows that fail one of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from huaxiang.analyse.quality_rows import Wanted, failing_rows
from huaxiang.analyse.quality_words import check_title, column_title, place_words, value_words
from huaxiang.errors import InputError
from huaxiang.model.quality import DIMENSIONS, quality_rules
from huaxiang.number_words import percent, short_number
from huaxiang.server.crowds.sight import is_not_refreshed
from huaxiang.server.data import workspace
from huaxiang.server.imports.paging import page_number
from huaxiang.server.not_refreshed import QUALITY
from huaxiang.server.permissions import page
from huaxiang.server.quality.lines import check_lines
from huaxiang.server.quality.standing import Standing, standing_of
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import say

PAGE_ROWS = 50


@page(permission="see_page")
def checks(request: HttpRequest) -> HttpResponse:
    """Every check of a source (``?source=``, ``?dimension=``), those that find something first."""
    source, dimension = (request.GET.get(name, "") for name in ("source", "dimension"))
    try:
        with standing_of(request) as standing:
            found, lang = standing.quality(), standing.lang
    except InputError as error:
        if is_not_refreshed(error):
            return QUALITY.page(request)
        raise
    chosen = [
        row
        for row in found.checks
        if source in ("", row["source"]) and (dimension not in DIMENSIONS or row["dimension"] == dimension)
    ]
    chosen.sort(key=lambda row: (not row["failing_count"], -row["severity"], -row["failing_count"] / row["row_count"]))
    told = {"n": len(chosen), "failing": sum(bool(row["failing_count"]) for row in chosen)}
    context = {
        "lede": say("quality.checks.lede", lang, source=source, **told)
        if source
        else say("quality.checks.lede_all", lang, **told),
        "table": check_lines(chosen, lang) if chosen else None,
        "meaning": say(f"quality.meaning.{dimension}", lang) if dimension in DIMENSIONS else "",
    }
    return render(request, "quality/checks.html", context)


@page(permission="see_profile")
def rows(request: HttpRequest) -> HttpResponse:
    """The rows behind one figure (``?check=&table=&column=&source=``), masked, page by page."""
    asked = {name: request.GET.get(name, "") for name in ("check", "table", "column", "source")}
    at = page_number(request)
    try:
        with standing_of(request) as standing:
            wanted = Wanted(**asked, stores=standing.access.stores, limit=PAGE_ROWS + 1, offset=PAGE_ROWS * (at - 1))
            found = failing_rows(
                standing.engine, quality_rules(), workspace().definitions.identity, wanted, standing.as_of
            )
    except InputError as error:
        if is_not_refreshed(error):
            return QUALITY.page(request)
        raise
    context = {
        "lede": _lede(standing, asked),
        "table": _row_table(found[:PAGE_ROWS], standing.lang) if found else None,
        "page": at,
        "next": at + 1 if len(found) > PAGE_ROWS else None,
        "query": f"{urlencode(asked)}&",
        "scoped": standing.access.stores is not None,
    }
    return render(request, "quality/rows.html", context)


def _lede(standing: Standing, asked: dict[str, str]) -> str:
    rules, lang = quality_rules(), standing.lang
    names = {"check": "check", "table": "table_name", "column": "column_name", "source": "source"}
    row = next(
        (one for one in standing.quality().checks if all(one[names[name]] == value for name, value in asked.items())),
        None,
    )
    if row is None:
        return say("quality.rows.lede_unknown", lang, check=check_title(asked, rules, lang))
    told = {"rows": short_number(row["row_count"], lang), "failing": short_number(row["failing_count"], lang)}
    share = percent(1 - row["failing_count"] / row["row_count"], lang)
    return say(
        "quality.rows.lede",
        lang,
        source=row["source"],
        column=column_title(row, rules, lang),
        check=check_title(row, rules, lang),
        share=share,
        **told,
    )


def _row_table(found: list[dict[str, Any]], lang: str) -> Table:
    heads = tuple(Column(say(f"quality.column.{name}", lang)) for name in ("place", "value", "customer"))
    return Table(say("quality.rows.title", lang), heads, tuple(_row(row, lang) for row in found))


def _row(row: dict[str, Any], lang: str) -> tuple[Cell, ...]:
    report = reverse("imports:report", args=[row["import_id"]]) if row["file_name"] else ""
    customer = row["customer_id"]
    return (
        Cell(place_words(row, lang), address=report, heading=True),
        Cell(value_words(row["value"], lang)),
        Cell(customer or "—", address=reverse("customers:one", args=[customer]) if customer else ""),
    )
