"""Counting the rule in the builder as it is written: its cost first where that is much, and it can be stopped."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.groups.echoes import fields_asked
from huaxiang.errors import Cancelled, DefinitionError, EngineError
from huaxiang.model.conditions import Condition
from huaxiang.server.crowds.asking import asker_of
from huaxiang.server.crowds.boxes import OUTERMOST
from huaxiang.server.crowds.cost_words import cost_of, remember, told_cost
from huaxiang.server.crowds.draft import draft_from, read
from huaxiang.server.crowds.made_of import made_of
from huaxiang.server.crowds.read_boxes import Read
from huaxiang.server.crowds.sight import Sight, sight_of
from huaxiang.server.crowds.stopping import stop, stoppable
from huaxiang.server.data import workspace
from huaxiang.server.groups.chosen import explained_address
from huaxiang.server.permissions import page
from huaxiang.server.preferences import lang_of
from huaxiang.server.uncounted import uncounted_words
from huaxiang.words import say


@page(permission="edit_definitions", methods=("POST",))
def preview(request: HttpRequest) -> HttpResponse:
    """The sentence and exact size of the rule in the form. One that takes long is told what it costs, and counted when
    ``act`` is ``count``. Nothing for a count that another one of the same builder page took the place of."""
    try:
        with sight_of(request) as sight:
            found = read(draft_from(request.POST), sight.population.vocabulary)
            with stoppable(sight.engine, sight.workspace, asker_of(request)):
                context = counted(found, sight, is_wanted=request.POST.get("act") == "count")
            return render(request, "crowds/_counted.html", context)
    except Cancelled as problem:
        if problem.code == "crowds.count_superseded":
            return HttpResponse(status=204)
        return _without_count(request, problem.say(lang_of(request)))
    except EngineError as problem:
        if problem.code != "engine.too_long":
            raise
        return _without_count(request, problem.say(lang_of(request)))


@page(permission="edit_definitions", methods=("POST",))
def stopped(request: HttpRequest) -> HttpResponse:
    """Stop what this builder page is counting."""
    stop(workspace(), asker_of(request))
    return _without_count(request, say("crowds.count_stopped", lang_of(request)))


def counted(found: Read, sight: Sight, *, is_wanted: bool) -> dict[str, Any]:
    """What the builder shows of a rule beside it: its problems, or its sentence, size and makeup. ``waits`` instead of
    these where counting takes long and is not yet wanted."""
    whole = found.problems.get(OUTERMOST)
    context = {"read": found, "problem": whole.say(sight.lang) if whole else "", "unfinished": len(found.unfinished)}
    if found.condition is None:
        return {**context, "box_problems": [each.say(sight.lang) for number, each in found.problems.items() if number]}
    try:
        sight.population.check_countable(found.condition)
    except DefinitionError as problem:
        # It can be saved all the same: the next refresh computes what it asks for.
        return {**context, "problem": problem.say(sight.lang)}
    return {**context, "sight": sight, **_measured(found.condition, sight, is_wanted=is_wanted)}


def _measured(condition: Condition, sight: Sight, *, is_wanted: bool) -> dict[str, Any]:
    found = cost_of(condition, sight)
    told = told_cost(found, sight.lang)
    if told.is_told and not is_wanted:
        return {"waits": True, "cost": told, "rule": sight.population.sentence(condition, sight.lang)}
    started = perf_counter()
    made = made_of(condition, sight)
    if found.rows:
        remember(found, perf_counter() - started, sight)
    uncounted = uncounted_words(sight, fields_asked(condition, sight.population.segments))
    return {"cost": told, "explained": explained_address(sight, condition), "uncounted": uncounted, **made}


def _without_count(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "crowds/_stopped.html", {"stopped": sentence})
