"""Rules of other tools: what they are here, and saving those that are wanted."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from huaxiang.errors import HuaxiangError
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import record_of
from huaxiang.model.foreign.names import names_from
from huaxiang.model.foreign.reading import crowds_in
from huaxiang.model.foreign.report import Translated
from huaxiang.server.api.calling import Key, caller_of
from huaxiang.server.api.saying import json_answer
from huaxiang.server.api.shapes import Asked
from huaxiang.server.crowds.foreign import kept, remarks_of
from huaxiang.server.crowds.sight import Sight, sight_with

router = Router(tags=["rules"])


class ForeignAsked(Asked):
    """Rules of another tool: its document, which tool (told by its shape if left out) and what its names mean here.

    ``save`` saves those that mean the same here, with ``approximate`` also the nearest rules of the others.
    """

    document: dict[str, Any] | list[Any]
    tool: Literal["sensors", "ga4"] | None = None
    names: dict[str, Any] = {}  # noqa: RUF012 - Pydantic copies it
    save: bool = False
    approximate: bool = False


class ForeignCrowd(Schema):
    """One crowd of another tool: what it is here, whether it was saved, and what could not be said, most serious first.

    ``status`` is ``exact``, ``nearest`` or ``refused`` for what was only looked at, ``saved`` with its ``key``
    otherwise; ``reason`` is why one was not saved.
    """

    name: str
    status: Literal["exact", "nearest", "refused", "saved"]
    key: str | None
    reason: str | None
    rule: dict[str, Any] | None
    text: str | None
    sentence: str | None
    findings: list[dict[str, str]]


class ForeignList(Schema):
    """The crowds of a document of another tool."""

    crowds: list[ForeignCrowd]


@router.post("/rules/translate", auth=Key("rules:write"), response=ForeignList, operation_id="translate_rules")
def translate_rules(request: HttpRequest, body: ForeignAsked) -> Any:
    """Every crowd of a document of another tool; nothing is saved unless that is asked for."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        names = names_from(body.names) if body.names else None
        found = crowds_in(body.document, "document", body.tool, names, sight.population.vocabulary)
        return json_answer({"crowds": [_told(one, place, body, sight) for place, one in enumerate(found)]})


def _told(one: Translated, place: int, body: ForeignAsked, sight: Sight) -> dict[str, Any]:
    exact = one.allowed(approximate=False) is not None
    status = "exact" if exact else "refused" if one.condition is None else "nearest"
    key, reason = _kept(one, place, body, sight) if body.save else (None, None)
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


def _kept(one: Translated, place: int, body: ForeignAsked, sight: Sight) -> tuple[str | None, str | None]:
    """The key under which it was saved, or why it was not: one that fails stops no other."""
    try:
        return kept(one, one.allowed(approximate=body.approximate), sight, place).key, None
    except HuaxiangError as problem:
        return None, problem.say(sight.lang)
