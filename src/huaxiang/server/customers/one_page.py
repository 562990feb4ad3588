"""The page of one customer, and its parts: tags, timeline, orders, who is alike, identity; each a page as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from huaxiang.analyse.one_past import figures_used
from huaxiang.server.customers.alike_part import alike_part
from huaxiang.server.customers.at_hand import id_of_today
from huaxiang.server.customers.elements import panels
from huaxiang.server.customers.head import head_of
from huaxiang.server.customers.identity_part import identity_part
from huaxiang.server.customers.one_row import OneRow, masked_contacts
from huaxiang.server.customers.orders_part import orders_part
from huaxiang.server.customers.past import is_at_hand
from huaxiang.server.customers.reveal_page import revealable
from huaxiang.server.customers.summary import advice, not_known, told
from huaxiang.server.customers.tags_part import tags_part
from huaxiang.server.customers.timeline_part import timeline_part
from huaxiang.server.customers.visit import Visit, day_of, visit_of
from huaxiang.server.data import reading
from huaxiang.server.permissions import page
from huaxiang.words import say

Part = Callable[[HttpRequest, Visit, OneRow], dict[str, Any]]


@page(permission="see_profile")
def one(request: HttpRequest, key: str) -> HttpResponse:
    """The whole portrait; its timeline follows by itself, or by its link where scripts are off."""
    return _whole(request, key, "timeline", None)


@page(permission="see_profile")
def timeline(request: HttpRequest, key: str) -> HttpResponse:
    """What happened, day by day, newest first."""
    return _part(request, key, "timeline", timeline_part)


@page(permission="see_profile")
def tags(request: HttpRequest, key: str) -> HttpResponse:
    """Every tag with its value, since when, how sure, on what it stands, and why."""
    return _part(request, key, "tags", tags_part)


@page(permission="see_profile")
def alike(request: HttpRequest, key: str) -> HttpResponse:
    """The customers who are most like this one, and in what."""
    return _part(request, key, "alike", alike_part)


@page(permission="see_profile")
def orders(request: HttpRequest, key: str) -> HttpResponse:
    """Every order with its amounts and where it stands in the files."""
    return _part(request, key, "orders", orders_part)


@page(permission="see_profile")
def identity(request: HttpRequest, key: str) -> HttpResponse:
    """Which accounts are this customer and why, what was held back, and what was agreed to."""
    return _part(request, key, "identity", identity_part)


def _part(request: HttpRequest, key: str, name: str, part: Part) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return _whole(request, key, name, part)
    with reading() as engine:
        if (today := id_of_today(engine, key)) != key:
            return redirect(f"customers:{name}", today)
        visit = visit_of(request, engine, day_of(request), key)
        context = part(request, visit, visit.one_row(key))
    # Earlier entries go below those that are there and found tags into their table; anything else comes with its tabs.
    template = f"customers/_{name}.html" if context.get("more") else "customers/_parts.html"
    return render(request, template, {**context, "part": name, "customer_id": key, "as_of": visit.past_day})


def _whole(request: HttpRequest, key: str, name: str, part: Part | None) -> HttpResponse:
    day = day_of(request)
    if _must_wait(request, day, key):
        return render(request, "customers/computing.html", {"day": day, "address": request.get_full_path()})
    with reading() as engine:
        if (today := id_of_today(engine, key)) != key:
            return redirect("customers:one", today)
        visit = visit_of(request, engine, day, key)
        found = visit.one_row(key)
        context = {**_portrait(visit, found), "part": name, "inline": part is not None}
        context |= part(request, visit, found) if part else {}
    return render(request, "customers/one.html", context)


def _must_wait(request: HttpRequest, day: date | None, key: str) -> bool:
    # Another day is computed anew: say so first, then let the page ask for it.
    asked = getattr(request, "htmx", False) or request.GET.get("compute") == "1"
    return day is not None and not asked and not is_at_hand(day, key)


def _portrait(visit: Visit, found: OneRow) -> dict[str, Any]:
    contacts = masked_contacts(visit.engine, visit.portrait, visit.access, found)
    read = visit.reader(found)
    return {
        "head": head_of(read, contacts),
        "clauses": told(read),
        "not_known": not_known(read),
        "advice": advice(read, visit.segments),
        "panels": panels(found, visit.tags, visit.lang, visit.currency),
        "fields": revealable(found, contacts, visit.tags, visit.lang) if visit.access.may("reveal_personal") else (),
        "customer_id": found.customer_id,
        "as_of": visit.past_day,
        "past_words": _past_words(visit),
        "portrait_day": visit.portrait.as_of,
        "latest": visit.portrait.latest,
        "home": reverse("customers:one", args=[found.customer_id]),
    }


def _past_words(visit: Visit) -> str:
    """What the reader of a past day must know: what rests on today's averages, and what is left out."""
    if not visit.past_day:
        return ""
    used = figures_used([key for key, tag in visit.tags.items() if not tag.helper], visit.tags)
    left = len(visit.left_out)
    return say("portrait.past.note", visit.lang, n=len(used)) + (
        say("portrait.past.left_out", visit.lang, n=left) if left else ""
    )
