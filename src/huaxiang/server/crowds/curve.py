"""The curve beside a threshold in the builder: how many customers the rule would mean if it stood elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.moved import Moved
from huaxiang.analyse.sentences import value_words
from huaxiang.analyse.size_curve import REVENUE, Point, size_curve, usual_cuts
from huaxiang.model.conditions import Capped, Condition
from huaxiang.model.operators import DATED
from huaxiang.number_words import date_words, money
from huaxiang.server.crowds.cost_words import cost_of
from huaxiang.server.crowds.draft import draft_from, read
from huaxiang.server.crowds.movable import movable
from huaxiang.server.crowds.sight import Sight, sight_of
from huaxiang.server.crowds.values import typed_from
from huaxiang.server.groups.offered import seen_tags
from huaxiang.server.groups.shown import is_guarded
from huaxiang.server.permissions import page
from huaxiang.words import say

_WIDTH, _HEIGHT = 240, 48
#: A curve is one pass over what the rule reads; it follows every edit, so not where one pass takes longer than this.
MOST_SECONDS = 2.0


@dataclass(frozen=True)
class Stop:
    """One place of the slider: what is typed there, in words, with the size of the crowd; ``says`` is what the slider
    shows of it, and ``spoken`` what is read aloud."""

    typed: str
    words: str
    says: str
    spoken: str
    customers: str
    revenue: str
    x: float
    y: float
    is_here: bool


@page(permission="edit_definitions", methods=("POST",))
def curve(request: HttpRequest, number: int, part: str) -> HttpResponse:
    """The curve for one threshold of the rule in the form: ``part`` is the ``value`` of a box, the ``days`` of its
    window, the ``gap`` of a step, or the ``cap`` of the whole. Nothing where it has no such threshold."""
    with sight_of(request) as sight:
        found = read(draft_from(request.POST), sight.population.vocabulary)
        moved = next((one for one in movable(found, number, sight.fields) if one.part == part), None)
        if part == "cap" and moved is None:
            return HttpResponse()  # without a cap the curve of the one before goes
        if found.condition is None or moved is None or _is_for_all_alone(found.condition, moved, sight):
            return HttpResponse(status=204)
        if cost_of(found.condition, sight).seconds > MOST_SECONDS:
            return HttpResponse(status=204)
        stops = _stops(found.condition, moved, sight)
    line = " ".join(f"{stop.x:.1f},{stop.y:.1f}" for stop in stops)
    here = next((place for place, stop in enumerate(stops) if stop.is_here), 0)
    context = {"stops": stops, "line": line, "here": here, "last": len(stops) - 1}
    context |= {"input": "cap_customers" if part == "cap" else f"{part}-{number}", "number": number}
    context |= {"width": _WIDTH, "height": _HEIGHT, "at": stops[here] if stops else None}
    context |= {"has_revenue": any(stop.revenue for stop in stops)}
    kind = part if moved.field is None and part != "value" else "days" if moved.is_of_days else "value"
    context |= {"label": f"crowds.curve.{kind}", "column": f"crowds.curve_cut.{kind}"}
    return render(request, "crowds/_curve.html", context)


def _is_for_all_alone(condition: Condition, moved: Moved, sight: Sight) -> bool:
    """Whether only who sees every customer can be told: customers of all stores compete under a cap, and how many of
    these stores it lets through cannot be told from their own sizes."""
    return isinstance(condition, Capped) and moved.leaf is not condition and sight.access.stores is not None


def _stops(condition: Condition, moved: Moved, sight: Sight) -> list[Stop]:
    points = _points(condition, moved, sight)
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


def _points(condition: Condition, moved: Moved, sight: Sight) -> list[Point]:
    cuts = sorted({*usual_cuts(sight.population, moved), moved.at})
    if not isinstance(condition, Capped) or moved.leaf is condition:
        return list(size_curve(sight.population, condition, moved, cuts))
    # Whom the cap takes of more than it lets through is not told by their number.
    most = condition.cap.customers
    points = size_curve(sight.population, condition.of, moved, cuts)
    return [Point(one.cut, min(one.customers, most), None) for one in points]


def _stop(point: Point, moved: Moved, sight: Sight, *, x: float, y: float) -> Stop:
    typed, words = _said(point.cut, moved, sight.lang)
    customers, revenue = f"{point.customers:,}", _revenue(point, sight)
    # How many a cap lets through is no news; what they bring is.
    says = f"{customers} · {revenue}" if moved.part == "cap" and revenue else customers
    spoken = say("crowds.curve_spoken", sight.lang, cut=words, customers=says)
    if moved.part == "cap":
        spoken = f"{words}: {says}"
    return Stop(typed, words, says, spoken, customers, revenue, x, y, point.cut == moved.at)


def _revenue(point: Point, sight: Sight) -> str:
    """Empty for whom small counts are hidden from: between two stops lie few customers, whose revenue it would tell."""
    if point.net_revenue_total is None or is_guarded(sight.access) or REVENUE not in seen_tags(sight):
        return ""
    return money(point.net_revenue_total, sight.workspace.settings.currency, sight.lang)


def _said(cut: float, moved: Moved, lang: str) -> tuple[str, str]:
    """A place as it is typed, and in words."""
    if moved.field is None:
        return str(int(cut)), say(f"crowds.curve_{moved.unit}", lang, **{moved.unit: int(cut)})
    if moved.field.type in DATED:
        return moved.day(cut).isoformat(), date_words(moved.day(cut), lang)
    whole = int(cut) if cut.is_integer() else cut
    return typed_from(whole, moved.field)[0], value_words(whole, moved.field, lang)
