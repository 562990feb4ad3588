"""The past of a segment that its history does not hold, month by month: computed on demand, kept, and told as such."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.tag_history import MONTHS
from huaxiang.errors import Cancelled, DefinitionError, EngineError
from huaxiang.model.segments import Segment
from huaxiang.number_words import date_words
from huaxiang.present.charts.size_over_runs import size_over_runs
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.asking import asker_of
from huaxiang.server.crowds.cost_words import ASK_SECONDS
from huaxiang.server.crowds.kept_past import Stood
from huaxiang.server.crowds.past_steps import Past, kept_of, past_of, steps
from huaxiang.server.crowds.sight import Sight, sight_of
from huaxiang.server.crowds.stopping import page_name, stop, stoppable
from huaxiang.server.data import workspace
from huaxiang.server.past_day import among_all
from huaxiang.server.permissions import page
from huaxiang.server.tables import Column, text_table
from huaxiang.words import say

_SECONDS = 300.0


@page(permission="see_profile")
def asked(request: HttpRequest, key: str) -> HttpResponse:
    """What is known of the past of the segment, and what the rest of it would cost."""
    return _shown(request, key)


@page(permission="see_profile", methods=("POST",))
def computed(request: HttpRequest, key: str) -> HttpResponse:
    """The past of the segment, day by day; it can be stopped. Where nobody knows how long a day takes, one is computed
    first, and the rest when it is short or ``act`` is ``all``; with ``act`` ``again`` what was kept is let go."""
    act = request.POST.get("act", "")
    try:
        with sight_of(request, _SECONDS) as sight:
            segment = sight.segment(key)
            if act == "again":
                kept_of(segment, sight).forget()
            with stoppable(sight.engine, sight.workspace, asker_of(request)):
                _walk(segment, sight, is_wanted=act == "all")
    except Cancelled:
        return _shown(request, key, "crowds.past.stopped")
    except EngineError as problem:
        if problem.code != "engine.too_long":
            raise
        return _shown(request, key, "crowds.past.too_long")
    except DefinitionError:
        return _shown(request, key)  # it says why
    return _shown(request, key)


@page(permission="see_profile", methods=("POST",))
def stopped(request: HttpRequest, key: str) -> HttpResponse:
    """Stop what this page is computing of the past."""
    stop(workspace(), asker_of(request))
    return _shown(request, key, "crowds.past.stopped")


def _walk(segment: Segment, sight: Sight, *, is_wanted: bool) -> None:
    sight.population.check_countable(segment.condition)
    for past in steps(segment, sight):
        if not is_wanted and (past.seconds_left or 0.0) > ASK_SECONDS:
            return


def _shown(request: HttpRequest, key: str, code: str = "") -> HttpResponse:
    with sight_of(request) as sight:
        segment = sight.segment(key)
        context: dict[str, Any] = {"crowd": segment, "page_name": page_name()}
        context["is_answer"] = request.method == "POST"
        context["notice"] = say(code, sight.lang) if code else ""
        try:
            sight.population.check_countable(segment.condition)
        except DefinitionError as problem:
            context["problem"] = problem.say(sight.lang)
        else:
            context |= _told(past_of(segment, sight), segment, sight)
    return render(request, "crowds/_past.html", context)


def _told(past: Past, segment: Segment, sight: Sight) -> dict[str, Any]:
    lang, ranked = sight.lang, among_all(segment.condition, sight)
    listed = say("condition.list_join", lang).join(sight.fields[key].name.say(lang) for key in ranked)
    found = past.found
    return {
        "among_all": say("crowds.past.among_all", lang, fields=listed) if ranked else "",
        "chart": _chart(found, sight) if len(found) > 1 else None,
        "is_older": past.is_older,
        "cost": _cost(past, lang) if past.left else "",
        "act": "" if past.seconds_left is None else "all",
    }


def _cost(past: Past, lang: str) -> str:
    each, left = past.seconds_of_a_day, past.seconds_left
    if each is None or left is None:
        return say("crowds.past.unmeasured", lang, months=MONTHS, ask=f"{ASK_SECONDS:.0f}")
    days, seconds = len(past.unknown) or len(past.left), f"{max(1.0, left):.0f}"
    return say("crowds.past.cost", lang, days=days, each=f"{each:.1f}", seconds=seconds)


def _chart(found: list[Stood], sight: Sight) -> ChartPart:
    lang = sight.lang
    names = {part: say(f"crowds.history.{part}", lang) for part in ("size", "entered", "left")}
    option = size_over_runs(
        [f"{one.day:%y-%m-%d}" for one in found],
        (names["size"], [one.customers for one in found]),
        (names["entered"], [one.entered or 0 for one in found]),
        (names["left"], [one.gone or 0 for one in found]),
        is_afterwards=True,
    )
    columns = (Column(say("crowds.history.day", lang)), *(Column(name, numeric=True) for name in names.values()))
    rows: list[tuple[str, ...]] = [
        (date_words(one.day, lang), f"{one.customers:,}", _count(one.entered), _count(one.gone)) for one in found
    ]
    title, said = say("crowds.past.chart", lang), say("crowds.past.described", lang)
    return ChartPart("crowd-past", title, said, option, text_table(title, columns, rows), say("crowds.people", lang))


def _count(number: int | None) -> str:
    return "—" if number is None else f"{number:,}"
