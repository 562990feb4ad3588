"""What a tag is like over everybody, and how the value of one customer came to be, for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from huaxiang.analyse.recorded_changes import Recorded, recorded_of
from huaxiang.analyse.tag_bands import by_value, whole
from huaxiang.analyse.tag_runs import measured
from huaxiang.analyse.value_text import value_of
from huaxiang.errors import NotFound, nearest
from huaxiang.model.tags import Tag
from huaxiang.server.api.calling import Key, caller_of
from huaxiang.server.api.customers import known_customer
from huaxiang.server.api.rfm_figures import rfm_figures
from huaxiang.server.api.saying import json_answer
from huaxiang.server.api.tag_shapes import TagFigures, TagHistoryTold
from huaxiang.server.crowds.sight import Sight, sight_with
from huaxiang.server.customers.asked import months_of, recording_at
from huaxiang.server.customers.values import tag_words
from huaxiang.server.customers.visit import Visit, visit_with
from huaxiang.server.data import reading
from huaxiang.server.tags.bands import band_words, bands_of, ordered, safe_counts
from huaxiang.server.tags.catalogue import Entry, catalogue_of, scored

router = Router(tags=["profile"])
Name = Annotated[str, Field(max_length=100)]


@router.get("/tags/{key}/figures", auth=Key("profile:read"), response=TagFigures, operation_id="tag_figures")
def tag_figures(request: HttpRequest, key: Name) -> Any:
    """A tag over everybody."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        known = catalogue_of(sight)
        if key in known:
            return json_answer(_figures(known[key], sight))
        # What RFM says is no tag of the catalogue, but is told of customers like one.
        if key in sight.fields:
            return json_answer(rfm_figures(key, sight))
        raise NotFound("api.unknown_tag", given=key[:60], nearest=nearest(key[:60], [*known, *sight.fields]))


@router.get(
    "/customers/{identifier}/tags/{key}/history",
    auth=Key("profile:read"),
    response=TagHistoryTold,
    operation_id="customer_tag_history",
)
def customer_tag_history(request: HttpRequest, identifier: Annotated[str, Field(max_length=300)], key: Name) -> Any:
    """How the value of one customer came to be."""
    caller = caller_of(request)
    customer_id = known_customer(caller, identifier, wanted=()).customer_id
    with reading() as engine:
        visit = visit_with(caller.access, caller.lang, engine, None, customer_id)
        if key not in visit.tags:
            visit.refuse_lacking(key)
            raise NotFound("api.unknown_tag", given=key[:60], nearest=nearest(key[:60], visit.tags))
        is_masked = key in visit.one_row(customer_id).masked
        told = {"customer_id": customer_id, "tag": key, "as_of": visit.portrait.as_of, "masked": is_masked}
        return json_answer(told | dict(_NOTHING if is_masked else _history(visit, customer_id, visit.tags[key])))


_NOTHING: Mapping[str, Any] = {
    "since": None,
    "since_or_earlier": None,
    "changes": [],
    "months": [],
    "months_are": "masked",
}


def _history(visit: Visit, customer_id: str, tag: Tag) -> dict[str, Any]:
    found = months_of(visit, customer_id, tag.key)
    months = [{"day": day, "value": value, "label": _words(visit, tag, value)} for day, value in found.days]
    kind = "all" if found.needs_others else "averages" if found.uses_averages else "own"
    recorded = recorded_of(visit.engine, customer_id, tag.key, recording_at(visit.engine))
    return {**_recorded(visit, tag, recorded), "months": months, "months_are": kind}


def _recorded(visit: Visit, tag: Tag, found: Recorded | None) -> dict[str, Any]:
    if found is None:
        return {"since": None, "since_or_earlier": None, "changes": []}
    changes = [
        {
            "as_of": one.as_of,
            **{side: value_of(text, tag.type) for side, text in (("before", one.before), ("after", one.after))},
            "label": _words(visit, tag, value_of(one.after, tag.type)),
            "by_rule": one.by_rule,
        }
        for one in found.changes
    ]
    return {"since": found.begins.day, "since_or_earlier": found.begins.is_first, "changes": changes}


def _words(visit: Visit, tag: Tag, value: Any) -> str:
    return tag_words(value, tag, visit.lang, visit.currency)


def _figures(entry: Entry, sight: Sight) -> dict[str, Any]:
    tag, bands = entry.tag, bands_of(entry.tag, entry, sight)
    found, can_be_used = scored(entry, sight)
    is_whole = sight.access.stores is None
    return {
        "tag": tag.key,
        "version": tag.version,
        "as_of": sight.as_of,
        "customers": sum(int(band["customers"]) for band in whole(bands)),
        **_bands(tag, bands, sight),
        "usable": can_be_used.usable if can_be_used and is_whole else None,
        "accuracy": _accuracy(entry) if is_whole else None,
        "score": found.points,
        "parts": [{"part": part.name, "points": part.points, "weight": part.weight} for part in found.parts],
        "verdicts": [{"level": one.level, "said": one.message.say(sight.lang)} for one in entry.verdicts],
        "runs": _runs(tag, sight) if is_whole else [],
        "used_by": {
            "tags": list(entry.known.uses.all_tags),
            "crowds": list(entry.known.uses.segments),
            "places": list(entry.known.uses.shown),
        },
    }


def _bands(tag: Tag, bands: Sequence[Mapping[str, Any]], sight: Sight) -> dict[str, Any]:
    known, currency = ordered(tag, by_value(bands)), sight.workspace.settings.currency
    *counts, missing = safe_counts(known, bands, sight.workspace.settings.smallest_cell)
    told = [
        {"value": band_words(tag, band, sight.lang, currency), "low": band["low"], "high": band["high"], "customers": n}
        for band, n in zip(known, counts, strict=True)
    ]
    return {"bands": told, "unknown": missing}


def _accuracy(entry: Entry) -> dict[str, Any] | None:
    found = entry.known.accuracy
    return None if found is None else {**found._asdict(), "share": found.share}


def _runs(tag: Tag, sight: Sight) -> list[dict[str, Any]]:
    found = measured(sight.engine, (tag.key,)).get(tag.key)
    return [{**one._asdict(), "coverage": one.coverage} for one in found.runs] if found else []
