"""Deciding who is who: what a merge, a split or a "never the same" would change, the reason, and the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from huaxiang.errors import InputError
from huaxiang.number_words import date_words
from huaxiang.prepare.unify import Decision
from huaxiang.prepare.unify.decisions import Sides
from huaxiang.prepare.unify.rulings import DecisionKind
from huaxiang.server.clock import now
from huaxiang.server.data import workspace
from huaxiang.server.identity.likely import likeness_between
from huaxiang.server.identity.previewed import previewed
from huaxiang.server.identity.scope import whole_house
from huaxiang.server.permissions import access_of, page
from huaxiang.server.preferences import lang_of
from huaxiang.words import say
from huaxiang.workspace import Workspace

KINDS: dict[str, DecisionKind] = {"merge": "merge", "split": "split", "never_same": "never_same"}


@dataclass(frozen=True)
class Asked:
    """What is to be decided: two customers, or some accounts (short names) of one and its others."""

    kind: DecisionKind
    customers: tuple[str, ...]
    accounts: tuple[str, ...]

    @property
    def words(self) -> str:
        """What it is called on pages: to merge what is one customer already is to confirm it."""
        return "confirm" if self.kind == "merge" and len(self.customers) == 1 else self.kind

    def sides(self, home: Workspace) -> Sides:
        """The accounts on both sides. Raises what the workspace raises when it can not be decided."""
        first, last = self.customers[0], self.customers[-1]
        if len(self.customers) == 1:
            return home.sides_of_split(first, self.accounts)
        return home.sides_of_two(first, last, even_so=self.kind == "never_same")

    def decide(self, home: Workspace, why: str, actor: str) -> None:
        """Write it into the ledger; it holds from the next refresh on."""
        first, last = self.customers[0], self.customers[-1]
        if self.kind == "split":
            home.split(first, self.accounts, why, now(), actor=actor)
        elif len(self.customers) == 1:
            home.confirm(first, self.accounts, why, now(), actor=actor)
        elif self.kind == "merge":
            home.merge(first, last, why, now(), actor=actor)
        else:
            home.never_same(first, last, why, now(), actor=actor)


@page(permission="decide_identity", methods=("GET", "POST"))
def decide(request: HttpRequest) -> HttpResponse:
    """Asks for the reason beside what would change, and decides when it is sent."""
    whole_house(request)
    asked, lang = _asked(request.POST if request.method == "POST" else request.GET), lang_of(request)
    if request.method == "POST":
        asked.decide(workspace(), request.POST.get("why", ""), access_of(request).user)
        messages.success(request, say("identity.decided", lang))
        return redirect("identity:decisions")
    return render(request, "identity/decide.html", _context(asked, request, lang))


@page(permission="decide_identity")
def preview(request: HttpRequest) -> HttpResponse:
    """The part that says what would change; it is computed, so it comes after the page."""
    whole_house(request)
    asked, home = _asked(request.GET), workspace()
    found = home.preview(asked.kind, asked.sides(home))
    return render(request, "identity/_preview.html", previewed(found, home, lang_of(request)))


def _context(asked: Asked, request: HttpRequest, lang: str) -> dict[str, Any]:
    is_pair = len(asked.customers) > 1
    home = workspace()
    gone = home.would_overrule(asked.kind, asked.sides(home))
    return {
        "pair": likeness_between(asked.customers, access_of(request), lang) if is_pair else None,
        "asked": asked,
        # Values in the preview stand in this order.
        "customers": sorted(asked.customers),
        "title": say(f"identity.decide.{asked.words}", lang),
        "answer": say(f"identity.decide.{asked.words}.lede", lang, count=len(asked.accounts)),
        "overrules": [_overruling(one, lang) for one in gone],
        "query": request.GET.urlencode(),
    }


def _overruling(one: Decision, lang: str) -> str:
    what, day = say(f"ledger.kind.identity.{one.kind}", lang), date_words(one.at.date(), lang)
    return say("identity.overrules", lang, entry=one.seq, what=what, actor=one.actor, day=day, why=one.why)


def _asked(given: QueryDict) -> Asked:
    kind, customers = KINDS.get(given.get("kind", "")), tuple(dict.fromkeys(filter(None, given.getlist("customer"))))
    accounts = tuple(dict.fromkeys(given.getlist("account")))
    if kind is None or len(customers) != (1 if kind == "split" or (kind == "merge" and accounts) else 2):
        raise InputError("identity.choose_two")
    return Asked(kind, customers, accounts)
