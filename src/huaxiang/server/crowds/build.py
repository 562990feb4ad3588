"""Building a segment: boxes or text of a rule, changed box by box, and saving it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.errors import HuaxiangError, InputError
from huaxiang.model.segments import Segment
from huaxiang.server.clock import now
from huaxiang.server.crowds.bounds import bounds_of, bounds_posted, bounds_shown, bounds_typed
from huaxiang.server.crowds.box_forms import box_forms, one_form
from huaxiang.server.crowds.boxes import OUTERMOST, Boxes
from huaxiang.server.crowds.cap_field import cap_field
from huaxiang.server.crowds.counting import counted
from huaxiang.server.crowds.draft import Draft, Focus, changed, draft_from, draft_of, focus_after, read
from huaxiang.server.crowds.saved import may_change, save
from huaxiang.server.crowds.sight import Sight, is_not_refreshed, sight_of
from huaxiang.server.crowds.stopping import page_name
from huaxiang.server.not_refreshed import SEGMENTS
from huaxiang.server.permissions import page
from huaxiang.server.shelf import Naming
from huaxiang.words import say

#: What a new segment begins with: one empty test.
FIRST = Boxes().with_new("test", OUTERMOST)


@page(permission="edit_definitions", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """A new segment; ``?rule=`` gives the text of a rule to begin with."""
    try:
        with sight_of(request) as sight:
            return _build(request, sight, None)
    except InputError as error:
        if is_not_refreshed(error):
            return SEGMENTS.page(request)
        raise


@page(permission="edit_definitions", methods=("GET", "POST"))
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Another version of a segment; of a shipped one, or one of somebody else, a copy."""
    with sight_of(request) as sight:
        return _build(request, sight, sight.segment(key))


@page(permission="edit_definitions", methods=("POST",))
def fit(request: HttpRequest, number: int) -> HttpResponse:
    """One box anew, after a choice in it changed what else it asks for; the rule is counted after that. Boxes of
    ``layers`` offer what tags may ask, and no size."""
    of_layers = "of_layers" in request.POST
    with sight_of(request) as whole:
        sight = whole.of_layers if of_layers else whole
        draft = draft_from(request.POST)
        found = read(draft, sight.population.vocabulary)
        shown = found.uncurved if of_layers else found
        form = one_form(number, draft.boxes, shown, sight)
        return render(request, "crowds/_box_alone.html", {"form": form, "of_layers": of_layers})


def _build(request: HttpRequest, sight: Sight, base: Segment | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, sight, base, _first(request, sight, base), _names(base))
    act, names = request.POST.get("act", ""), _typed_names(request)
    draft = changed(draft_from(request.POST), act, sight.population.vocabulary)
    if act == "save":
        try:
            return _saved(request, sight, base, draft, names)
        except HuaxiangError as error:
            return _page(request, sight, base, draft, names, error.say(sight.lang), 400)
    return _page(request, sight, base, draft, names)


def _first(request: HttpRequest, sight: Sight, base: Segment | None) -> Draft:
    known = sight.population.vocabulary
    if base is not None:
        return draft_of(base.condition, known)
    text = request.GET.get("rule", "")
    if text:
        found = read(Draft(text=text), known)
        return Draft(text=text) if found.condition is None else draft_of(found.condition, known)
    return Draft(FIRST)


def _saved(request: HttpRequest, sight: Sight, base: Segment | None, draft: Draft, names: Naming) -> HttpResponse:
    found = read(draft, sight.population.vocabulary)
    if found.condition is None or found.unfinished:
        raise InputError("crowds.unfinished")
    mine = base if base is not None and may_change(sight.workspace, base, sight.access) else None
    if mine is not None and request.POST.get("version") != str(mine.version):
        raise InputError("crowds.changed_meanwhile", name=mine.name.message)
    said = {lang: sight.population.sentence(found.condition, lang)[:290] for lang in ("zh", "en")}
    full = replace(names, meaning_zh=names.meaning_zh or said["zh"], meaning_en=names.meaning_en or said["en"])
    bounds = bounds_posted(request.POST)
    segment = save(sight.workspace, found.condition, full, sight.access, now(), mine, bounds)
    messages.success(request, say("crowds.saved", sight.lang, name=segment.name.message, version=segment.version))
    return redirect("crowds:crowd", segment.key)


def _page(
    request: HttpRequest,
    sight: Sight,
    base: Segment | None,
    draft: Draft,
    names: Naming,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    found = read(draft, sight.population.vocabulary)
    is_part = bool(getattr(request, "htmx", False)) and not refusal
    mine = base is not None and may_change(sight.workspace, base, sight.access)
    context: dict[str, Any] = {
        "forms": box_forms(draft.boxes, found, sight),
        "draft": draft,
        "cap": cap_field(draft.cap, sight),
        "focus": _focus(request, draft),
        "boxes_refused": request.POST.get("act") == "to_boxes" and draft.text is not None and found.condition,
        "outermost": OUTERMOST,
    }
    if is_part:
        # What the rule looks like does not wait until it is counted: the page asks for that by itself.
        return render(request, "crowds/_rule_alone.html", context)
    context |= {
        **counted(found, sight, is_wanted=request.POST.get("act") == "count"),
        "names": names,
        "bounds": bounds_typed(request.POST) if request.method == "POST" else bounds_shown(bounds_of(base)),
        "base": base,
        "base_name": base.name.say(sight.lang) if base else "",
        "is_copy": base is not None and not mine,
        "refusal": refusal,
        "page_name": page_name(),
    }
    return render(request, "crowds/build.html", context, status=status)


def _focus(request: HttpRequest, draft: Draft) -> Focus:
    """Where one goes on; a rule that is opened is read from its beginning, but for one that is still to be begun."""
    if request.method == "POST":
        return focus_after(draft_from(request.POST).boxes, draft.boxes, request.POST.get("act", ""))
    return Focus("choice", 1) if draft.boxes == FIRST else Focus()


def _names(base: Segment | None) -> Naming:
    return Naming("", "", "", "") if base is None else Naming(base.zh, base.en, base.meaning_zh, base.meaning_en)


def _typed_names(request: HttpRequest) -> Naming:
    zh, en, meaning_zh, meaning_en = (request.POST.get(name, "") for name in ("zh", "en", "meaning_zh", "meaning_en"))
    return Naming(zh, en, meaning_zh, meaning_en)
