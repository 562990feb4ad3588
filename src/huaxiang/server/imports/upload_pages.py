"""Bringing files in: choose them, see and correct how they are read, check, import."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from huaxiang.errors import HuaxiangError
from huaxiang.server.accounts.models import signed_in
from huaxiang.server.clock import now
from huaxiang.server.imports.sheets import Sheet, look_at, save_sheets
from huaxiang.server.imports.upload_handler import MEGABYTE, MOST_FILE_BYTES, MOST_FILES, ToUpload
from huaxiang.server.imports.uploads import new_upload
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.words import say


@page(permission="import_data", methods=("GET", "POST"))
@csrf_exempt
def new(request: HttpRequest) -> HttpResponse:
    """The form that takes files. They are received before the form is read, so its check of origin stands inside."""
    if request.method == "GET":
        return _form(request)
    handler = ToUpload(new_upload(now()))
    request.upload_handlers = [handler]
    try:
        return _receive(request, handler)
    finally:
        if not handler.upload.is_kept:
            handler.upload.wipe()


@csrf_protect
def _receive(request: HttpRequest, handler: ToUpload) -> HttpResponse:
    request.FILES.getlist("files")  # reading them is what receives them
    lang = lang_of(request)
    sheets, problems = _looked_at(handler, lang)
    problems = [*_refusals(handler, lang), *problems]
    if not sheets:
        return _form(request, problems or [say("imports.nothing_chosen", lang)], status=400)
    handler.upload.save({"actor": signed_in(request).username, "problems": problems, "sheets": []})
    save_sheets(handler.upload, sheets)
    return redirect("imports:upload", handler.upload.token)


def _looked_at(handler: ToUpload, lang: str) -> tuple[list[Sheet], list[str]]:
    sheets: list[Sheet] = []
    problems = []
    for path in handler.received:
        try:
            sheets += look_at(handler.upload, path)
        except HuaxiangError as problem:
            problems.append(problem.say(lang))
    return sheets, problems


def _form(request: HttpRequest, problems: list[str] | None = None, status: int = 200) -> HttpResponse:
    limits = {"most_megabytes": MOST_FILE_BYTES // MEGABYTE, "most_bytes": MOST_FILE_BYTES, "most_files": MOST_FILES}
    return render(request, "imports/new.html", {"problems": problems or [], **limits}, status=status)


def _refusals(handler: ToUpload, lang: str) -> list[str]:
    most = MOST_FILE_BYTES // MEGABYTE
    found = [say("imports.file_too_large", lang, file=name, most=most) for name in handler.too_large]
    if handler.too_many:
        found.append(say("imports.too_many_files", lang, files="、".join(handler.too_many[:5]), most=MOST_FILES))
    return found
