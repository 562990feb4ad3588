"""The past of a segment that its history does not hold: its rule asked of past days, on demand, told as such."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.tag_history import month_ends
from huaxiang.engine.interface import count_of, only
from huaxiang.errors import Cancelled, EngineError
from huaxiang.model.conditions import Condition
from huaxiang.model.segments import Segment
from huaxiang.number_words import date_words
from huaxiang.present.charts.size_over_runs import size_over_runs
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.sight import Sight, sight_of
from huaxiang.server.crowds.stopping import page_name, stop, stoppable
from huaxiang.server.data import workspace
from huaxiang.server.past_day import not_told, past_population
from huaxiang.server.permissions import access_of, page
from huaxiang.server.preferences import lang_of
from huaxiang.server.snapshot_values import once_per_snapshot
from huaxiang.server.tables import Column, text_table
from huaxiang.words import say

#: Past days that are looked at, the day of the profile not among them.
MOST_DAYS = 12
#: With fewer past refreshes than this the ends of months are looked at instead.
_LEAST_REFRESHES = 3
_SECONDS = 300.0
#: Refreshes by which the time of a day is told.
_LATEST = 5


@dataclass(frozen=True)
class Stood:
    """How the segment stood on a past day: its customers, and of them those who were not in it on the day before in
    the list, and who no longer were; of the first day nobody knows who came and went."""

    day: date
    customers: int
    entered: int | None
    gone: int | None


@page(permission="see_profile")
def asked(request: HttpRequest, key: str) -> HttpResponse:
    """What the past of the segment would cost, or what of its rule no past day tells."""
    with sight_of(request) as sight:
        segment = sight.segment(key)
        context: dict[str, Any] = {"crowd": segment, "page_name": page_name(), **_untold(segment.condition, sight)}
        days = past_days(sight)
        seconds = f"{max(1.0, len(days) * _seconds_of_a_day(sight)):.0f}"
        context["cost"] = say("crowds.past.cost", sight.lang, days=len(days), seconds=seconds)
    return render(request, "crowds/_past.html", context)


@page(permission="see_profile", methods=("POST",))
def computed(request: HttpRequest, key: str) -> HttpResponse:
    """The past of the segment, day by day; it can be stopped."""
    name = request.POST.get("page", "")[:40] or page_name()
    try:
        with sight_of(request, _SECONDS) as sight:
            segment = sight.segment(key)
            context: dict[str, Any] = {"crowd": segment, **_untold(segment.condition, sight)}
            if not context.get("untold"):
                with stoppable(sight.engine, sight.workspace, sight.access.user, name):
                    context["chart"] = _chart(_past(segment, sight), sight)
    except Cancelled as problem:
        return _said(request, key, problem.say(lang_of(request)))
    except EngineError as problem:
        if problem.code != "engine.too_long":
            raise
        return _said(request, key, problem.say(lang_of(request)))
    return render(request, "crowds/_past.html", context)


@page(permission="see_profile", methods=("POST",))
def stopped(request: HttpRequest, key: str) -> HttpResponse:
    """Stop what this page is computing of the past."""
    stop(workspace(), access_of(request).user, request.POST.get("page", "")[:40])
    return _said(request, key, say("crowds.past.stopped", lang_of(request)))


def past_days(sight: Sight) -> list[date]:
    """The past days that are looked at, oldest first: those of past refreshes, or where those are few, the ends of
    months."""
    runs = sight.engine.table("run")
    found = runs.filter(runs.as_of < ibis.literal(sight.as_of)).select("as_of").distinct()
    days: list[date] = sorted(sight.engine.arrow(found).column("as_of").to_pylist())
    if len(days) < _LEAST_REFRESHES:
        days = month_ends(sight.as_of, MOST_DAYS)[:-1]
    return days[-MOST_DAYS:]


def stood(condition: Condition, days: list[date], sight: Sight) -> list[Stood]:
    """How a rule stood on each of the days, oldest first, and on the day of the profile last."""
    engine, found = sight.engine, list[Stood]()
    before: ir.Table | None = None
    for place, day in enumerate([*days, sight.as_of]):
        population = sight.population if day == sight.as_of else past_population(day, condition, sight)
        # Held, for the rows of the day are gone with the next one.
        inside = engine.keep(f"stood_{place}", population.members(condition))
        came = None if before is None else count_of(engine, inside.anti_join(before, "customer_id"))
        gone = None if before is None else count_of(engine, before.anti_join(inside, "customer_id"))
        found.append(Stood(day, count_of(engine, inside), came, gone))
        before = inside
    return found


def _past(segment: Segment, sight: Sight) -> list[Stood]:
    days, stores = past_days(sight), sight.access.stores
    known = sight.definitions.version, tuple(sorted(sight.population.lists))
    key = ("past_of_crowd", segment.key, *known, None if stores is None else tuple(sorted(stores)))
    return once_per_snapshot(sight.engine, key, lambda: stood(segment.condition, days, sight))


def _seconds_of_a_day(sight: Sight) -> float:
    """What the quickest refresh took of late: a past day takes less, for only what the rule asks for is computed."""
    runs = sight.engine.table("run")
    latest = runs.order_by(runs.run_id.desc()).limit(_LATEST).select("seconds")
    return min((float(str(row["seconds"] or 0)) for row in only(sight.engine.arrow(latest))), default=0.0)


def _untold(condition: Condition, sight: Sight) -> dict[str, Any]:
    """The parts of the rule that no past day tells; nothing where all can be told."""
    fields = [sight.fields[key].name.say(sight.lang) for key in not_told(condition, sight)]
    if fields:
        listed = say("condition.list_join", sight.lang).join(fields)
        return {"untold": say("crowds.past.untold", sight.lang, fields=listed)}
    return {}


def _said(request: HttpRequest, key: str, sentence: str) -> HttpResponse:
    return render(request, "crowds/_past.html", {"crowd": {"key": key}, "untold": sentence, "may_ask": True})


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
