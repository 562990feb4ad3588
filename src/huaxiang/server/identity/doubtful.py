"""Customers that may be several people, each with its graph, why it is doubtful, and where to cut; masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.decided_persons import Growth
from huaxiang.analyse.suspicious import Doubtful, Row, Suspicious, suspicious
from huaxiang.analyse.suspicious import doubtful as listed
from huaxiang.engine import DuckEngine
from huaxiang.number_words import date_words, short_number
from huaxiang.prepare.unify.decisions import Decisions
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.release.roles import Access
from huaxiang.server.charts import ChartPart
from huaxiang.server.customers.values import account_words
from huaxiang.server.data import reading, workspace
from huaxiang.server.identity.graph import links_chart, links_table
from huaxiang.server.identity.scope import whole_house
from huaxiang.server.imports.paging import page_number
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import latest
from huaxiang.server.snapshot_values import once_per_snapshot
from huaxiang.words import say

PAGE_CUSTOMERS = 5
#: Accounts that joined since a decision which are named; the others are counted.
NAMED = 5
_MASKS = {
    "account_key": "account", "account_key_a": "account", "account_key_b": "account", "identifier_value": "identifier",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One customer in words: its size, why it is doubtful, the graph, what the weakest bridge is and says, the accounts
    (short names) that a cut there takes off, and accounts on one side where all are confirmed to be one person.
    ``grown``: who joined since somebody decided; empty where nobody did."""

    customer_id: str
    size: str
    reasons: tuple[str, ...]
    chart: ChartPart | None
    bridge: str
    cut_off: tuple[str, ...]
    one_side: tuple[str, ...]
    grown: str


@page(permission="see_profile")
def doubtful(request: HttpRequest) -> HttpResponse:
    """The list, the gravest first. Who sees some stores only may not see it: it is about all."""
    access, lang, at = whole_house(request), lang_of(request), page_number(request)
    decided = workspace().standing()
    with reading() as engine:
        found = waiting_doubtful(engine, decided)
        rows = found.rows[PAGE_CUSTOMERS * (at - 1) : PAGE_CUSTOMERS * at]
        here = suspicious(engine, latest(engine).tables, rows, decided)
    context = {
        "customers": [_shown(one, access, lang) for one in here],
        "all": found.total,
        "most": len(found.rows) if found.total > len(found.rows) else 0,
        "page": at,
        "next": at + 1 if len(found.rows) > PAGE_CUSTOMERS * at else None,
        "may_decide": access.may("decide_identity"),
    }
    return render(request, "identity/doubtful.html", context)


def waiting_doubtful(engine: DuckEngine, decided: Decisions) -> Doubtful:
    """The doubtful customers as the published tables and the standing decisions have them, looked up once."""
    known, tables = workspace().definitions, latest(engine).tables
    asked = ("doubtful", known.version, tuple(one.seq for one in decided.standing))
    return once_per_snapshot(engine, asked, lambda: listed(engine, tables, known.identity, decided))


def _shown(one: Suspicious, access: Access, lang: str) -> Shown:
    masked, weakest = _released(one.links, access), one.bridge.place if one.bridge else None
    cut_off = one.bridge.cut_off if one.bridge else ()
    return Shown(
        customer_id=one.customer_id,
        size=say("doubtful.size", lang, accounts=short_number(len(one.accounts), lang)),
        reasons=tuple(say(f"doubtful.reason.{reason}", lang) for reason in one.reasons),
        chart=links_chart(f"links-{one.customer_id}", one.links, masked, lang, weakest) if masked else None,
        bridge=_bridge(one, masked, lang),
        cut_off=workspace().short_names(cut_off),
        one_side=workspace().short_names(cut_off or [one.accounts[0]["account_key"]]),
        grown=_grown(one.growth, access, lang) if one.growth else "",
    )


def _grown(growth: Growth, access: Access, lang: str) -> str:
    shown = _released([{"account_key": key} for key in growth.joined[:NAMED]], access)
    names = ("、" if lang == "zh" else ", ").join(account_words(row["account_key"], lang) for row in shown)
    more = len(growth.joined) - len(shown)
    joined = say("doubtful.and_more", lang, names=names, more=short_number(more, lang)) if more else names
    entry, day = growth.said.entry, date_words(growth.said.at.date(), lang)
    return say("doubtful.grown", lang, entry=entry, day=day, decided=short_number(growth.decided, lang), joined=joined)


def _bridge(one: Suspicious, masked: Sequence[Row], lang: str) -> str:
    if one.bridge is None:
        return say("doubtful.no_bridge", lang)
    place, cut_off, is_contradiction = one.bridge
    row = links_table([one.links[place]], [masked[place]], lang).rows[0]
    left, right, reason = (cell.text for cell in row)
    sizes = {"few": len(cut_off), "rest": len(one.accounts) - len(cut_off)}
    code = "doubtful.bridge_between_different" if is_contradiction else "doubtful.bridge"
    return say(code, lang, left=left, right=right, reason=reason, **sizes)


def _released(links: Sequence[Row], access: Access) -> list[dict[str, Any]]:
    if not links:
        return []
    names = list(links[0])
    policies = [ColumnPolicy(name, "personal" if name in _MASKS else "open", _MASKS.get(name)) for name in names]
    found: list[dict[str, Any]] = release(pa.Table.from_pylist(list(links)), policies, access).table.to_pylist()
    return found
