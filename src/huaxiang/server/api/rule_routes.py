"""Rules: checked, measured, and saved as crowds; a change says which version it changes."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from huaxiang.model.segments import Segment
from huaxiang.server.api.calling import WRITING, Key, caller_of
from huaxiang.server.api.crowd_routes import Name, etag, told_crowd, told_rule, told_size
from huaxiang.server.api.crowd_routes import router as crowd_router
from huaxiang.server.api.problems import Problem
from huaxiang.server.api.rule_checks import checked_rule
from huaxiang.server.api.saying import json_answer
from huaxiang.server.api.shapes import Crowd, CrowdAsked, RuleAsked, Size, Validated
from huaxiang.server.clock import now
from huaxiang.server.crowds.bounds import Bounds, bounds_of
from huaxiang.server.crowds.saved import delete, restore, save
from huaxiang.server.crowds.sight import Sight, sight_with
from huaxiang.server.shelf import Naming

router = Router(tags=["rules"])
LONGEST_MEANING = 290
Number = Annotated[int, Field(ge=1, le=2**31)]


@router.post("/rules/validate", auth=Key("crowd:read"), response=Validated, operation_id="validate_rule")
def validate_rule(request: HttpRequest, body: RuleAsked) -> Any:
    """Whether a rule holds together, and how it reads."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        condition = checked_rule(body.rule, sight.population)
        return json_answer({**told_rule(condition, sight), "not_computed": sight.population.not_computed(condition)})


@router.post("/rules/evaluate", auth=Key("crowd:read", also=WRITING), response=Size, operation_id="evaluate_rule")
def evaluate_rule(request: HttpRequest, body: RuleAsked) -> Any:
    """The exact size of a rule."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        condition = checked_rule(body.rule, sight.population)
        return json_answer({**told_rule(condition, sight), **told_size(condition, sight)})


@crowd_router.post("/crowds", auth=Key("rules:write"), response={201: Crowd}, operation_id="save_crowd")
def save_crowd(request: HttpRequest, body: CrowdAsked) -> Any:
    """Save a rule as a new crowd."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        return _saved(sight, body, None, 201)


@crowd_router.put("/crowds/{key}", auth=Key("rules:write"), response=Crowd, operation_id="change_crowd")
def change_crowd(request: HttpRequest, key: Name, body: CrowdAsked) -> Any:
    """Save the next version of a crowd; ``If-Match`` names the version that it follows."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        return _saved(sight, body, _matched(request, sight, key), 200)


@crowd_router.delete("/crowds/{key}", auth=Key("rules:write"), response={204: None}, operation_id="delete_crowd")
def delete_crowd(request: HttpRequest, key: Name) -> Any:
    """Take a crowd away; ``If-Match`` names its version. It stays in the history."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        _matched(request, sight, key)
        delete(sight.workspace, key, caller.access, now())
    return HttpResponse(status=204)


@crowd_router.post(
    "/crowds/{key}/versions/{version}/restore", auth=Key("rules:write"), response=Crowd, operation_id="restore_crowd"
)
def restore_crowd(request: HttpRequest, key: Name, version: Number) -> Any:
    """Save as the next version what an earlier one said; ``If-Match`` names the version that it follows."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        seen = _matched(request, sight, key).version
        segment = restore(sight.workspace, key, version, seen, caller.access, now())
        return json_answer(told_crowd(segment, sight), headers={"ETag": etag(segment)})


def _matched(request: HttpRequest, sight: Sight, key: str) -> Segment:
    segment = sight.segment(key)
    given = request.headers.get("If-Match", "")
    if not given:
        raise Problem(428, "api.version_needed", expected=etag(segment))
    if given.strip() not in (etag(segment), "*"):
        told = {"ETag": etag(segment)}
        raise Problem(412, "api.version_changed", headers=told, given=given[:80], expected=etag(segment))
    return segment


def _saved(sight: Sight, body: CrowdAsked, base: Segment | None, status: int) -> HttpResponse:
    condition = checked_rule(body.rule, sight.population)
    said = {lang: sight.population.sentence(condition, lang)[:LONGEST_MEANING] for lang in ("zh", "en")}
    names = Naming(
        body.zh or (base.zh if base else ""),
        body.en or (base.en if base else ""),
        body.meaning_zh or said["zh"],
        body.meaning_en or said["en"],
    )
    segment = save(sight.workspace, condition, names, sight.access, now(), base, _bounds(body, base))
    return json_answer(told_crowd(segment, sight), status, {"ETag": etag(segment)})


def _bounds(body: CrowdAsked, base: Segment | None) -> Bounds:
    """The bounds that are asked for: null opens an end, one that is left out stays."""
    said, kept = body.model_fields_set, bounds_of(base)
    return Bounds(
        body.least_customers if "least_customers" in said else kept.least,
        body.most_customers if "most_customers" in said else kept.most,
    )
