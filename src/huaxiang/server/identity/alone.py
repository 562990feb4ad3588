"""The queue of accounts that one phone or e-mail alone joined to their customer, to be confirmed or cut off; masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from huaxiang.analyse.lone_joins import LoneJoin, LoneJoins, accounts_joined, lone_joins
from huaxiang.analyse.lone_trust import trust
from huaxiang.analyse.lone_words import how_often_right
from huaxiang.engine import DuckEngine
from huaxiang.number_words import date_words, money, short_number
from huaxiang.prepare.unify.decisions import Decisions
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.release.masking import mask_value
from huaxiang.release.roles import Access
from huaxiang.server.customers.values import account_words
from huaxiang.server.data import reading, workspace
from huaxiang.server.identity.scope import whole_house
from huaxiang.server.identity.words import type_words
from huaxiang.server.imports.paging import page_number
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import latest
from huaxiang.server.snapshot_values import once_per_snapshot
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import say

PAGE_JOINS = 10
_MASKS = {"account_key": "account", "person_name": "name"}
_COLUMNS = ("side", "account", "name", "since")


@dataclass(frozen=True)
class Shown:
    """One join in words: the customer and what it is worth, by what it is joined, what its permission means (may be
    empty), its accounts, and the short names of those that a cut takes off."""

    customer_id: str
    worth: str
    told: str
    consent: str
    accounts: Table
    off: tuple[str, ...]


@page(permission="see_profile")
def alone(request: HttpRequest) -> HttpResponse:
    """The joins that wait, those that matter most first. Who sees some stores only may not see it: it is about all."""
    access, lang, at, home = whole_house(request), lang_of(request), page_number(request), workspace()
    decided, kind = home.standing(), request.GET.get("type") or None
    with reading() as engine:
        found = waiting_alone(engine, decided, kind)
        here = found.joins[PAGE_JOINS * (at - 1) : PAGE_JOINS * at]
        accounts = accounts_joined(engine, latest(engine).tables, here)
    context = {
        "joins": [_shown(one, accounts[one], access, lang) for one in here],
        "types": [(key, type_words(key, lang), count) for key, count in found.by_type.items()],
        "chosen": kind or "",
        "all": found.total,
        "trust": how_often_right(trust(home.decisions()), found, lang),
        "page": at,
        "next": at + 1 if len(found.joins) > PAGE_JOINS * at else None,
        "query": f"{urlencode({'type': kind})}&" if kind else "",
        "may_decide": access.may("decide_identity"),
    }
    return render(request, "identity/alone.html", context)


def waiting_alone(engine: DuckEngine, decided: Decisions, kind: str | None = None) -> LoneJoins:
    """The joins that wait as the published tables and the standing decisions have them, looked up once."""
    found = latest(engine)
    asked = ("alone", kind, tuple(one.seq for one in decided.standing))
    return once_per_snapshot(engine, asked, lambda: lone_joins(engine, found.tables, found.as_of, decided, kind))


def _shown(one: LoneJoin, rows: Sequence[Mapping[str, Any]], access: Access, lang: str) -> Shown:
    kind = type_words(one.identifier_type, lang)
    value = mask_value(one.identifier_value, "identifier") or ""
    return Shown(
        customer_id=one.customer_id,
        worth=_worth(one, lang),
        told=say(f"alone.told.{'named' if one.rest_is_named else 'nobody'}", lang, type=kind, value=value),
        consent=say(f"alone.consent.{one.consent}.told", lang) if one.consent != "none" else "",
        accounts=_accounts(rows, access, lang),
        off=workspace().short_names([row["account_key"] for row in rows if row["is_joined"]]),
    )


def _worth(one: LoneJoin, lang: str) -> str:
    if one.orders_total is None or one.net_revenue_total is None:
        return say("alone.no_portrait", lang)
    revenue = money(one.net_revenue_total, workspace().settings.currency, lang)
    return say("alone.worth", lang, orders=short_number(one.orders_total, lang), revenue=revenue)


def _accounts(rows: Sequence[Mapping[str, Any]], access: Access, lang: str) -> Table:
    columns = tuple(Column(say(f"alone.column.{name}", lang)) for name in _COLUMNS)
    policies = [ColumnPolicy(name, "personal" if name in _MASKS else "open", _MASKS.get(name)) for name in rows[0]]
    shown = release(pa.Table.from_pylist(list(rows)), policies, access).table.to_pylist()
    return Table(say("alone.accounts", lang), columns, tuple(_row(row, lang) for row in shown))


def _row(row: Mapping[str, Any], lang: str) -> tuple[Cell, ...]:
    since = row["first_seen_at"]
    return (
        Cell(say(f"alone.side.{'joined' if row['is_joined'] else 'rest'}", lang)),
        Cell(account_words(row["account_key"], lang), heading=True),
        Cell(row["person_name"] or "—"),
        Cell(date_words(since.date(), lang) if since else "—"),
    )
