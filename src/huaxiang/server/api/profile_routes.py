"""Profiles and tags: one customer by whatever names them, what the tags mean, and details in full for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from threading import Lock
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from huaxiang.analyse.order import full_only
from huaxiang.analyse.recorded_changes import since_of
from huaxiang.engine.points import latest_points
from huaxiang.errors import InputError, NotFound, nearest
from huaxiang.ledger import Ledger
from huaxiang.maintain.serving import CONTACTS
from huaxiang.release.reveal import reveal
from huaxiang.server.api.calling import Caller, Key, caller_of
from huaxiang.server.api.customers import Known, chosen_tags, known_customer
from huaxiang.server.api.problems import Problem
from huaxiang.server.api.saying import Wording, json_answer
from huaxiang.server.api.shapes import Find, Profile, Reveal, Revealed, TagList, Tags
from huaxiang.server.clock import now
from huaxiang.server.customers.asked import recording_at
from huaxiang.server.data import reading, workspace

router = Router(tags=["profile"])
#: Looking up and wording the published day is nothing but work of the interpreter, which only one thread has at a time:
#: several at once take it from each other in the middle, and all of them answer late.
_TURN = Lock()
Named = Annotated[str, Field(max_length=4_000)]
Identifier = Annotated[str, Field(max_length=300)]
Day = date | None


@router.get("/customers/{identifier}", auth=Key("profile:read"), response=Profile, operation_id="customer")
def customer(request: HttpRequest, identifier: Identifier, tags: Named = "", as_of: Day = None) -> Any:
    """One profile."""
    return _in_turn(caller_of(request), identifier, tags, as_of)


@router.post("/customers/find", auth=Key("profile:read"), response=Profile, operation_id="find_customer")
def find_customer(request: HttpRequest, body: Find) -> Any:
    """The same without personal data in the address."""
    return _in_turn(caller_of(request), body.identifier, ",".join(body.tags or ()), body.as_of)


@router.get("/customers/{identifier}/tags", auth=Key("profile:read"), response=Tags, operation_id="customer_tags")
def customer_tags(
    request: HttpRequest, identifier: Identifier, tags: Named = "", as_of: Day = None, since: bool = False
) -> Any:
    """The tags with their meaning, and ``since`` when their values stand if that is asked."""
    caller, home = caller_of(request), workspace()
    wanted, wording = chosen_tags(home, tags), Wording.of(home, caller.lang)
    known = known_customer(caller, identifier, as_of, wanted=wanted)
    days = _days(known) if since else {}
    listed = [wording.about(key, known.as_of) | _value(wording, known, key) | days.get(key, {}) for key in wanted]
    return json_answer({"customer_id": known.customer_id, "as_of": known.as_of, "tags": listed})


@router.post("/customers/reveal", auth=Key("personal:read"), response=Revealed, operation_id="reveal_customer")
def reveal_customer(request: HttpRequest, body: Reveal) -> Any:
    """Details in full; each is in the ledger before it is in the answer."""
    caller = caller_of(request)
    known = known_customer(caller, body.identifier)
    revealable = [*CONTACTS, *sorted(known.masked - set(CONTACTS))]
    for name in body.fields:
        if name not in revealable:
            raise InputError("customer.not_revealable", given=name[:60], known=nearest(name[:60], revealable, 6))
    shown = _revealed(caller, known, list(dict.fromkeys(body.fields)), body.reason)
    return json_answer({"customer_id": known.customer_id, "fields": shown})


@router.get("/tags", auth=Key("profile:read"), response=TagList, operation_id="tags")
def tags(request: HttpRequest) -> HttpResponse:
    """Every tag."""
    home, caller = workspace(), caller_of(request)
    wording, as_of = Wording.of(home, caller.lang), _published_day()
    listed = [wording.about(key, as_of or home.local(now()).date()) for key in chosen_tags(home, "")]
    return json_answer({"as_of": as_of, "tags": listed})


@router.get("/tags/{key}", auth=Key("profile:read"), response=dict[str, Any], operation_id="tag")
def tag(request: HttpRequest, key: Annotated[str, Field(max_length=100)]) -> HttpResponse:
    """One tag."""
    home = workspace()
    wording = Wording.of(home, caller_of(request).lang)
    if key in home.definitions.broken:
        raise Problem(409, "condition.tag_broken", why=home.definitions.broken[key])
    if key not in wording.fields:
        raise NotFound("api.unknown_tag", given=key[:60], nearest=nearest(key[:60], wording.fields))
    return json_answer(wording.about(key, _published_day() or home.local(now()).date()))


def _published_day() -> date | None:
    points = latest_points(workspace().lake)
    return None if points is None else date.fromisoformat(str(points.about["as_of"]))


def _in_turn(caller: Caller, identifier: str, named: str, as_of: date | None) -> HttpResponse:
    # A past day is computed by an engine, which takes long and needs the interpreter little.
    with _TURN if as_of is None else nullcontext():
        return _profile(caller, identifier, named, as_of)


def _profile(caller: Caller, identifier: str, named: str, as_of: date | None) -> HttpResponse:
    home = workspace()
    wanted, wording = chosen_tags(home, named), Wording.of(home, caller.lang)
    known = known_customer(caller, identifier, as_of, wanted=wanted)
    body = {
        "customer_id": known.customer_id,
        "former_id": known.former_id,
        "as_of": known.as_of,
        "run_id": known.run_id,
        "contacts": {name: known.shown.get(name) for name in CONTACTS},
        "crowds": list(known.crowds),
        "left_out": sorted(known.left_out & set(wanted)),
        "tags": {key: _value(wording, known, key) for key in wanted},
    }
    return json_answer(body)


def _value(wording: Wording, known: Known, key: str) -> dict[str, Any]:
    if key in wording.tags and key not in known.shown and key not in known.left_out:
        return wording.not_computed()
    if known.is_new and known.shown.get(key) is None and key in full_only(wording.tags):
        return wording.not_computed()
    told = wording.value(key, known.shown.get(key), masked=key in known.masked and known.raw.get(key) is not None)
    return {**told, "confidence": known.sure[key]} if key in known.sure else told


def _days(known: Known) -> dict[str, dict[str, Any]]:
    """Since when the values of the published day stand, by tag; none for a past day, and for tags not recorded."""
    if known.as_of != _published_day():
        return {}
    with reading() as engine:
        found = since_of(engine, known.customer_id, recording_at(engine))
    return {key: {"since": one.day, "since_or_earlier": one.is_first} for key, one in found.items()}


def _revealed(caller: Caller, known: Known, names: Sequence[str], reason: str) -> dict[str, Any]:
    with Ledger.open(workspace().ledger_path) as ledger:
        return {
            name: reveal(
                lambda name=name: known.raw.get(name),  # type: ignore[misc]
                caller.access,
                customer_id=known.customer_id,
                field=name,
                stores=known.stores,
                reason=reason,
                ledger=ledger,
                at=now(),
            )
            for name in names
        }
