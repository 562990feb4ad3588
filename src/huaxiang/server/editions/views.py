"""The list of editions with what changed in each, and publishing the next one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.analyse.document_facts import FactBook
from huaxiang.errors import WorkspaceError
from huaxiang.ledger import Ledger
from huaxiang.present.document.changes import changes
from huaxiang.present.document.editions import Edition
from huaxiang.present.document.editions import editions as published_editions
from huaxiang.server.data import is_workspace, reading, workspace
from huaxiang.server.jobs.queue import start
from huaxiang.server.permissions import access_of, may, page
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import latest
from huaxiang.words import say

_COMPARED = 12


@dataclass(frozen=True)
class Listed:
    """One edition of the list, numbered from 1. ``change`` says what moved since the one before."""

    edition: Edition
    number: int
    change: str
    problem: str = ""


@page(permission="see_page")
def editions(request: HttpRequest) -> HttpResponse:
    """Every edition, the newest first, each with what changed since the one before."""
    found = _published() if is_workspace() else []
    listed = _listed(found, lang_of(request))
    context = {
        "editions": listed,
        "latest": listed[0] if listed else None,
        "may_publish": may(request, "publish_edition"),
    }
    return render(request, "editions/list.html", context)


@page(permission="publish_edition", methods=("POST",))
def publish(request: HttpRequest) -> HttpResponse:
    """Starts the job that publishes the document of the latest refresh. Raises :class:`InputError` before the first."""
    with reading() as engine:
        latest(engine)
    known = [edition.edition_id for edition in _published()]
    job = start("edition", {"known": known}, actor=access_of(request).user)
    return redirect("jobs:job", job.pk)


def _published() -> list[Edition]:
    home = workspace()
    with Ledger.open(home.ledger_path) as ledger:
        return published_editions(home.folder / "editions", ledger)


def _listed(found: list[Edition], lang: str) -> list[Listed]:
    listed, books = [], [_book(edition, lang) for edition in found[: _COMPARED + 1]]
    for place, edition in enumerate(found):
        own, problem = books[place] if place < len(books) else (None, "")
        before = books[place + 1][0] if place + 1 < len(books) else None
        listed.append(Listed(edition, edition.number, _change(own, before, place + 1 == len(found), lang), problem))
    return listed


def _book(edition: Edition, lang: str) -> tuple[FactBook | None, str]:
    try:
        return edition.facts(), ""
    except WorkspaceError as damaged:
        return None, damaged.say(lang)


def _change(own: FactBook | None, before: FactBook | None, is_first: bool, lang: str) -> str:
    if is_first:
        return say("editions.first", lang)
    if own is None or before is None:
        return ""
    found = changes(before, own)
    numbers = {"moved": len(found.moved), "new": len(found.new_segments), "gone": len(found.gone_segments)}
    return say("editions.changed", lang, **numbers)
