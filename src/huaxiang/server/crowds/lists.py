"""Uploaded lists: bringing a file of numbers, whom each list names today, and deleting one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from huaxiang.errors import Denied, HuaxiangError, InputError
from huaxiang.release.roles import Access
from huaxiang.server.clock import now
from huaxiang.server.crowds.sight import is_not_refreshed
from huaxiang.server.data import workspace
from huaxiang.server.imports.upload_handler import MEGABYTE, ToUpload
from huaxiang.server.imports.uploads import new_upload
from huaxiang.server.not_refreshed import SEGMENTS
from huaxiang.server.permissions import access_of, page
from huaxiang.server.preferences import lang_of
from huaxiang.words import say
from huaxiang.workspace import Workspace

MOST_BYTES = 100 * MEGABYTE


@page(permission="edit_definitions", methods=("GET", "POST"))
@csrf_exempt
def lists(request: HttpRequest) -> HttpResponse:
    """Every list with the customers that it names, and a form for another one.

    The file is received before the form is read, so its check of origin stands inside.
    """
    require_all_stores(access_of(request))
    if request.method != "POST":
        return _page(request)
    handler = ToUpload(new_upload(now()), MOST_BYTES)
    request.upload_handlers = [handler]
    try:
        return _receive(request, handler)
    finally:
        handler.upload.wipe()


@page(permission="edit_definitions", methods=("POST",))
def forget(request: HttpRequest, key: str) -> HttpResponse:
    """Delete a list and the numbers in it: one's own, any one for an administrator."""
    access, home = access_of(request), workspace()
    require_all_stores(access)
    require_own(home, key, access)
    gone = home.forget_list(key, now(), actor=access.user)
    messages.success(request, say("list.forgotten", lang_of(request), name=gone.name.message))
    return redirect("crowds:lists")


@csrf_protect
def _receive(request: HttpRequest, handler: ToUpload) -> HttpResponse:
    request.FILES.getlist("file")  # reading them is what receives them
    lang, names = lang_of(request), (request.POST.get("zh", ""), request.POST.get("en", ""))
    if not handler.received:
        return _page(request, say("list.no_file", lang, most=MOST_BYTES // MEGABYTE), 400)
    path = handler.received[0]
    header = request.POST.get("header", "").strip() or None
    try:
        done = workspace().upload_list(
            path, names[0] or path.stem, names[1], now(), actor=access_of(request).user, header=header
        )
    except HuaxiangError as problem:
        return _page(request, problem.say(lang), 400)
    counts = {name: f"{count:,}" for name, count in vars(done.found).items()}
    kept = done.list
    messages.success(
        request, say("list.brought", lang, name=kept.name.message, key=kept.key, header=kept.header, **counts)
    )
    return redirect("crowds:lists")


def _page(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    home, access, lang = workspace(), access_of(request), lang_of(request)
    try:
        rows = [
            {
                "list": one,
                "name": one.name.say(lang),
                "found": home.found_in_list(key),
                "is_mine": one.owner == access.user or access.may("manage_users"),
            }
            for key, one in home.id_lists.items()
        ]
    except InputError as error:
        if is_not_refreshed(error):
            return SEGMENTS.page(request)
        raise
    context = {"rows": rows, "problem": problem, "most": MOST_BYTES // MEGABYTE}
    return render(request, "crowds/lists.html", context, status=status)


def require_all_stores(access: Access) -> None:
    """Do nothing for who sees all stores; else raise :class:`Denied`: whether a number is known would tell who buys in
    the other ones."""
    if access.stores is not None:
        raise Denied("list.scope", user=access.user)


def require_own(home: Workspace, key: str, access: Access) -> None:
    """Do nothing for a list of one's own, or for an administrator; else raise :class:`Denied`. A list that is not there
    is nobody's."""
    known = home.id_lists.get(key)
    if known is not None and known.owner != access.user and not access.may("manage_users"):
        raise Denied("crowds.not_yours", name=known.name.message, owner=known.owner)
