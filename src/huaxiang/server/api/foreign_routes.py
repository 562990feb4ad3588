"""Rules of other tools: what they are here, and saving those that are wanted."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from huaxiang.errors import HuaxiangError
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import record_of
from huaxiang.model.foreign.names import names_from
from huaxiang.model.foreign.reading import crowds_in
from huaxiang.model.foreign.report import Translated
from huaxiang.server.api.calling import Key, caller_of
from huaxiang.server.api.saying import json_answer
from huaxiang.server.api.shapes import ForeignAsked, ForeignList
from huaxiang.server.crowds.foreign import kept, remarks_of
from huaxiang.server.crowds.sight import Sight, sight_with

router = Router(tags=["rules"])


@router.post("/rules/translate", auth=Key("rules:write"), response=ForeignList, operation_id="translate_rules")
def translate_rules(request: HttpRequest, body: ForeignAsked) -> Any:
    """Every crowd of a document of another tool; nothing is saved unless that is asked for."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        names = names_from(body.names) if body.names else None
        found = crowds_in(body.document, "document", body.tool, names, sight.population.vocabulary)
        return json_answer({"crowds": [_told(one, body, sight) for one in found]})


def _told(one: Translated, body: ForeignAsked, sight: Sight) -> dict[str, Any]:
    exact = one.allowed(approximate=False) is not None
    status = "exact" if exact else "refused" if one.condition is None else "nearest"
    key, reason = _kept(one, body, sight) if body.save else (None, None)
    condition = one.condition
    return {
        "name": one.name,
        "status": "saved" if key else status,
        "key": key,
        "reason": reason,
        "rule": None if condition is None else record_of(condition),
        "text": None if condition is None else text_of(condition),
        "sentence": None if condition is None else sight.population.sentence(condition, sight.lang),
        "findings": [
            {"weight": each.weight, "at": each.path, "said": each.message.say(sight.lang)}
            for each in remarks_of(one.findings)
        ],
    }


def _kept(one: Translated, body: ForeignAsked, sight: Sight) -> tuple[str | None, str | None]:
    """The key under which it was saved, or why it was not: one that fails stops no other."""
    try:
        return kept(one, one.allowed(approximate=body.approximate), sight).key, None
    except HuaxiangError as problem:
        return None, problem.say(sight.lang)
