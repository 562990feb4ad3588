"""Why a customer has the value of a tag: what the page answers, for programs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from huaxiang.analyse.order import needed_by
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.analyse.why import MOST_ROWS
from huaxiang.errors import NotFound, nearest
from huaxiang.model.results import Why
from huaxiang.model.tags import Tag
from huaxiang.server.api.calling import Key, caller_of
from huaxiang.server.api.customers import known_customer
from huaxiang.server.api.saying import json_answer
from huaxiang.server.api.shapes import WhyTold
from huaxiang.server.customers.evidence import evidence_records
from huaxiang.server.customers.one_row import OneRow
from huaxiang.server.customers.values import shown_words
from huaxiang.server.customers.visit import Visit, visit_with
from huaxiang.server.customers.why_page import explained, given_words, has_rows
from huaxiang.server.data import reading

router = Router(tags=["profile"])


@router.get(
    "/customers/{identifier}/tags/{key}/why", auth=Key("profile:read"), response=WhyTold, operation_id="customer_why"
)
def customer_why(
    request: HttpRequest,
    identifier: Annotated[str, Field(max_length=300)],
    key: Annotated[str, Field(max_length=100)],
    as_of: date | None = None,
    rows: Annotated[int, Field(ge=0, le=MOST_ROWS)] = 20,
) -> Any:
    """Why a customer has the value of a tag."""
    caller = caller_of(request)
    customer_id = known_customer(caller, identifier, wanted=()).customer_id
    with reading() as engine:
        visit = visit_with(caller.access, caller.lang, engine, as_of, customer_id)
        if key not in visit.tags:
            visit.refuse_lacking(key)
            raise NotFound("api.unknown_tag", given=key[:60], nearest=nearest(key[:60], visit.tags))
        one = visit.one_row(customer_id)
        if key not in one.raw:
            raise NotFound("portrait.not_on_that_day", tag=visit.tags[key].name.message)
        return json_answer(_told(visit, one, visit.tags[key], rows))


def _told(visit: Visit, one: OneRow, tag: Tag, most: int) -> dict[str, Any]:
    found = explained(visit, one, tag)
    needs = [visit.tags[need] for need in needed_by(tag.rule) if need in visit.tags]
    return {
        "customer_id": one.customer_id,
        "as_of": visit.portrait.as_of,
        **_value(visit, one, tag),
        "meaning": tag.meaning(visit.lang),
        "version": tag.version,
        **_evidence(visit, one, tag, found, most),
        "inputs": [_value(visit, one, need) for need in needs],
    }


def _value(visit: Visit, one: OneRow, tag: Tag) -> dict[str, Any]:
    return {
        "tag": tag.key,
        "name": tag.name.say(visit.lang),
        "value": one.shown[tag.key],
        "label": shown_words(one, tag, visit.lang, visit.currency),
        "masked": tag.key in one.masked and one.raw[tag.key] is not None,
        "stands_on": tag.stands_on,
        "rule": rule_sentence(tag, visit.lang, visit.tags, visit.portrait.as_of),
    }


def _evidence(visit: Visit, one: OneRow, tag: Tag, found: Why | None, most: int) -> dict[str, Any]:
    told = {"first_day": None, "last_day": visit.portrait.as_of, "confidence": None}
    if found is None:
        return {**told, "evidence": [], "evidence_count": 0, "given": []}
    rows = evidence_records(visit, one, tag, found.evidence[:most]) if has_rows(tag) else []
    sure = None if found.confidence is None else round(found.confidence, 3)
    return {
        "first_day": found.first_day,
        "last_day": found.last_day,
        "confidence": sure,
        "evidence": rows,
        "evidence_count": found.evidence_count,
        "given": list(given_words(visit, one, tag, found, visit.lang)),
    }
