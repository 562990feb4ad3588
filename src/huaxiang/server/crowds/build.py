"""Building a segment: rows or text of a rule, its sentence and exact size while it is written, and saving it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.errors import DefinitionError, HuaxiangError, InputError
from huaxiang.model.condition_text import text_of
from huaxiang.model.segments import Segment
from huaxiang.server.clock import now
from huaxiang.server.crowds.draft import MOST_ROWS, Draft, Read, Row, draft_from, draft_of, next_number, read
from huaxiang.server.crowds.measured import measured
from huaxiang.server.crowds.saved import Naming, may_change, save
from huaxiang.server.crowds.sight import Sight, is_not_refreshed, sight_of
from huaxiang.server.crowds.widgets import row_form, row_forms, whole_problem
from huaxiang.server.permissions import page
from huaxiang.words import say

_REMOVE = re.compile(r"remove-(\d{1,6})\Z")


@page(permission="edit_definitions", methods=("GET", "POST"))
def new(request: HttpRequest) -> HttpResponse:
    """A new segment; ``?rule=`` gives the text of a rule to begin with."""
    try:
        with sight_of(request) as sight:
            return _build(request, sight, None)
    except InputError as error:
        if is_not_refreshed(error):
            return render(request, "crowds/empty.html")
        raise


@page(permission="edit_definitions", methods=("GET", "POST"))
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """Another version of a segment; of a shipped one, or one of somebody else, a copy."""
    with sight_of(request) as sight:
        return _build(request, sight, sight.segment(key))


@page(permission="edit_definitions", methods=("POST",))
def preview(request: HttpRequest) -> HttpResponse:
    """The sentence and exact size of the rule in the form."""
    with sight_of(request) as sight:
        draft = draft_from(request.POST)
        found = read(draft, sight.population.vocabulary)
        return render(request, "crowds/_preview.html", _measured(found, sight))


@page(permission="edit_definitions", methods=("POST",))
def fit(request: HttpRequest, number: int) -> HttpResponse:
    """The operators and inputs of one row after its tag or, with ``?part=value``, its operator changed."""
    part = "value" if request.GET.get("part") == "value" else "fit"
    with sight_of(request) as sight:
        draft = draft_from(request.POST)
        row = next((each for each in draft.rows if each.number == number), Row(number, ""))
        # A value of another tag would mean nothing here.
        kept = row if part == "value" else replace(row, typed=())
        rest = replace(draft, rows=tuple(kept if each is row else each for each in draft.rows))
        form = row_form(kept, sight)
        if part == "value" and request.POST.get(f"shape-{number}") == form.widget.shape:
            # What is being typed must not be replaced by an input that looks the same.
            return HttpResponse(status=204)
        found = _measured(read(rest, sight.population.vocabulary), sight)
        return render(request, "crowds/_part_and_preview.html", {**found, "form": form, "part": f"crowds/_{part}.html"})


def _build(request: HttpRequest, sight: Sight, base: Segment | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, sight, base, _first(request, sight, base), _names(base))
    act, names = request.POST.get("act", ""), _typed_names(request)
    draft = _changed(draft_from(request.POST), act, sight)
    if act == "save":
        try:
            return _saved(request, sight, base, draft, names)
        except HuaxiangError as error:
            return _page(request, sight, base, draft, names, error.say(sight.lang), 400)
    return _page(request, sight, base, draft, names)


def _first(request: HttpRequest, sight: Sight, base: Segment | None) -> Draft:
    if base is not None:
        return draft_of(base.condition, sight.fields)
    text = request.GET.get("rule", "")
    if text:
        found = read(Draft(text=text), sight.population.vocabulary)
        return Draft(text=text) if found.condition is None else draft_of(found.condition, sight.fields)
    return Draft(rows=(Row(1, ""),))


def _changed(draft: Draft, act: str, sight: Sight) -> Draft:
    if act in ("add", "add_inner") and len(draft.rows) < MOST_ROWS:
        return replace(draft, rows=(*draft.rows, Row(next_number(draft), "", grouped=act == "add_inner")))
    if gone := _REMOVE.match(act):
        return replace(draft, rows=tuple(row for row in draft.rows if row.number != int(gone[1])))
    if act in ("to_text", "to_rows"):
        return _other_form(draft, act, sight)
    return draft


def _other_form(draft: Draft, act: str, sight: Sight) -> Draft:
    found = read(draft, sight.population.vocabulary)
    if found.condition is None:
        return draft
    if act == "to_text":
        return Draft(text="" if not draft.rows and draft.text is None else text_of(found.condition))
    rows = draft_of(found.condition, sight.fields)
    return rows if rows.text is None else draft


def _saved(request: HttpRequest, sight: Sight, base: Segment | None, draft: Draft, names: Naming) -> HttpResponse:
    found = read(draft, sight.population.vocabulary)
    if found.condition is None or found.unfinished:
        raise InputError("crowds.unfinished")
    mine = base if base is not None and may_change(sight.workspace, base, sight.access) else None
    if mine is not None and request.POST.get("version") != str(mine.version):
        raise InputError("crowds.changed_meanwhile", name=mine.name.message)
    said = {lang: sight.population.sentence(found.condition, lang)[:290] for lang in ("zh", "en")}
    full = replace(names, meaning_zh=names.meaning_zh or said["zh"], meaning_en=names.meaning_en or said["en"])
    segment = save(sight.workspace, found.condition, full, sight.access, now(), mine)
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
        **_measured(found, sight),
        "forms": row_forms(draft, found, sight),
        "draft": draft,
        "names": names,
        "base": base,
        "base_name": base.name.say(sight.lang) if base else "",
        "is_copy": base is not None and not mine,
        "refusal": refusal,
        "last": max((row.number for row in draft.rows), default=0),
        "rows_refused": request.POST.get("act") == "to_rows" and draft.text is not None and found.condition is not None,
        "has_inner": any(row.grouped for row in draft.rows),
    }
    return render(request, "crowds/_rule_and_preview.html" if is_part else "crowds/build.html", context, status=status)


def _measured(found: Read, sight: Sight) -> dict[str, Any]:
    context = {"read": found, "problem": whole_problem(found, sight.lang), "unfinished": len(found.unfinished)}
    if found.condition is None:
        problems = [problem.say(sight.lang) for number, problem in found.problems if number]
        return {**context, "row_problems": problems}
    try:
        return {**context, "found": measured(found.condition, sight), "sight": sight}
    except DefinitionError as problem:
        return {**context, "problem": problem.say(sight.lang)}


def _names(base: Segment | None) -> Naming:
    return Naming("", "", "", "") if base is None else Naming(base.zh, base.en, base.meaning_zh, base.meaning_en)


def _typed_names(request: HttpRequest) -> Naming:
    zh, en, meaning_zh, meaning_en = (request.POST.get(name, "") for name in ("zh", "en", "meaning_zh", "meaning_en"))
    return Naming(zh, en, meaning_zh, meaning_en)
