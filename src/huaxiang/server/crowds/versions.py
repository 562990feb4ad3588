"""The versions of a saved segment: who wrote each when, its rule in words, what it changed, and going back to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from huaxiang.errors import DefinitionError, InputError
from huaxiang.ledger import Entry
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import All, AnyOf, Condition, parts
from huaxiang.model.segments import Segment
from huaxiang.server.clock import now
from huaxiang.server.crowds.saved import check_held, may_change, restore, shelf, versions
from huaxiang.server.crowds.sight import Sight, sight_of
from huaxiang.server.data import workspace
from huaxiang.server.permissions import access_of, page
from huaxiang.server.preferences import lang_of
from huaxiang.words import say

#: Acts of the history that made a version; the others (deleted, brought back) left it as it was.
_MADE = ("saved", "rolled_back")


class Line(NamedTuple):
    """One thing that a version says otherwise than the one before it: ``plus``, ``minus``, or ``note`` with a word."""

    sign: str
    text: str


class Act(NamedTuple):
    """That somebody did something to the segment: ``at`` is in the workspace's time zone."""

    words: str
    actor: str
    at: datetime


@dataclass(frozen=True)
class Version:
    """One version. ``unfit`` is the sentence that says why its rule cannot be counted now, empty where it can;
    ``is_by_hand`` where its file says something else than the history knows of it."""

    number: int
    name: str
    rule: str
    acts: tuple[Act, ...]
    changed: tuple[Line, ...]
    is_latest: bool
    is_by_hand: bool
    unfit: str = ""


@page(permission="see_profile")
def listed(request: HttpRequest, key: str) -> HttpResponse:
    """Every version of a segment, the newest first."""
    with sight_of(request) as sight:
        segment = sight.segment(key)
        context = {
            "crowd": segment,
            "name": segment.name.say(sight.lang),
            "versions": told(segment, sight),
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


def told(segment: Segment, sight: Sight) -> list[Version]:
    """The versions of the segment in the visitor's language, the newest first."""
    entries = shelf(sight.workspace).entries(segment.key)
    found: list[Version] = []
    before: Segment | None = None
    for number, one in versions(sight.workspace, segment).items():
        own = [entry for entry in entries if entry.body["version"] == number]
        found.append(_version(one, before, own, sight, is_latest=number == segment.version))
        before = one
    return found[::-1]


def _version(one: Segment, before: Segment | None, entries: list[Entry], sight: Sight, *, is_latest: bool) -> Version:
    made = [entry for entry in entries if entry.body["change"] in _MADE]
    return Version(
        number=one.version,
        name=one.name.say(sight.lang),
        rule=_words(one.condition, sight),
        acts=tuple(_act(entry, sight) for entry in entries),
        changed=tuple(_changed(before, one, sight)) if before else (),
        is_latest=is_latest,
        is_by_hand=not made or made[-1].body["said"] != text_of(one.condition),
        unfit=_unfit(one, sight),
    )


def _act(entry: Entry, sight: Sight) -> Act:
    body: Mapping[str, object] = entry.body
    words = say(f"crowds.change.{body['change']}", sight.lang, version=body.get("of_version", ""))
    return Act(words, entry.actor, sight.workspace.local(entry.at))


def _changed(before: Segment, after: Segment, sight: Sight) -> list[Line]:
    lines = _changed_rule(before.condition, after.condition, sight)
    old, new = before.name.say(sight.lang), after.name.say(sight.lang)
    if old != new:
        lines.append(Line("note", say("crowds.versions.name", sight.lang, before=old, after=new)))
    if (before.meaning_zh, before.meaning_en) != (after.meaning_zh, after.meaning_en):
        lines.append(Line("note", say("crowds.versions.meaning", sight.lang)))
    if before.packs != after.packs:
        lines.append(Line("note", say("crowds.versions.packs", sight.lang)))
    return lines


def _changed_rule(before: Condition, after: Condition, sight: Sight) -> list[Line]:
    if before == after:
        return []
    old, new = _parts(before, after)
    gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
    if not gone and not come:
        return [Line("note", say("crowds.versions.order", sight.lang))]
    lines = [Line("minus", _words(one, sight)) for one in gone]
    return lines + [Line("plus", _words(one, sight)) for one in come]


def _parts(before: Condition, after: Condition) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
    """What is compared one by one: the parts where both join them alike, else both conditions as a whole."""
    if isinstance(before, AnyOf) != isinstance(after, AnyOf):
        return (before,), (after,)
    return _side_by_side(before), _side_by_side(after)


def _side_by_side(condition: Condition) -> tuple[Condition, ...]:
    return parts(condition) if isinstance(condition, All | AnyOf) else (condition,)


def _words(condition: Condition, sight: Sight) -> str:
    try:
        return sight.population.sentence(condition, sight.lang)
    except DefinitionError:
        # A tag or an event that is no longer defined: the rule stands as it was written.
        return text_of(condition)


def _unfit(one: Segment, sight: Sight) -> str:
    try:
        check_held(one, sight.workspace)
    except DefinitionError as problem:
        return problem.say(sight.lang)
    return ""
