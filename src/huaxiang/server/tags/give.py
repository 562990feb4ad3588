"""Giving tags by hand: to one customer, or to a crowd as it stands; taking them back; what one customer was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.analyse.given import holding
from huaxiang.analyse.given_words import given_sentence
from huaxiang.analyse.identity_records import current_id
from huaxiang.engine.interface import only
from huaxiang.errors import Denied, InputError, NotFound
from huaxiang.model.rules import Given, Golden
from huaxiang.model.tags import Tag, tag_named
from huaxiang.prepare.given.table import BY_HAND
from huaxiang.release.masking import mask_value
from huaxiang.server.clock import now
from huaxiang.server.crowds.sight import Sight, sight_of
from huaxiang.server.data import workspace
from huaxiang.server.permissions import access_of, may, page
from huaxiang.server.preferences import lang_of
from huaxiang.words import say
from huaxiang.workspace import Statement

_LONGEST = 300


@dataclass(frozen=True)
class GivenLine:
    """One value that a customer was given, in words. ``entry`` is its place in the ledger, None for one from a file."""

    tag: Tag
    name: str
    told: str
    entry: int | None
    stands: bool


@page(permission="see_profile")
def of_customer(request: HttpRequest, key: str) -> HttpResponse:
    """The part of a customer's page that shows what was given, and gives more; a page of its own without scripts."""
    with sight_of(request) as sight:
        context = given_part(sight, _in_sight(sight, key)) | {"may_give": may(request, "give_tags")}
    template = "tags/_given.html" if getattr(request, "htmx", False) else "tags/given.html"
    return render(request, template, context)


@page(permission="give_tags", methods=("POST",))
def give(request: HttpRequest, key: str) -> HttpResponse:
    """Give one customer a value, or set an attribute right; it holds from the next refresh on."""
    with sight_of(request) as sight:
        customer = _in_sight(sight, key)
    said = statement_of(request)
    sight.workspace.give_tag([customer], said, now(), actor=sight.access.user)
    name = tag_named(said.tag, sight.definitions.tags).name.message
    messages.success(request, say("tags.given_one", sight.lang, name=name))
    return redirect("tags:of_customer", customer)


@page(permission="give_tags", methods=("POST",))
def give_to_crowd(request: HttpRequest, key: str) -> HttpResponse:
    """Give a value to everybody who is in a crowd at this moment and whom the visitor may see."""
    with sight_of(request) as sight:
        segment = sight.segment(key)
    said, home = statement_of(request), sight.workspace
    entries = home.give_tag_to(key, segment.condition, said, now(), actor=sight.access.user, stores=sight.access.stores)
    count = sum(len(entry.body["members"]) for entry in entries)
    name = tag_named(said.tag, sight.definitions.tags).name.message
    messages.success(request, say("tags.given_crowd", sight.lang, name=name, count=f"{count:,}", entry=entries[0].seq))
    return redirect("tags:tag", said.tag)


@page(permission="see_profile")
def crowd_form(request: HttpRequest, key: str) -> HttpResponse:
    """The part of a crowd's page that gives a tag to its customers."""
    with sight_of(request) as sight:
        segment = sight.segment(key)
    context = {"crowd": segment, "offered": offered(sight), "may_give": may(request, "give_tags")}
    context |= {"crowd_name": segment.name.say(sight.lang)}
    template = "tags/_crowd_form.html" if getattr(request, "htmx", False) else "tags/crowd_form.html"
    return render(request, template, context)


@page(permission="give_tags", methods=("POST",))
def take(request: HttpRequest, number: int) -> HttpResponse:
    """Take back what an entry of the ledger gave: from one customer, or without one from everybody."""
    home, access, customer = workspace(), access_of(request), request.POST.get("customer", "")[:80]
    gift = next((gift for gift in home.gifts() if gift.seq == number), None)
    if gift is None:
        raise NotFound("tag.no_such_gift", given=number)
    if not customer and access.stores is not None:
        # Somebody who sees some stores cannot decide for customers of others.
        raise Denied("tags.take_needs_all_stores")
    if customer:
        with sight_of(request) as sight:
            customer = _in_sight(sight, customer)
    why, from_whom = request.POST.get("why", "")[:_LONGEST], [customer] if customer else []
    home.take_tag(number, why, now(), actor=access.user, customers=from_whom)
    messages.success(request, say("tags.taken", lang_of(request), entry=number))
    return redirect("tags:of_customer", customer) if customer else redirect("tags:tag", gift.tag)


def given_part(sight: Sight, customer_id: str) -> dict[str, Any]:
    """What ``tags/_given.html`` shows of a customer: ``customer_id, given, offered``."""
    return {"customer_id": customer_id, "given": _lines(sight, customer_id), "offered": offered(sight)}


def offered(sight: Sight) -> list[tuple[str, str, str]]:
    """The tags that can be given, by key with their names and what a value looks like: given ones, then attributes."""
    tags = [tag for tag in sight.definitions.tags.values() if isinstance(tag.rule, Given | Golden) and not tag.helper]
    tags.sort(key=lambda tag: not isinstance(tag.rule, Given))
    return [(tag.key, tag.name.say(sight.lang), _shape(tag, sight.lang)) for tag in tags]


def statement_of(request: HttpRequest) -> Statement:
    """What the form says. Raises :class:`InputError` for a last day that is none."""
    form = request.POST
    tag, value, why, until = (form.get(name, "")[:_LONGEST] for name in ("tag", "value", "why", "until"))
    try:
        last = date.fromisoformat(until) if until else None
    except ValueError:
        raise InputError("cli.not_a_day", given=until) from None
    return Statement(tag, value, why, last)


def _shape(tag: Tag, lang: str) -> str:
    if tag.values:
        return say("condition.list_join", lang).join(labels.say(lang) for labels in tag.values.values())
    return say(f"tags.type.{tag.type}", lang)


def _in_sight(sight: Sight, key: str) -> str:
    """The id of today of a customer whom the visitor may see; :class:`NotFound` for any other."""
    customer = current_id(sight.engine, key)
    seen = sight.table.filter(sight.table.customer_id == customer).select("customer_id").limit(1)
    if not only(sight.engine.arrow(seen)):
        raise NotFound("workspace.no_such_customer", given=key[:40])
    return customer


def _lines(sight: Sight, customer_id: str) -> list[GivenLine]:
    rows = holding(sight.engine, {}, sight.as_of)
    if rows is None:
        return []
    own = rows.filter(rows.customer_id == customer_id).order_by(["tag", rows.place.desc()])
    found: list[GivenLine] = []
    for row in only(sight.engine.arrow(own)):
        tag = sight.definitions.tags.get(str(row["tag"]))
        if tag is not None:
            stands = not any(line.tag.key == tag.key for line in found)
            found.append(_line(tag, row, sight, stands=stands))
    return found


def _line(tag: Tag, row: dict[str, object], sight: Sight, *, stands: bool) -> GivenLine:
    hides = tag.sensitivity in ("personal", "sensitive") or (
        tag.sensitivity == "confidential" and not sight.access.may("export_masked")
    )
    shown = {**row, "value": mask_value(str(row["value"]), "all")} if hides else row
    currency = sight.workspace.settings.currency
    told = given_sentence(shown, tag, sight.lang, currency, stands=stands)
    entry = int(str(row["entry"])) if row["source"] == BY_HAND else None
    return GivenLine(tag, tag.name.say(sight.lang), told, entry, stands)
