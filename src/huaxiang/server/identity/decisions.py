"""Every decision about who is who, the latest first, each with a way to take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.prepare.unify import Decision
from huaxiang.server.clock import now
from huaxiang.server.data import workspace
from huaxiang.server.identity.previewed import previewed
from huaxiang.server.identity.scope import whole_house
from huaxiang.server.imports.paging import page_number
from huaxiang.server.jobs.shown import moment
from huaxiang.server.permissions import may, page
from huaxiang.server.preferences import lang_of
from huaxiang.words import say

PAGE_DECISIONS = 20


@dataclass(frozen=True)
class Shown:
    """One decision in words; ``undone`` says which entry took it back, empty while it stands, and ``overruled`` which
    newer one says the opposite, empty while it holds."""

    number: int
    what: str
    why: str
    by: str
    undone: str
    overruled: str
    undo_number: int


@page(permission="see_profile")
def decisions(request: HttpRequest) -> HttpResponse:
    """The list, a page at a time. Names and numbers of accounts stand in no decision."""
    lang, at = lang_of(request), page_number(request)
    gone, found = workspace().overruled(), workspace().decisions()
    here = found[::-1][PAGE_DECISIONS * (at - 1) : PAGE_DECISIONS * at]
    context = {
        "decisions": [_shown(one, gone, lang) for one in here],
        "all": len(found),
        "standing": sum(one.undone_by is None and one.seq not in gone for one in found),
        "page": at,
        "next": at + 1 if len(found) > PAGE_DECISIONS * at else None,
        "may_decide": may(request, "decide_identity"),
    }
    return render(request, "identity/decisions.html", context)


@page(permission="decide_identity", methods=("POST",))
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Takes back the entry of that number: a decision, or the taking back of one."""
    access = whole_house(request)
    workspace().undo(number, request.POST.get("why", ""), now(), actor=access.user)
    messages.success(request, say("identity.decided", lang_of(request)))
    return redirect("identity:decisions")


@page(permission="decide_identity")
def preview_undo(request: HttpRequest, number: int) -> HttpResponse:
    """The part that says what taking back the entry of that number would change."""
    whole_house(request)
    found = workspace().preview_undo(number)
    return render(request, "identity/_preview.html", previewed(found, workspace(), lang_of(request)))


def _shown(one: Decision, gone: Mapping[int, int | None], lang: str) -> Shown:
    undone = "" if one.undone_by is None else say("identity.undone_by", lang, entry=one.undone_by)
    accounts = {"left": len(one.left), "right": len(one.right)}
    return Shown(
        number=one.seq,
        what=say(f"identity.decision.{one.kind}", lang, **accounts),
        why=one.why,
        by=say("identity.decided_by", lang, who=one.actor, at=moment(one.at), entry=one.seq),
        undone=undone,
        overruled=_overruled(one, gone, lang),
        undo_number=one.seq if one.undone_by is None else one.undone_by,
    )


def _overruled(one: Decision, gone: Mapping[int, int | None], lang: str) -> str:
    if one.seq not in gone:
        return ""
    by = gone[one.seq]
    return say("identity.overruled", lang) if by is None else say("identity.overruled_by", lang, entry=by)
