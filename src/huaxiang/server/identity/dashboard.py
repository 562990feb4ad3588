"""The dashboard of One ID: accounts and customers, what waits for people, what joined accounts, what was held back, the
largest customers, the runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from huaxiang.analyse.identity_drift import Drift, drift
from huaxiang.analyse.identity_report import IdentityReport, identity_report
from huaxiang.ledger import Ledger
from huaxiang.number_words import date_words, percent, short_number
from huaxiang.server.bars import Bars, counted_bars
from huaxiang.server.data import reading, workspace
from huaxiang.server.identity.alone import waiting_alone
from huaxiang.server.identity.doubtful import waiting_doubtful
from huaxiang.server.identity.likely import waiting_likely
from huaxiang.server.identity.scope import whole_house
from huaxiang.server.identity.waiting import Queues, to_settle, waiting_table
from huaxiang.server.identity.words import hold_words, type_words
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import latest
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import say

_RUNS = 12
_DRIFT = ("linked", "unlinked", "held")
#: Customers are counted by their number of accounts in these bands: from, up to and including (None: and more).
SIZES: tuple[tuple[int, int | None], ...] = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, None))


@page(permission="see_profile")
def dashboard(request: HttpRequest) -> HttpResponse:
    """How the accounts of all sources became customers. Who sees some stores only may not see it: it is about all."""
    whole_house(request)
    lang = lang_of(request)
    decided = workspace().standing()
    with reading() as engine:
        found = identity_report(engine, latest(engine).tables)
        queues = Queues(
            found, waiting_doubtful(engine, decided), waiting_likely(engine, decided), waiting_alone(engine, decided)
        )
    with Ledger.open(workspace().ledger_path) as ledger:
        runs = drift(ledger, _RUNS)
    context = {
        "answer": _answer(found, lang),
        "households": _households(found, lang),
        "left_out": _left_out(found, lang),
        "bars": _bars(found, lang),
        "largest": _largest(found, lang),
        "runs": _runs(runs, lang),
        "waiting": waiting_table(queues, lang),
        "to_settle": bool(to_settle(found)),
    }
    return render(request, "identity/dashboard.html", context)


def _answer(found: IdentityReport, lang: str) -> str:
    counts = {name: short_number(getattr(found, name), lang) for name in ("accounts", "customers")}
    alone = sum(row["customers"] for row in found.sizes if row["account_count"] == 1)
    share = percent((found.customers - alone) / max(found.customers, 1), lang)
    return say("identity.answer", lang, **counts, share=share, held=short_number(_held(found), lang))


def _households(found: IdentityReport, lang: str) -> str:
    if not found.households:
        return ""
    homes, members = (short_number(count, lang) for count in (found.households, found.household_members))
    return say("identity.households", lang, homes=homes, members=members)


def _left_out(found: IdentityReport, lang: str) -> str:
    counts = {"n": found.not_portrayed, "portrayed": found.customers - found.not_portrayed}
    told = {name: short_number(count, lang) for name, count in counts.items()}
    return say("identity.not_portrayed", lang, **told) if found.not_portrayed else ""


def _held(found: IdentityReport) -> int:
    return sum(row["values"] for row in found.holds)


def _bars(found: IdentityReport, lang: str) -> list[Bars]:
    links: Counter[str] = Counter()
    for row in found.links:
        links[type_words(row["identifier_type"], lang)] += row["links"]
    holds = {hold_words(row["reason"], lang): row["values"] for row in found.holds}
    parts: list[tuple[str, Mapping[str, int]]] = [("sizes", _sizes(found, lang)), ("links", links), ("holds", holds)]
    return [
        counted_bars(say(f"identity.{part}", lang), say(f"identity.{part}.meaning", lang), counts, lang)
        for part, counts in parts
    ]


def _sizes(found: IdentityReport, lang: str) -> dict[str, int]:
    return {
        _size(low, high, lang): sum(
            row["customers"] for row in found.sizes if low <= row["account_count"] <= (high or row["account_count"])
        )
        for low, high in SIZES
    }


def _size(low: int, high: int | None, lang: str) -> str:
    if high is None:
        return say("identity.size.more", lang, low=low)
    return say("identity.size.one", lang, n=low) if low == high else say("identity.size", lang, low=low, high=high)


def _largest(found: IdentityReport, lang: str) -> Table:
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
        for row in found.largest
        if row["account_count"] > 1
    )
    return Table(say("identity.largest", lang), columns, rows)


def _runs(found: list[Drift], lang: str) -> Table:
    heads = ("runs.column.run", "runs.column.as_of", "runs.column.customers")
    columns = (
        *(Column(say(head, lang), numeric=head == "runs.column.customers") for head in heads),
        *(
            Column(
                say(f"identity.drift.{name}", lang), numeric=True, meaning=say(f"identity.drift.{name}.meaning", lang)
            )
            for name in _DRIFT
        ),
    )
    return Table(say("identity.runs", lang), columns, tuple(_run(one, lang) for one in found))


def _run(one: Drift, lang: str) -> tuple[Cell, ...]:
    counts = (one.customers, *(getattr(one, name) for name in _DRIFT))
    return (
        Cell(one.run_id, heading=True),
        Cell(date_words(one.as_of, lang)),
        *(Cell(short_number(count, lang), numeric=True) for count in counts),
    )
