"""Groups in two tags, by what they bring, beside each other, and between two days, for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from huaxiang.analyse.groups.comparison_records import cross_record, measures_record, movement_record, overlap_record
from huaxiang.analyse.groups.cross_table import cross_table
from huaxiang.analyse.groups.movement import movement
from huaxiang.analyse.groups.overlap import overlap
from huaxiang.analyse.groups.said import cross_said, measures_said, overlap_said
from huaxiang.analyse.groups.value_measures import ORDERS, PURCHASES, REVENUE, value_measures
from huaxiang.model.conditions import All, Condition, InCrowd, Not
from huaxiang.server.api.calling import Key, caller_of
from huaxiang.server.api.comparison_shapes import (
    CrossAsked,
    CrossTold,
    MeasuresAsked,
    MeasuresTold,
    MovementAsked,
    MovementTold,
    OverlapAsked,
    OverlapTold,
)
from huaxiang.server.api.group_asked import SECONDS, group_meant, seen_tag
from huaxiang.server.api.saying import json_answer
from huaxiang.server.crowds.sight import Sight, sight_with
from huaxiang.server.groups.cross_page import hidden_cells
from huaxiang.server.groups.measures_page import hidden_values, told_values
from huaxiang.server.groups.movement_page import Days, days_of, rows_on, shown_flows, told_movement
from huaxiang.server.groups.offered import seen_tags
from huaxiang.server.groups.overlap_page import safe_overlap
from huaxiang.server.groups.shown import too_few
from huaxiang.words import Message

router = Router(tags=["crowd"])


@router.post("/groups/cross", auth=Key("crowd:read"), response=CrossTold, operation_id="group_cross")
def cross(request: HttpRequest, body: CrossAsked) -> Any:
    """Two tags of a group against each other."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang, SECONDS) as sight:
        return json_answer({"as_of": sight.as_of, **_cross(body, sight)})


@router.post("/groups/measures", auth=Key("crowd:read"), response=MeasuresTold, operation_id="group_measures")
def measures(request: HttpRequest, body: MeasuresAsked) -> Any:
    """What the customers of each value of a tag bring."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang, SECONDS) as sight:
        return json_answer({"as_of": sight.as_of, **_measures(body, sight)})


@router.post("/groups/overlap", auth=Key("crowd:read"), response=OverlapTold, operation_id="crowd_overlap")
def crowd_overlap(request: HttpRequest, body: OverlapAsked) -> Any:
    """How crowds overlap."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang, SECONDS) as sight:
        return json_answer({"as_of": sight.as_of, **_overlap(list(dict.fromkeys(body.crowds)), sight)})


@router.post("/groups/movement", auth=Key("crowd:read"), response=MovementTold, operation_id="group_movement")
def moved(request: HttpRequest, body: MovementAsked) -> Any:
    """Who went from which value to which between two days."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang, SECONDS) as sight:
        days = days_of(body.day.isoformat(), body.until.isoformat() if body.until else "", sight)
        told = {"as_of": sight.as_of, "day": days[0], "until": days[1]}
        return json_answer(told | _movement(body, days, sight))


def _cross(body: CrossAsked, sight: Sight) -> dict[str, Any]:
    seen = seen_tags(sight)
    down = seen_tag(sight, body.down, "/down", seen)
    across = seen_tag(sight, body.across, "/across", [key for key in seen if key != down])
    rows = group_meant(sight, body).rows(sight, (down, across))
    found = cross_table(sight.engine, rows, sight.fields, down, across)
    if too_few(found.customers, sight):
        return _few(sight)
    sides, hidden = (sight.fields[down], sight.fields[across]), hidden_cells(found, sight)
    said = cross_said(found, *sides, hidden).say(sight.lang)
    return {"is_few": False, "said": said, **cross_record(found, sides, hidden, sight.lang)}


def _measures(body: MeasuresAsked, sight: Sight) -> dict[str, Any]:
    key = seen_tag(sight, body.tag, "/tag")
    rows = group_meant(sight, body).rows(sight, (key, REVENUE, ORDERS, PURCHASES))
    found = value_measures(sight.engine, rows, sight.fields, key)
    if too_few(sum(one.customers for one in found), sight):
        return _few(sight)
    field, hidden = sight.fields[key], hidden_values(found, sight, key)
    said = measures_said(told_values(found, hidden), field).say(sight.lang)
    return {"is_few": False, "said": said, "values": measures_record(found, field, hidden, sight.lang)}


def _overlap(keys: list[str], sight: Sight) -> dict[str, Any]:
    crowds = [sight.segment(key) for key in keys]
    for one in crowds:
        sight.population.check_countable(one.condition)
    marks = {f"crowd_{place}": one.condition for place, one in enumerate(crowds)}
    found = overlap(sight.engine, sight.population.marked(marks), tuple(marks))
    safe, named = safe_overlap(found, sight), [(one.key, one.name.say(sight.lang)) for one in crowds]
    rules = {places: _exactly_in(places, keys) for places, _ in found.exactly}
    said = overlap_said(found, [one.name.message for one in crowds], safe.pairs).say(sight.lang)
    return {"said": said, **overlap_record(found, safe, named, rules)}


def _exactly_in(places: tuple[int, ...], keys: list[str]) -> Condition:
    each = [InCrowd(crowd=key) for key in keys]
    return All(all=tuple(one if place in places else Not(part=one) for place, one in enumerate(each)))


def _movement(body: MovementAsked, days: Days, sight: Sight) -> dict[str, Any]:
    key, group = seen_tag(sight, body.tag, "/tag"), group_meant(sight, body)
    before, after = (rows_on(day, group, sight, key) for day in days)
    found = movement(sight.engine, before, after, sight.fields, key)
    if too_few(sum(flow.customers for flow in found.flows), sight):
        return _few(sight)
    field, shown = sight.fields[key], shown_flows(found, sight)
    said = told_movement(found, field, shown, sight).say(sight.lang)
    return {"is_few": False, "said": said, **movement_record(found, shown, field, sight.lang)}


def _few(sight: Sight) -> dict[str, Any]:
    return {"is_few": True, "said": Message("api.group.few").say(sight.lang)}
