"""Choosing what to decide about: accounts of a customer that are somebody else, or another customer who is the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from huaxiang.analyse.account_rows import account_rows
from huaxiang.analyse.identity_records import named
from huaxiang.errors import InputError
from huaxiang.number_words import date_words, money, short_number
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.release.roles import Access
from huaxiang.server.customers.values import account_words
from huaxiang.server.data import reading, workspace
from huaxiang.server.identity.scope import whole_house
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import latest


@dataclass(frozen=True)
class Choice:
    """One account in words, with the short name by which it is chosen."""

    handle: str
    account: str
    name: str
    sources: str
    first: str
    last: str
    orders: str
    revenue: str


@page(permission="decide_identity")
def split(request: HttpRequest, key: str) -> HttpResponse:
    """The accounts of a customer, to choose those that are somebody else."""
    access, lang, home = whole_house(request), lang_of(request), workspace()
    handles = home.accounts_of(key)
    with reading() as engine:
        tables = latest(engine).tables
        rows = account_rows(engine, tables, named(engine, tables, key).customer_id)
    currency = home.settings.currency
    shown = _released([rows[account] for account in handles.values()], access)
    accounts = [_choice(handle, row, lang, currency) for handle, row in zip(handles, shown, strict=True)]
    return render(request, "identity/split.html", {"customer": key, "accounts": accounts})


@page(permission="decide_identity", methods=("POST",))
def same_as(request: HttpRequest, key: str) -> HttpResponse:
    """Goes on to what a merge with the customer whom somebody named would change."""
    whole_house(request)
    given = request.POST.get("other", "").strip()
    if not given:
        raise InputError("identity.nobody_named")
    other = workspace().customer_id_of(given)
    query = urlencode({"kind": "merge", "customer": [key, other]}, doseq=True)
    return redirect(f"{reverse('identity:decide')}?{query}")


def _released(rows: list[dict[str, Any]], access: Access) -> list[dict[str, Any]]:
    masks = {"account_key": "account_tail", "person_name": "name"}
    table = pa.Table.from_pylist(rows)
    policies = [
        ColumnPolicy(name, "personal" if name in masks else "open", masks.get(name)) for name in table.column_names
    ]
    found: list[dict[str, Any]] = release(table, policies, access).table.to_pylist()
    return found


def _choice(handle: str, row: dict[str, Any], lang: str, currency: str) -> Choice:
    first, last = (date_words(row[name].date(), lang) if row[name] else "—" for name in ("first_at", "last_at"))
    return Choice(
        handle=handle,
        account=account_words(row["account_key"], lang),
        name=row["person_name"] or "—",
        sources=("、" if lang == "zh" else ", ").join(row["sources"]),
        first=first,
        last=last,
        orders=short_number(row["orders"], lang),
        revenue=money(row["net_revenue"], currency, lang),
    )
