"""The curve beside a threshold in the builder: how many customers the rule would mean if it stood elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.moved import Moved, thresholds
from huaxiang.analyse.sentences import value_words
from huaxiang.analyse.size_curve import Point, size_curve, usual_cuts
from huaxiang.model.conditions import Capped, Condition, Test
from huaxiang.model.operators import DATED
from huaxiang.number_words import date_words, money
from huaxiang.server.crowds.cost_words import cost_of
from huaxiang.server.crowds.draft import draft_from, read
from huaxiang.server.crowds.read_boxes import Read
from huaxiang.server.crowds.sight import Sight, sight_of
from huaxiang.server.crowds.values import typed_from
from huaxiang.server.permissions import page
from huaxiang.words import say

_WIDTH, _HEIGHT = 240, 48
#: A curve is one pass over what the rule reads; it follows every edit, so not where one pass takes longer than this.
MOST_SECONDS = 2.0


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
def curve(request: HttpRequest, number: int, part: str) -> HttpResponse:
    """The curve for one threshold of the rule in the form: ``part`` is the ``value`` of a box or the ``days`` of its
    window. Nothing where it has no such threshold."""
    with sight_of(request) as sight:
        found = read(draft_from(request.POST), sight.population.vocabulary)
        moved = _moved(found, number, part, sight)
        # Under a cap the sizes for different thresholds do not add up.
        if found.condition is None or isinstance(found.condition, Capped) or moved is None:
            return HttpResponse(status=204)
        if cost_of(found.condition, sight).seconds > MOST_SECONDS:
            return HttpResponse(status=204)
        stops = _stops(found.condition, moved, sight)
    line = " ".join(f"{stop.x:.1f},{stop.y:.1f}" for stop in stops)
    here = next((place for place, stop in enumerate(stops) if stop.is_here), 0)
    kind = "days" if moved.is_of_days else "value"
    context = {"stops": stops, "line": line, "input": f"{part}-{number}", "here": here, "last": len(stops) - 1}
    context |= {"width": _WIDTH, "height": _HEIGHT, "at": stops[here] if stops else None}
    context |= {"label": f"crowds.curve.{kind}", "column": f"crowds.curve_cut.{kind}"}
    return render(request, "crowds/_curve.html", context)


def _moved(found: Read, number: int, part: str, sight: Sight) -> Moved | None:
    leaf = found.tests.get(number)
    field = sight.fields.get(leaf.field) if isinstance(leaf, Test) else None
    return next((moved for moved in thresholds(leaf, field) if moved.part == part), None)


def _stops(condition: Condition, moved: Moved, sight: Sight) -> list[Stop]:
    cuts = sorted({*usual_cuts(sight.population, moved), moved.at})
    points = size_curve(sight.population, condition, moved, cuts)
    most = max((point.customers for point in points), default=0) or 1
    return [
        _stop(
            point,
            moved,
            sight,
            x=place * _WIDTH / max(1, len(points) - 1),
            y=_HEIGHT - 2 - (_HEIGHT - 4) * point.customers / most,
        )
        for place, point in enumerate(points)
    ]


def _stop(point: Point, moved: Moved, sight: Sight, *, x: float, y: float) -> Stop:
    currency = sight.workspace.settings.currency
    revenue = "" if point.net_revenue_total is None else money(point.net_revenue_total, currency, sight.lang)
    typed, words = _said(point.cut, moved, sight.lang)
    return Stop(typed, words, f"{point.customers:,}", revenue, x, y, point.cut == moved.at)


def _said(cut: float, moved: Moved, lang: str) -> tuple[str, str]:
    """A place as it is typed, and in words."""
    if moved.field is None:
        return str(int(cut)), say("crowds.curve_days", lang, days=int(cut))
    if moved.field.type in DATED:
        return moved.day(cut).isoformat(), date_words(moved.day(cut), lang)
    whole = int(cut) if cut.is_integer() else cut
    return typed_from(whole, moved.field)[0], value_words(whole, moved.field, lang)
