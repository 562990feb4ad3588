"""The curve beside a threshold in the builder: how many customers the rule would mean if it stood elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.sentences import value_words
from huaxiang.analyse.size_curve import Point, has_threshold, size_curve, usual_cuts
from huaxiang.model.conditions import Capped, Condition, Test
from huaxiang.model.fields import NUMERIC
from huaxiang.number_words import money
from huaxiang.server.crowds.cost_words import cost_of, told_cost
from huaxiang.server.crowds.draft import draft_from, read
from huaxiang.server.crowds.sight import Sight, sight_of
from huaxiang.server.crowds.values import typed_from
from huaxiang.server.permissions import page

_WIDTH, _HEIGHT = 240, 48


@dataclass(frozen=True)
class Stop:
    """One place of the slider: what is typed there, in words, with the size of the crowd."""

    typed: str
    words: str
    customers: str
    revenue: str
    x: float
    y: float
    is_here: bool


@page(permission="edit_definitions", methods=("POST",))
def curve(request: HttpRequest, number: int) -> HttpResponse:
    """The curve for one test of the rule in the form; nothing where it has no threshold on a number."""
    with sight_of(request) as sight:
        found = read(draft_from(request.POST), sight.population.vocabulary)
        test = found.tests.get(number)
        # Under a cap the sizes for different thresholds do not add up.
        capped = isinstance(found.condition, Capped)
        if found.condition is None or capped or test is None or not _can_move(test, sight):
            return HttpResponse(status=204)
        if told_cost(cost_of(found.condition, sight), sight.lang).is_told:
            # A curve counts at every threshold: not while counting once takes a while already.
            return HttpResponse(status=204)
        stops = _stops(found.condition, test, sight)
    line = " ".join(f"{stop.x:.1f},{stop.y:.1f}" for stop in stops)
    here = next((place for place, stop in enumerate(stops) if stop.is_here), 0)
    context = {"stops": stops, "line": line, "number": number, "here": here, "last": len(stops) - 1}
    context |= {"width": _WIDTH, "height": _HEIGHT, "at": stops[here] if stops else None}
    return render(request, "crowds/_curve.html", context)


def _can_move(test: Test, sight: Sight) -> bool:
    return has_threshold(test) and test.field in sight.fields and sight.fields[test.field].type in NUMERIC


def _stops(condition: Condition, test: Test, sight: Sight) -> list[Stop]:
    at = float(str(test.value))
    cuts = sorted({*usual_cuts(sight.population, test.field), at})
    points = size_curve(sight.population, condition, test, cuts)
    most = max((point.customers for point in points), default=0) or 1
    return [
        _stop(
            point,
            test,
            sight,
            x=place * _WIDTH / max(1, len(points) - 1),
            y=_HEIGHT - 2 - (_HEIGHT - 4) * point.customers / most,
        )
        for place, point in enumerate(points)
    ]


def _stop(point: Point, test: Test, sight: Sight, *, x: float, y: float) -> Stop:
    field, currency = sight.fields[test.field], sight.workspace.settings.currency
    whole = int(point.cut) if point.cut.is_integer() else point.cut
    revenue = "" if point.net_revenue_total is None else money(point.net_revenue_total, currency, sight.lang)
    words, typed = value_words(whole, field, sight.lang), typed_from(whole, field)[0]
    return Stop(typed, words, f"{point.customers:,}", revenue, x, y, point.cut == float(str(test.value)))
