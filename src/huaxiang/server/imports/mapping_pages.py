"""One upload: every sheet with its mapping, the check, the import."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from huaxiang.collect.saved_mappings import SavedMappings, source_of
from huaxiang.errors import InputError, NotFound, nearest
from huaxiang.model.mapping import Mapping, forms
from huaxiang.server.accounts import audit
from huaxiang.server.accounts.models import signed_in
from huaxiang.server.data import workspace
from huaxiang.server.imports.field_rows import shown_sheet
from huaxiang.server.imports.mapping_form import mapping_from
from huaxiang.server.imports.sheets import Sheet, guess, save_sheets, sheets_of
from huaxiang.server.imports.uploads import Upload, find_upload
from huaxiang.server.jobs.models import ACTIVE, CANCELLED, Job
from huaxiang.server.jobs.queue import settle_orphans, start
from huaxiang.server.jobs.shown import shown
from huaxiang.server.permissions import access_of, page
from huaxiang.server.preferences import lang_of


@page(permission="import_data")
def upload(request: HttpRequest, token: str) -> HttpResponse:
    """The sheets that were brought, how each will be read, and what the last check counted."""
    found = find_upload(token, signed_in(request).username)
    settle_orphans()
    lang, sheets = lang_of(request), sheets_of(found)
    check = Job.objects.filter(subject=token, kind="preview").exclude(state=CANCELLED).order_by("-pk").first()
    return render(
        request,
        "imports/upload.html",
        {
            "token": token,
            "sheets": [shown_sheet(number, sheet, access_of(request), lang) for number, sheet in enumerate(sheets)],
            "problems": found.state()["problems"],
            "ready": sum(sheet.is_ready for sheet in sheets),
            "all": len(sheets),
            "doubtful": sum(not sheet.is_ready and not sheet.is_left_out for sheet in sheets),
            "job": shown(check, lang) if check else None,
        },
    )


@page(permission="import_data", methods=("POST",))
def change(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """Changes how one sheet is read: what a row is, the field of a column, an option; or keeps the mapping."""
    found = find_upload(token, signed_in(request).username)
    sheets = sheets_of(found)
    problem = ""
    try:
        sheets[_index(number, sheets)] = _changed(request, found, sheets[_index(number, sheets)])
        save_sheets(found, sheets)
    except (InputError, NotFound) as refused:
        if not getattr(request, "htmx", False) or number >= len(sheets):
            raise
        problem = refused.say(lang_of(request))
    if not getattr(request, "htmx", False):
        return redirect(f"{reverse('imports:upload', args=[token])}#sheet-{number}")
    sheet = shown_sheet(number, sheets[number], access_of(request), lang_of(request))
    return render(request, "imports/_sheet.html", {"sheet": sheet, "token": token, "problem": problem})


@page(permission="import_data", methods=("POST",))
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Counts what the import would do, in a job; nothing is kept."""
    _start(request, token, "preview")
    return redirect(f"{reverse('imports:upload', args=[token])}#check")


@page(permission="import_data", methods=("POST",))
def bring_in(request: HttpRequest, token: str) -> HttpResponse:
    """Imports what is ready, in a job."""
    return redirect("jobs:job", _start(request, token, "import").pk)


@page(permission="import_data", methods=("POST",))
def discard(request: HttpRequest, token: str) -> HttpResponse:
    """Wipes the uploaded files without importing them."""
    found = find_upload(token, signed_in(request).username)
    _refuse_twice(token)
    found.wipe()
    return redirect("imports:new")


def _start(request: HttpRequest, token: str, kind: str) -> Job:
    actor = signed_in(request).username
    found = find_upload(token, actor)
    _refuse_twice(token)
    ready = [sheet for sheet in sheets_of(found) if sheet.is_ready]
    if not ready:
        raise InputError("imports.nothing_ready")
    order = {"upload": token, "sheets": [{"path": s.path, "sheet": s.sheet, "mapping": s.mapping} for s in ready]}
    about = "、".join(dict.fromkeys(sheet.file for sheet in ready))
    size = sum((found.folder / path).stat().st_size for path in {sheet.path for sheet in ready})
    return start(kind, order, actor=actor, about=about, subject=token, work=size)


def _refuse_twice(token: str) -> None:
    settle_orphans()
    if Job.objects.filter(subject=token, kind="import", state__in=ACTIVE).exists():
        raise InputError("imports.already_on_its_way")


def _index(number: int, sheets: list[Sheet]) -> int:
    if number >= len(sheets):
        raise NotFound("imports.no_such_sheet", number=number + 1, count=len(sheets))
    return number


def _changed(request: HttpRequest, found: Upload, sheet: Sheet) -> Sheet:
    form, before = request.POST.get("row_kind", ""), sheet.reading
    if form and form not in forms():
        raise NotFound("mapping.unknown_form", where=sheet.file, given=form[:40], nearest=nearest(form[:40], forms()))
    if not form:
        return replace(sheet, is_left_out=True, mapping=None)
    if before is None or form != before.form:
        return sheet.with_mapping(guess(found, sheet, form))
    mapping = mapping_from(request.POST.dict(), sheet.header, before)
    changed = sheet.with_mapping(mapping)
    return _kept(request, changed, mapping) if "keep" in request.POST else changed


def _kept(request: HttpRequest, sheet: Sheet, mapping: Mapping) -> Sheet:
    saved = SavedMappings(workspace().folder / "mappings")
    path = saved.save(mapping, source_of(Path(sheet.file), sheet.sheet), sheet.header)
    body = {"mapping_id": path.name, "form": mapping.form, "source": mapping.source, "columns": len(mapping.columns)}
    audit.record("mapping.saved", signed_in(request).username, body)
    return replace(sheet, is_saved=True)
