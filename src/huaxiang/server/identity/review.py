"""The review queue: values that several accounts use and that joined nobody, with the accounts side by side, masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from huaxiang.analyse.held_values import COLUMNS, Users, links_between, users_of
from huaxiang.analyse.identity_report import identity_report
from huaxiang.analyse.identity_report import review as worst_first
from huaxiang.number_words import date_words, money, short_number
from huaxiang.prepare.unify import hold_reason
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.release.masking import mask_value
from huaxiang.release.roles import Access
from huaxiang.server.charts import ChartPart
from huaxiang.server.customers.values import account_words
from huaxiang.server.data import reading, workspace
from huaxiang.server.identity.graph import held_chart
from huaxiang.server.identity.scope import whole_house
from huaxiang.server.identity.words import hold_words, type_words
from huaxiang.server.imports.paging import page_number
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import latest
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import say

PAGE_VALUES = 10
_MASKS = {"account_key": "account", "person_name": "name"}
_COLUMNS = ("account", "name", "customer", "since", "orders", "revenue")


@dataclass(frozen=True)
class Case:
    """One held value in words: what it is (masked), why it was held and what to do, its accounts, its customers as
    (id, masked name), its type, the accounts as the visitor may see them, and their graph where there are three or
    more."""

    title: str
    reason: str
    accounts: Table
    more: str
    people: tuple[tuple[str, str], ...]
    kind: str
    rows: tuple[Mapping[str, Any], ...]
    chart: ChartPart | None = None


@page(permission="see_profile")
def review(request: HttpRequest) -> HttpResponse:
    """Held values, those that most customers share first. Who sees some stores only may not see it: it is about all."""
    access, lang, at = whole_house(request), lang_of(request), page_number(request)
    reason = request.GET.get("reason") or None
    with reading() as engine:
        tables = latest(engine).tables
        held = worst_first(engine, tables, PAGE_VALUES + 1, PAGE_VALUES * (at - 1), reason)
        users = users_of(engine, tables, held[:PAGE_VALUES])
        links = links_between(engine, tables, [row["account_key"] for rows in users.values() for row in rows])
        reasons = {row["reason"]: row["values"] for row in identity_report(engine, tables).holds}
    currency = workspace().settings.currency
    context = {
        "cases": [
            _with_graph(_case(one, users, access, lang, currency), place, users.get(_value(one), []), links, lang)
            for place, one in enumerate(held[:PAGE_VALUES])
        ],
        "reasons": [(key, hold_words(key, lang), count) for key, count in reasons.items()],
        "chosen": reason or "",
        "all": sum(reasons.values()),
        "page": at,
        "next": at + 1 if len(held) > PAGE_VALUES else None,
        "query": f"{urlencode({'reason': reason})}&" if reason else "",
        "may_decide": access.may("decide_identity"),
    }
    return render(request, "identity/review.html", context)


def _case(held: Mapping[str, Any], users: Users, access: Access, lang: str, currency: str) -> Case:
    kind, value = held["identifier_type"], held["identifier_value"]
    rows = _released(users.get(_value(held), []), access)
    left = held["account_count"] - len(rows)
    masked = mask_value(value, "identifier") or ""
    return Case(
        title=say("identity.case", lang, type=type_words(kind, lang), value=masked),
        reason=hold_reason(kind, held["reason"], held["account_count"], held["detail"]).say(lang),
        accounts=_accounts(kind, rows, lang, currency),
        rows=tuple(rows),
        kind=kind,
        people=tuple({row["customer_id"]: row["person_name"] or "" for row in rows}.items()),
        more=say("identity.more_accounts", lang, n=short_number(left, lang)) if left > 0 else "",
    )


def _value(held: Mapping[str, Any]) -> tuple[str, str]:
    return held["identifier_type"], held["identifier_value"]


def _with_graph(
    case: Case, place: int, unmasked: Sequence[Mapping[str, Any]], links: Sequence[Mapping[str, Any]], lang: str
) -> Case:
    if len(case.people) < 2 or len(case.rows) < 3:
        return case
    accounts = [{**row, "key": known["account_key"]} for row, known in zip(case.rows, unmasked, strict=True)]
    return replace(case, chart=held_chart(f"case-{place}", accounts, links, (case.kind, case.reason), lang))


def _accounts(kind: str, rows: list[dict[str, Any]], lang: str, currency: str) -> Table:
    columns = tuple(Column(say(f"identity.column.{name}", lang), name in {"orders", "revenue"}) for name in _COLUMNS)
    caption = say("identity.accounts_of", lang, type=type_words(kind, lang))
    return Table(caption, columns, tuple(_row(row, lang, currency) for row in rows))


def _released(accounts: list[dict[str, Any]], access: Access) -> list[dict[str, Any]]:
    if not accounts:
        return []
    policies = [
        ColumnPolicy(name, "personal", _MASKS[name]) if name in _MASKS else ColumnPolicy(name, "open")
        for name in COLUMNS
    ]
    found: list[dict[str, Any]] = release(pa.Table.from_pylist(accounts), policies, access).table.to_pylist()
    return found


def _row(row: dict[str, Any], lang: str, currency: str) -> tuple[Cell, ...]:
    since, revenue = row["first_seen_at"], row["net_revenue_total"]
    return (
        Cell(account_words(row["account_key"], lang), heading=True),
        Cell(row["person_name"] or "—"),
        Cell(row["customer_id"], address=reverse("customers:one", args=[row["customer_id"]])),
        Cell(date_words(since.date(), lang) if since else "—"),
        Cell("—" if row["orders_total"] is None else short_number(row["orders_total"], lang), numeric=True),
        Cell("—" if revenue is None else money(revenue, currency, lang), numeric=True),
    )
