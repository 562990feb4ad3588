"""The versions of a saved segment as a page, and going back to one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.errors import InputError
from huaxiang.server.clock import now
from huaxiang.server.crowds.saved import may_change, restore
from huaxiang.server.crowds.sight import sight_of
from huaxiang.server.crowds.version_words import told
from huaxiang.server.data import workspace
from huaxiang.server.permissions import access_of, page
from huaxiang.server.preferences import lang_of
from huaxiang.words import say


@page(permission="see_profile")
def listed(request: HttpRequest, key: str) -> HttpResponse:
    """Every version of a segment, the newest first."""
    with sight_of(request) as sight:
        segment = sight.segment(key)
        versions = told(segment, sight.workspace, sight.lang)
        context = {
            "crowd": segment,
            "name": segment.name.say(sight.lang),
            "versions": [(one, [(act, sight.workspace.local(act.at)) for act in one.acts]) for one in versions],
            "is_mine": may_change(sight.workspace, segment, sight.access),
        }
    is_part = getattr(request, "htmx", False)
    return render(request, "crowds/_versions.html" if is_part else "crowds/versions.html", context)


@page(permission="edit_definitions", methods=("POST",))
def go_back(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Make what an earlier version said the next version; ``version`` in the form is the one that was looked at."""
    seen = request.POST.get("version", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 7):
        raise InputError("crowds.version_not_said")
    back = restore(workspace(), key, number, int(seen), access_of(request), now())
    told_words = {"name": back.name.message, "number": number, "version": back.version}
    messages.success(request, say("crowds.rolled_back", lang_of(request), **told_words))
    return redirect("crowds:crowd", key)
