"""The dashboard of One ID: accounts and customers, what joined them, what was held back, the largest ones, the runs."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from huaxiang.analyse.link_figures import SIZES, LinkFigures, link_figures
from huaxiang.collect import history
from huaxiang.errors import Denied
from huaxiang.number_words import date_words, percent, short_number
from huaxiang.server.bars import Bars, counted_bars
from huaxiang.server.data import reading
from huaxiang.server.identity.words import hold_words, type_words
from huaxiang.server.permissions import access_of, page
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import latest
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import say

_RUNS = 12


@page(permission="see_profile")
def dashboard(request: HttpRequest) -> HttpResponse:
    """How the accounts of all sources became customers. Who sees some stores only may not see it: it is about all."""
    access, lang = access_of(request), lang_of(request)
    if access.stores is not None:
        raise Denied("identity.scope", user=access.user)
    with reading() as engine:
        figures = link_figures(engine, latest(engine).tables)
        runs = history.runs(engine, _RUNS)
    context = {
        "answer": _answer(figures, lang),
        "bars": _bars(figures, lang),
        "largest": _largest(figures, lang),
        "runs": _runs(runs, lang),
        "held": sum(figures.holds.values()),
    }
    return render(request, "identity/dashboard.html", context)


def _answer(figures: LinkFigures, lang: str) -> str:
    counts = {name: short_number(getattr(figures, name), lang) for name in ("accounts", "customers")}
    share = percent(figures.joined_customers / max(figures.customers, 1), lang)
    return say("identity.answer", lang, **counts, share=share, held=short_number(sum(figures.holds.values()), lang))


def _bars(figures: LinkFigures, lang: str) -> list[Bars]:
    sizes = {_size(low, high, lang): count for (low, high), count in zip(SIZES, figures.sizes, strict=True)}
    links = {type_words(kind, lang): count for kind, count in figures.links.items()}
    holds = {hold_words(reason, lang): count for reason, count in figures.holds.items()}
    parts: list[tuple[str, Mapping[str, int]]] = [("sizes", sizes), ("links", links), ("holds", holds)]
    return [
        counted_bars(say(f"identity.{part}", lang), say(f"identity.{part}.meaning", lang), counts, lang)
        for part, counts in parts
    ]


def _size(low: int, high: int | None, lang: str) -> str:
    if high is None:
        return say("identity.size.more", lang, low=low)
    return say("identity.size.one", lang, n=low) if low == high else say("identity.size", lang, low=low, high=high)


def _largest(figures: LinkFigures, lang: str) -> Table:
    columns = (
        Column(say("identity.column.customer", lang)),
        Column(say("identity.column.accounts", lang), numeric=True, meaning=say("identity.sizes.meaning", lang)),
    )
    rows = tuple(
        (
            Cell(
                row["customer_id"], address=f"{reverse('customers:identity', args=[row['customer_id']])}", heading=True
            ),
            Cell(short_number(row["account_count"], lang), numeric=True),
        )
        for row in figures.largest
    )
    return Table(say("identity.largest", lang), columns, rows)


def _runs(runs: list[dict[str, object]], lang: str) -> Table:
    names = ("run", "as_of", "customers", "imports")
    columns = tuple(Column(say(f"runs.column.{name}", lang), name in {"customers", "imports"}) for name in names)
    rows = tuple(
        (
            Cell(str(run["run_id"]), heading=True),
            Cell(date_words(run["as_of"], lang)),  # type: ignore[arg-type]
            Cell(short_number(int(str(run["customer_count"])), lang), numeric=True),
            Cell(short_number(int(str(run["import_count"])), lang), numeric=True),
        )
        for run in runs
    )
    return Table(say("identity.runs", lang), columns, rows)
