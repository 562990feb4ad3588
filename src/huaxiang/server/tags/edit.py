"""Writing a tag: a form or its YAML, checked as it is typed, tried on everybody, kept as a draft."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.errors import DefinitionError, HuaxiangError, InputError
from huaxiang.model.tags import Tag
from huaxiang.server.clock import now
from huaxiang.server.crowds.boxes import boxes_from
from huaxiang.server.crowds.draft import focus_after
from huaxiang.server.crowds.sight import Sight, is_not_refreshed, sight_of
from huaxiang.server.not_refreshed import TAGS
from huaxiang.server.permissions import page
from huaxiang.server.shelf import Naming
from huaxiang.server.tags.form import NEW_KEY, Among, Draft, Read, as_text, draft_from, draft_of, read
from huaxiang.server.tags.form_layout import kind_field, layout, rows_shown, told
from huaxiang.server.tags.layer_boxes import boxed, layer_forms, turned, written
from huaxiang.server.tags.life import may_change, save_draft
from huaxiang.server.tags.preview import tried
from huaxiang.server.tags.rule_forms import fitted
from huaxiang.server.tags.rule_rows import acted
from huaxiang.server.tags.shelves import Shelves
from huaxiang.words import say

_FIRST = Draft({"kind": "given", "type": "text", "element": "social", "sensitivity": "open", "most": "100"})
#: What is done to the form as a whole; anything else changes its rule and shows it again.
_WHOLE = ("save", "try", "to_text", "to_form")
_MORE_ROWS = 4


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
        draft, key = draft_from(request.POST), request.POST.get("key", "")
        draft, found = _read(draft, key if key in _known(sight).tags else NEW_KEY, sight)
        return render(request, "tags/_preview.html", {"sight": sight, **_tried(found, draft, sight)})


def _edit(request: HttpRequest, sight: Sight, base: Tag | None, *, mine: bool = False) -> HttpResponse:
    key = base.key if base is not None and mine else NEW_KEY
    if request.method != "POST":
        return _page(request, sight, base, _first(request, sight, base), mine=mine)
    draft, act = draft_from(request.POST), request.POST.get("act", "")
    if act not in _WHOLE:
        return _fitted(request, sight, base, draft, act, mine=mine)
    _, found = _read(draft, key, sight, act)
    if act == "save" and found.tag is not None:
        try:
            return _saved(request, sight, found.tag, base if mine else None)
        except HuaxiangError as error:
            refused = Read(found.tag, {"": error.say(sight.lang)})
            return _page(request, sight, base, draft, mine=mine, found=refused, status=400)
    if act == "to_text" and found.tag is not None:
        draft = as_text(found.tag)
    elif act == "to_form" and found.tag is not None:
        draft = boxed(draft_of(found.tag), sight.of_layers.population.vocabulary)
    status = 400 if act == "save" else 200
    return _page(request, sight, base, draft, mine=mine, found=found, status=status)


def _fitted(
    request: HttpRequest, sight: Sight, base: Tag | None, draft: Draft, act: str, *, mine: bool
) -> HttpResponse:
    """The form after a row was moved or another kind chosen: with scripts the part of the rule, else the page."""
    typed, asked = acted(draft.typed, act), sight.of_layers
    draft = turned(replace(draft, typed=fitted(typed) if act == "kind" else typed), act, asked)
    draft = boxed(draft, asked.population.vocabulary) if act == "kind" else draft
    spare = _MORE_ROWS if act.startswith("more") else 1
    if getattr(request, "htmx", False):
        context = _rule_part(draft, Read(None, {}), sight, spare)
        # A button of a box, as in ``add:did:3``, changes nothing but the layers; one goes on typing in the new box.
        context["focus"] = focus_after(boxes_from(request.POST), draft.boxes, act)
        return render(request, "tags/_layers.html" if ":" in act else "tags/_rule.html", context)
    return _page(request, sight, base, draft, mine=mine, spare=spare)


def _known(sight: Sight) -> Among:
    """Every tag that a draft may name, and every crowd."""
    known = sight.definitions
    tags = {**Shelves(sight.workspace).draft_tags, **known.catalogue}
    return Among(tags, known.crowds, sight.population.vocabulary.extras)


def _read(draft: Draft, key: str, sight: Sight, act: str = "") -> tuple[Draft, Read]:
    """What the form says, with the draft whose layers stand as text. A box that still lacks something is told of when
    all is to be kept."""
    if draft.text is not None or draft.said("kind") != "layers":
        return draft, read(draft, key, sight.lang, 1, _known(sight) if act != "to_text" else None)
    whole = written(draft, sight.of_layers)
    lacking = dict.fromkeys(whole.unfinished if act == "save" else (), say("crowds.unfinished", sight.lang))
    if problems := {**lacking, **whole.problems}:
        return whole.draft, Read(None, problems)
    return whole.draft, read(whole.draft, key, sight.lang, 1, _known(sight) if act != "to_text" else None)


def _first(request: HttpRequest, sight: Sight, base: Tag | None) -> Draft:
    other = base or sight.definitions.catalogue.get(request.GET.get("from", ""))
    return boxed(draft_of(other), sight.of_layers.population.vocabulary) if other is not None else _FIRST


def _saved(request: HttpRequest, sight: Sight, tag: Tag, base: Tag | None) -> HttpResponse:
    shelves = Shelves(sight.workspace)
    if base is None:
        known = {**shelves.draft_tags, **sight.definitions.catalogue, **sight.definitions.unreadable}
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
    spare: int = 1,
) -> HttpResponse:
    standing = Shelves(sight.workspace).draft_tags.get(base.key) if base is not None and mine else None
    found = found or Read(None, {})
    context: dict[str, Any] = {
        "sight": sight,
        "base": base,
        "base_name": base.name.say(sight.lang) if base else "",
        "is_copy": base is not None and not mine,
        "key": base.key if base is not None and mine else "",
        "version": standing.version if standing is not None else "",
        "text": draft.text,
        "typed": draft.typed,
        "text_problem": found.problems.get("text", ""),
        "refusal": found.problems.get("", ""),
        "looks_at_once": base is not None or "from" in request.GET,
        **(_rule_part(draft, found, sight, spare) if draft.text is None else {}),
        **(_tried(found, draft, sight) if request.POST.get("act") == "try" else {}),
    }
    return render(request, "tags/edit.html", context, status=status)


def _rule_part(draft: Draft, found: Read, sight: Sight, spare: int) -> dict[str, Any]:
    """What the templates show of the form: its layout and the choice of the kind of rule."""
    has_layers = draft.said("kind") == "layers"
    layers = layer_forms(draft, rows_shown(draft, spare), sight.of_layers) if has_layers else {}
    tags, extras = sight.definitions.catalogue, sight.population.vocabulary.extras
    shown = layout(draft, found.problems, sight.lang, tags, found.marks, spare, layers, extras)
    return {"layout": shown, "kind": kind_field(draft, found.problems, sight.lang), "of_layers": True}


def _tried(found: Read, draft: Draft, sight: Sight) -> dict[str, Any]:
    if found.tag is None:
        return {"problems": [told(place, message, draft, sight.lang) for place, message in found.problems.items()]}
    try:
        return {"tried": tried(found.tag, sight)}
    except DefinitionError as problem:
        return {"problems": [("", "", problem.say(sight.lang))]}
