"""The list of segments: each with its size, its share of customers and revenue, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huaxiang.analyse.crowd_history import latest_of_each
from huaxiang.analyse.crowd_sizes import crowd_sizes
from huaxiang.errors import DefinitionError, InputError
from huaxiang.model.segments import Segment
from huaxiang.server.crowds.history import problem_words
from huaxiang.server.crowds.measured import Measured, in_words
from huaxiang.server.crowds.saved import may_change
from huaxiang.server.crowds.sight import Sight, is_not_refreshed, sight_of
from huaxiang.server.not_refreshed import SEGMENTS
from huaxiang.server.permissions import may, page


@dataclass(frozen=True)
class Listed:
    """One segment of the list. ``problem`` is the sentence that says why it cannot be counted, ``failed`` why the last
    refresh could not compute it."""

    segment: Segment
    name: str
    meaning: str
    advice: str
    found: Measured | None
    problem: str = ""
    failed: str = ""
    is_mine: bool = False

    @property
    def customers_width(self) -> str:
        """The bar of the share of customers, in percent of its whole length."""
        return _width(self.found.size.share if self.found else None)

    @property
    def revenue_width(self) -> str:
        """The bar of the share of net revenue."""
        return _width(self.found.size.revenue_share if self.found else None)


@page(permission="see_profile")
def crowds(request: HttpRequest) -> HttpResponse:
    """Every segment, shipped or saved, the largest share of revenue first."""
    try:
        with sight_of(request) as sight:
            listed = _listed(sight)
    except InputError as error:
        if is_not_refreshed(error):
            return SEGMENTS.page(request)
        raise
    context = {
        "crowds": listed,
        "filled": sum(1 for each in listed if each.found and each.found.size.customers),
        "everyone": next((each.found.everyone for each in listed if each.found), "0"),
        "sight": sight,
        "may_edit": may(request, "edit_definitions"),
        "unreadable": [(key, why.say(sight.lang)) for key, why in sight.definitions.unreadable_segments.items()],
        "removed": request.GET.get("removed", "")[:64],
    }
    return render(request, "crowds/list.html", context)


def _listed(sight: Sight) -> list[Listed]:
    sound, broken = {}, {}
    for key, segment in sight.definitions.segments.items():
        try:
            sight.population.check_countable(segment.condition)
            sound[key] = segment
        except DefinitionError as problem:
            broken[key] = problem.say(sight.lang)
    fared = {key: problem_words(run, sight.lang) for key, run in latest_of_each(sight.engine).items()}
    sizes = crowd_sizes(sight.population, {key: one.condition for key, one in sound.items()})
    found = [
        _one(one, in_words(one.condition, sizes[key], sight), "", sight, fared.get(key, ""))
        for key, one in sound.items()
    ]
    found += [_one(sight.definitions.segments[key], None, problem, sight) for key, problem in broken.items()]
    return sorted(found, key=_weight)


def _one(segment: Segment, found: Measured | None, problem: str, sight: Sight, failed: str = "") -> Listed:
    advice = segment.advice_words
    return Listed(
        segment=segment,
        name=segment.name.say(sight.lang),
        meaning=segment.meaning_zh if sight.lang == "zh" else segment.meaning_en,
        advice=advice.say(sight.lang) if advice else "",
        found=found,
        problem=problem,
        failed=failed,
        is_mine=may_change(sight.workspace, segment, sight.access),
    )


def _weight(listed: Listed) -> tuple[bool, float, int, str]:
    if listed.found is None:
        return True, 0.0, 0, listed.segment.key
    size = listed.found.size
    return False, -(size.revenue_share or 0.0), -size.customers, listed.segment.key


def _width(share: float | None) -> str:
    return f"{min(max(share or 0.0, 0.0), 1.0) * 100:.1f}"
