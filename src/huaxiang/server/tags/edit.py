"""Writing a tag: a form or its YAML, checked as it is typed, tried on everybody, kept as a draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.errors import DefinitionError, HuaxiangError, InputError
from huaxiang.model.tags import Tag
from huaxiang.server.clock import now
from huaxiang.server.crowds.sight import Sight, is_not_refreshed, sight_of
from huaxiang.server.not_refreshed import TAGS
from huaxiang.server.permissions import page
from huaxiang.server.shelf import Naming
from huaxiang.server.tags.form import NEW_KEY, Draft, Read, as_text, draft_from, draft_of, read
from huaxiang.server.tags.form_layout import layout
from huaxiang.server.tags.life import may_change, save_draft
from huaxiang.server.tags.preview import tried
from huaxiang.server.tags.shelves import Shelves
from huaxiang.words import say

_FIRST = Draft({"kind": "given", "type": "text", "element": "social", "sensitivity": "open", "most": "100"})


@page(permission="edit_definitions", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """A new tag; ``?from=`` begins with what another one says."""
    try:
        with sight_of(request) as sight:
            return _edit(request, sight, None)
    except InputError as error:
        if is_not_refreshed(error):
            return TAGS.page(request)
        raise


@page(permission="edit_definitions", methods=("GET", "POST"))
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Another version of a tag, kept as a draft; of one that is somebody else's, a copy."""
    with sight_of(request) as sight:
        shelves = Shelves(sight.workspace)
        one = shelves.tag(key)
        draft = shelves.draft_tags.get(key)
        mine = may_change(shelves, one, sight.access) or (draft is not None and draft.owner == sight.access.user)
        return _edit(request, sight, draft or one, mine=mine)


@page(permission="edit_definitions", methods=("POST",))
def preview(request: HttpRequest) -> HttpResponse:
    """What the draft in the form would do: coverage, distribution, examples."""
    with sight_of(request) as sight:
        key = request.POST.get("key", "")
        known = {**Shelves(sight.workspace).draft_tags, **sight.definitions.catalogue}
        found = read(draft_from(request.POST), key if key in known else NEW_KEY, sight.lang)
        return render(request, "tags/_preview.html", {"sight": sight, "read": found, **_tried(found, sight)})


def _edit(request: HttpRequest, sight: Sight, base: Tag | None, *, mine: bool = False) -> HttpResponse:
    key = base.key if base is not None and mine else NEW_KEY
    if request.method != "POST":
        return _page(request, sight, base, _first(request, sight, base), mine=mine)
    draft, act = draft_from(request.POST), request.POST.get("act", "")
    found = read(draft, key, sight.lang)
    if act == "save" and found.tag is not None:
        try:
            return _saved(request, sight, found.tag, base if mine else None)
        except HuaxiangError as error:
            refused = Read(found.tag, {"": error.say(sight.lang)})
            return _page(request, sight, base, draft, mine=mine, found=refused, status=400)
    if act == "to_text" and found.tag is not None:
        draft = as_text(found.tag)
    elif act == "to_form" and found.tag is not None:
        draft = draft_of(found.tag)
    status = 400 if act == "save" else 200
    return _page(request, sight, base, draft, mine=mine, found=found, status=status)


def _first(request: HttpRequest, sight: Sight, base: Tag | None) -> Draft:
    if base is not None:
        return draft_of(base)
    other = sight.definitions.catalogue.get(request.GET.get("from", ""))
    return draft_of(other) if other is not None else _FIRST


def _saved(request: HttpRequest, sight: Sight, tag: Tag, base: Tag | None) -> HttpResponse:
    shelves = Shelves(sight.workspace)
    if base is None:
        known = {**shelves.draft_tags, **sight.definitions.catalogue}
        names = Naming(tag.zh, tag.en, tag.meaning_zh, tag.meaning_en)
        tag = tag.model_copy(update={"key": shelves.published.new_key(names, known)})
    opened = request.POST.get("version", "")
    version = int(opened) if base is not None and opened.isascii() and opened.isdigit() and len(opened) < 7 else None
    draft = save_draft(shelves, tag, sight.access, now(), version)
    messages.success(request, say("tags.draft_saved", sight.lang, name=draft.name.message))
    return redirect("tags:tag", draft.key)


def _page(
    request: HttpRequest,
    sight: Sight,
    base: Tag | None,
    draft: Draft,
    *,
    mine: bool,
    found: Read | None = None,
    status: int = 200,
) -> HttpResponse:
    standing = Shelves(sight.workspace).draft_tags.get(base.key) if base is not None and mine else None
    context: dict[str, Any] = {
        "sight": sight,
        "base": base,
        "base_name": base.name.say(sight.lang) if base else "",
        "is_copy": base is not None and not mine,
        "key": base.key if base is not None and mine else "",
        "version": standing.version if standing is not None else "",
        "text": draft.text,
        "typed": draft.typed,
        "layout": layout(draft, found.problems if found else {}, sight.lang) if draft.text is None else {},
        "text_problem": found.problems.get("text", "") if found else "",
        "refusal": found.problems.get("", "") if found else "",
    }
    return render(request, "tags/edit.html", context, status=status)


def _tried(found: Read, sight: Sight) -> dict[str, Any]:
    if found.tag is None:
        return {"problem": " ".join(found.problems.values())}
    try:
        return {"tried": tried(found.tag, sight)}
    except DefinitionError as problem:
        return {"problem": problem.say(sight.lang)}
