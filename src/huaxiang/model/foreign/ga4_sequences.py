"""Sequence filters of GA4 audiences."""

from __future__ import annotations

import re
from math import ceil

from huaxiang.model.foreign.ga4_filters import Filters, inside, kind_of
from huaxiang.model.foreign.place import Place
from huaxiang.model.foreign.translator import NOTHING, Raw, Translator

_SCOPES = ("AUDIENCE_FILTER_SCOPE_WITHIN_SAME_SESSION", "AUDIENCE_FILTER_SCOPE_ACROSS_ALL_SESSIONS")
_ONE_EVENT = "AUDIENCE_FILTER_SCOPE_WITHIN_SAME_EVENT"
_SECONDS = re.compile(r"(\d{1,10}(?:\.\d{1,9})?)s\Z")
HOUR = 3_600


def sequence(place: Place, said: Translator) -> Raw:
    """The steps in their order. Raises :class:`DefinitionError` where it is malformed."""
    if place.at("scope").one_of(*_SCOPES) == _SCOPES[0]:
        said.report.refuse(place.at("scope"), "foreign.sessions")
    places = place.at("sequenceSteps").items(2)
    steps = [_step(each, said, first=number == 0) for number, each in enumerate(places)]
    whole = place.at("sequenceMaximumDuration")
    if whole.is_there and len(steps) == 2:
        steps[1] = _shorter(steps[1], _gap(whole, said))
    elif whole.is_there:
        said.report.refuse(whole, "foreign.whole_sequence", given=str(whole.value)[:40])
    refused = any(step["event"] == "" for step in steps)
    if any("without" in step for step in steps) and len({step["event"] for step in steps}) > 1:
        # Between events of two kinds something of a third may lie that nobody asked for.
        said.report.refuse(place.at("sequenceSteps"), "foreign.next_of_two_kinds")
    return NOTHING if refused else said.leaf(place, {"sequence": steps})


def _step(place: Place, said: Translator, *, first: bool) -> Raw:
    expression, filters = place.at("filterExpression"), Filters(said)
    scope = place.at("scope").one_of(_ONE_EVENT, *_SCOPES)
    if scope != _ONE_EVENT and not filters.is_single(expression):
        said.report.refuse(place.at("scope"), "foreign.in_step", given=scope)
        return {"event": ""}
    kind, inner = kind_of(expression)
    step = filters.event(expression, inside(inner) if kind == "andGroup" else [expression])
    if first:
        return step
    if place.at("immediatelyFollows").flag():
        # Nothing recorded may lie between.
        step["without"] = {"event": step["event"]}
    gap = place.at("constraintDuration")
    return _shorter(step, _gap(gap, said)) if gap.is_there else step


def _gap(place: Place, said: Translator) -> int:
    """Whole hours, at least one."""
    found = _SECONDS.match(place.text())
    if found is None:
        raise place.unfit("foreign.not_a_number")
    seconds = float(found[1])
    hours = max(1, ceil(seconds / HOUR))
    if hours * HOUR != seconds:
        said.report.change(place, "foreign.not_hours", given=found[0], hours=hours)
    return hours


def _shorter(step: Raw, hours: int) -> Raw:
    """The step with that gap, unless it has a shorter one."""
    return {**step, "within_hours": min(hours, step.get("within_hours", hours))}
