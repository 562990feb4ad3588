"""The rows that wait: see them, mend one and read it again, or give it up with a reason."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from huaxiang.collect import history
from huaxiang.errors import Denied, InputError
from huaxiang.ledger import Ledger
from huaxiang.release.reveal import reveal
from huaxiang.server.accounts.models import signed_in
from huaxiang.server.clock import now
from huaxiang.server.data import reading, workspace
from huaxiang.server.imports.counts import reason_words, sheet_title
from huaxiang.server.imports.discards import discard, discarded
from huaxiang.server.imports.paging import page_number
from huaxiang.server.imports.waiting_rows import changed_cells, in_full, masked
from huaxiang.server.jobs.queue import start
from huaxiang.server.permissions import access_of, page
from huaxiang.server.preferences import lang_of
from huaxiang.words import say

PAGE_ROWS = 20


@page(permission="see_profile")
def quarantine(request: HttpRequest) -> HttpResponse:
    """Rows that wait, masked, by import and reason."""
    access, lang, at = access_of(request), lang_of(request), page_number(request)
    if access.stores is not None:
        raise Denied("imports.quarantine_scope", user=access.user)
    chosen = {name: request.GET.get(name) or None for name in ("import", "reason")}
    gone = discarded()
    waiting = history.Waiting(chosen["import"], chosen["reason"], gone)
    with reading() as engine:
        rows = history.waiting_rows(engine, waiting, PAGE_ROWS + 1, PAGE_ROWS * (at - 1))
        reasons = history.waiting_by_reason(engine, history.Waiting(chosen["import"], None, gone))
        files = history.waiting_by_import(engine, history.Waiting(discarded=gone))
    context = {
        "rows": [masked(row, access, lang) for row in rows[:PAGE_ROWS]],
        "next": at + 1 if len(rows) > PAGE_ROWS else None,
        "page": at,
        "chosen_import": chosen["import"] or "",
        "chosen_reason": chosen["reason"] or "",
        "reasons": [(one["reason"], reason_words(one["reason"], lang), one["count"]) for one in reasons],
        "files": [(one["import_id"], sheet_title(one["file_name"], one["sheet"]), one["count"]) for one in files],
        "query": "".join(f"{urlencode({name: value})}&" for name, value in chosen.items() if value),
        "all": sum(one["count"] for one in files),
        "discarded": len(gone),
        "may_mend": access.may("import_data") and access.may("reveal_personal"),
    }
    return render(request, "imports/quarantine.html", context)


@page(permission="import_data", methods=("POST",))
def show(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The row in full, as a form to mend it. That it was shown stands in the ledger before it is."""
    row, lang = _row(key, number), lang_of(request)
    with Ledger.open(workspace().ledger_path) as ledger:
        shown = reveal(
            lambda: in_full(row, lang),
            access_of(request),
            customer_id=f"{key}/{number}",
            field="quarantine_row",
            stores=None,
            reason=say("imports.reveal_reason", lang),
            ledger=ledger,
            at=now(),
        )
    return render(request, "imports/mend.html", {"row": shown})


@page(permission="import_data", methods=("POST",))
def mend(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Reads the row again with the cells that were changed, in a job."""
    row = _row(key, number)
    typed = [request.POST.get(f"cell-{place}", "") for place in range(len(request.POST))]
    cells = changed_cells(row, [text for place, text in enumerate(typed) if f"cell-{place}" in request.POST])
    if not cells:
        raise InputError("imports.nothing_mended", row=number)
    order = {"import_id": key, "fixes": {str(number): cells}}
    job = start("replay", order, actor=signed_in(request).username, about=row["file_name"], subject=key)
    return redirect("jobs:job", job.pk)


@page(permission="import_data", methods=("POST",))
def give_up(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Gives the row up, with a reason that the ledger keeps."""
    _row(key, number)
    discard((key, number), request.POST.get("reason", ""), signed_in(request).username)
    return redirect(f"{reverse('imports:quarantine')}?import={key}")


def _row(key: str, number: int) -> dict[str, Any]:
    with reading() as engine:
        return history.waiting_row(engine, key, number)
