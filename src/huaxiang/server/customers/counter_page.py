"""The shop-floor card: who stands at the counter, what they like, what to say and what to mind, on one phone screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.analyse.customers import Wanted, customer_list
from huaxiang.analyse.next_order import next_order
from huaxiang.analyse.timeline import Wanted as Entries
from huaxiang.analyse.timeline import timeline
from huaxiang.model.one_customer import one_customer
from huaxiang.number_words import date_words, money, short_number
from huaxiang.server.customers.at_hand import id_of_today
from huaxiang.server.customers.elements import statements
from huaxiang.server.customers.head import Reader, answer_of, consent_of, rhythm_words
from huaxiang.server.customers.list_rows import COLUMNS, masked_rows
from huaxiang.server.customers.one_row import OneRow, masked_contacts
from huaxiang.server.customers.summary import advice
from huaxiang.server.customers.visit import Visit, visit_of
from huaxiang.server.data import reading
from huaxiang.server.permissions import page
from huaxiang.words import say

#: Customers shown of a search that means several.
MOST_FOUND = 8
#: Lines of one part of the card, so that it stays on one screen.
MOST_LINES = 3


@dataclass(frozen=True)
class Line:
    """One line of the card, and what it means."""

    words: str
    meaning: str


@page(permission="see_profile")
def search(request: HttpRequest) -> HttpResponse:
    """The search of the shop floor: by phone, member number or any other identifier; straight to the only one meant."""
    asked = request.GET.get("q", "").strip()[:200]
    with reading() as engine:
        visit = visit_of(request, engine, None)
        rows = _found(visit, asked) if asked else []
    if len(rows) == 1:
        return redirect("customers:counter", rows[0]["customer_id"])
    return render(request, "customers/counter_search.html", {"asked": asked, "rows": rows})


@page(permission="see_profile")
def counter(request: HttpRequest, key: str) -> HttpResponse:
    """The card of one customer."""
    with reading() as engine:
        if (today := id_of_today(engine, key)) != key:
            return redirect("customers:counter", today)
        visit = visit_of(request, engine, None)
        context = _card(visit, visit.one_row(key))
    return render(request, "customers/counter.html", context)


def _found(visit: Visit, asked: str) -> list[dict[str, Any]]:
    wanted = Wanted(search=asked, stores=visit.access.stores, limit=MOST_FOUND)
    listed = customer_list(visit.engine, visit.portrait.tables, visit.tags, visit.names, wanted, COLUMNS)
    rows = masked_rows(visit.engine, visit.portrait, visit.tags, visit.access, listed)
    nameless = say("customer.nameless", visit.lang)
    return [{**row, "person_name": row["person_name"] or nameless} for row in rows]


def _card(visit: Visit, one: OneRow) -> dict[str, Any]:
    read, chosen = visit.reader(one), one_customer().counter
    name = masked_contacts(visit.engine, visit.portrait, visit.access, one)["person_name"]
    likes, mind, coupons = (
        statements(keys, one, visit.tags, visit.lang, visit.currency)
        for keys in (chosen.likes, chosen.mind, chosen.coupons)
    )
    name = name or say("customer.nameless", visit.lang)
    return {
        "customer_id": one.customer_id,
        "name": name,
        "answer": answer_of(read, name),
        "consent": consent_of(read),
        "last": _last_purchase(visit, one),
        "late": _late(read),
        "advice": advice(read, visit.segments),
        "likes": [each for each in likes if each.key not in one.masked][:MOST_LINES],
        "mind": [each for each in mind if each.key not in one.masked][:MOST_LINES],
        "coupons": [each for each in coupons if each.key not in one.masked][:1],
        "labels": [_label(read, key) for key in ("member_level", "spending_level") if read.has(key)],
    }


def _label(read: Reader, key: str) -> str:
    return say("customer.chip", read.lang, tag=read.tags[key].name.say(read.lang), value=read.value(key))


def _last_purchase(visit: Visit, one: OneRow) -> str:
    latest = Entries(kinds=("order",), days=1)
    rows = timeline(visit.engine, visit.portrait.tables["history"], one.customer_id, latest).to_pylist()
    if not rows:
        return say("portrait.counter.never", visit.lang)
    row = rows[0]
    day, place = date_words(row["day"], visit.lang), row["place"]
    code = f"customer.order.{row['what']}"
    amount = "" if row["amount"] is None else money(row["amount"], visit.currency, visit.lang)
    parts = [day, say(code, visit.lang), amount, "" if place is None else str(place)]
    return say("portrait.join_parts", visit.lang).join(part for part in parts if part)


def _late(read: Reader) -> Line | None:
    found = next_order(read.one.raw, read.as_of)
    if found is None or found.days_late <= 0:
        return None
    words = say("portrait.counter.late", read.lang, days=short_number(found.days_late, read.lang))
    return Line(words, rhythm_words(read, found))
