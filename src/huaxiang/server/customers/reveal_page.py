"""One personal value in full, for somebody who says why; the ledger knows before the person sees it."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.contacts import contacts
from huaxiang.errors import InputError
from huaxiang.ledger import Ledger
from huaxiang.model.tags import Tags
from huaxiang.release.reveal import reveal
from huaxiang.server.clock import now
from huaxiang.server.customers.filters import Option
from huaxiang.server.customers.one_row import OneRow, masked_contacts
from huaxiang.server.customers.values import tag_words
from huaxiang.server.customers.visit import Visit, day_of, visit_of
from huaxiang.server.data import reading, workspace
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.words import say

LONGEST_REASON = 200


@page(permission="reveal_personal", methods=("POST",))
def reveal_page(request: HttpRequest, key: str) -> HttpResponse:
    """The field that the form names, in full. Raises :class:`InputError` without a reason or for another field."""
    lang, name = lang_of(request), request.POST.get("field", "")
    with reading() as engine:
        visit = visit_of(request, engine, day_of(request), key)
        found = visit.one_row(key)
        known = {
            option.value: option.words
            for option in revealable(
                found, masked_contacts(engine, visit.portrait, visit.access, found), visit.tags, lang
            )
        }
        if name not in known:
            raise InputError(
                "customer.not_revealable", given=name[:60], known=say("customer.join", lang).join(known.values())
            )
        value = _revealed(visit, found, name, request.POST.get("reason", "")[:LONGEST_REASON], lang)
    template = "customers/_revealed.html" if getattr(request, "htmx", False) else "customers/revealed.html"
    return render(request, template, {"label": known[name], "value": value, "customer_id": key})


def revealable(one: OneRow, known: Mapping[str, str | None], tags: Tags, lang: str) -> tuple[Option, ...]:
    """What can be shown in full: the contacts that are known, and the tags that are masked."""
    reachable = [
        Option(key, say(f"customer.contact.{key}", lang)) for key, value in known.items() if value and key in _CONTACTS
    ]
    covered = [
        Option(key, tag.name.say(lang))
        for key, tag in tags.items()
        if key in one.masked and one.raw[key] is not None and not tag.helper
    ]
    return (*reachable, *covered)


def _revealed(visit: Visit, one: OneRow, name: str, reason: str, lang: str) -> str:
    def fetch() -> str:
        if name in _CONTACTS:
            return str(contacts(visit.engine, visit.portrait.tables, [one.customer_id]).to_pylist()[0][name])
        return tag_words(one.raw[name], visit.tags[name], lang, visit.currency)

    with Ledger.open(workspace().ledger_path) as ledger:
        return reveal(
            fetch,
            visit.access,
            customer_id=one.customer_id,
            field=name,
            stores=one.stores,
            reason=reason,
            ledger=ledger,
            at=now(),
        )


_CONTACTS = ("person_name", "phone", "email", "member_no")
