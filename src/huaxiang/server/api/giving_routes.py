"""Tags that programs give: to customers or to everybody in a crowd, what was given, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from huaxiang.errors import Denied, NotFound
from huaxiang.ledger import Entry
from huaxiang.model.given_values import is_sealed
from huaxiang.model.tags import Tag, tag_named
from huaxiang.prepare.given import Gift
from huaxiang.release.masking import mask_value
from huaxiang.server.api.calling import Caller, Key, caller_of
from huaxiang.server.api.customers import known_customer
from huaxiang.server.api.problems import Problem
from huaxiang.server.api.saying import json_answer
from huaxiang.server.api.shapes import Asked, Text
from huaxiang.server.clock import now
from huaxiang.server.crowds.sight import sight_with
from huaxiang.server.data import workspace
from huaxiang.workspace import Statement

router = Router(tags=["profile"])
Name = Annotated[str, Field(max_length=100)]
Value = Annotated[str, Field(max_length=300)]
Why = Annotated[str, Field(min_length=1, max_length=300)]
Number = Annotated[int, Field(ge=1, le=2**62)]
#: Customers that one request may name; a crowd may have any number.
MOST_NAMED = 1_000
_MOST_SHOWN = 200


class ValueAsked(Asked):
    """A value for customers, by any identifiers, or for everybody who is in a crowd at this moment; ``until`` is the
    last day on which it holds."""

    value: Value
    why: Why
    identifiers: Annotated[list[Text], Field(max_length=MOST_NAMED)] = []  # noqa: RUF012 - Pydantic copies it
    crowd: Name = ""
    until: date | None = None


class TakingAsked(Asked):
    """Why a value is taken back, and from whom; from all whom it was given where nobody is named."""

    why: Why
    identifier: Text = ""


class ValueGiven(Schema):
    """The entries of the ledger that gave a value, and to how many customers."""

    tag: str
    entries: list[int]
    customers: int


class ValueTaken(Schema):
    """The entry of the ledger that took a value back."""

    tag: str
    entry: int


class GiftTold(Schema):
    """One value that was given by hand; ``taken_by`` is the entry that took it back."""

    entry: int
    value: str | None
    customers: int
    crowd: str | None
    by: str
    at: datetime
    why: str
    until: date | None
    taken_by: int | None


class GiftList(Schema):
    """What was given of a tag, the newest first."""

    tag: str
    given: list[GiftTold]


@router.get("/tags/{key}/values", auth=Key("tags:give"), response=GiftList, operation_id="given_values")
def given_values(request: HttpRequest, key: Name) -> Any:
    """What was given of a tag by hand."""
    caller_of(request)
    tag = tag_named(key, workspace().definitions.catalogue)
    own = [gift for gift in workspace().gifts() if gift.tag == key]
    return json_answer({"tag": key, "given": [_told(tag, gift) for gift in own[::-1][:_MOST_SHOWN]]})


@router.post("/tags/{key}/values", auth=Key("tags:give"), response={201: ValueGiven}, operation_id="give_value")
def give_value(request: HttpRequest, key: Name, body: ValueAsked) -> Any:
    """Give a value; it holds from the next refresh on."""
    caller, home = caller_of(request), workspace()
    said = Statement(key, body.value, body.why, body.until)
    if bool(body.crowd) is bool(body.identifiers):
        raise Problem(400, "api.one_or_crowd")
    if body.crowd:
        entries = _given_to_crowd(caller, body.crowd, said)
    else:
        customers = _customers(caller, body.identifiers)
        entries = home.give_tag(customers, said, now(), actor=caller.access.user)
    count = sum(len(entry.body["members"]) for entry in entries)
    return json_answer({"tag": key, "entries": [entry.seq for entry in entries], "customers": count}, 201)


@router.post("/tags/{key}/values/{number}/take", auth=Key("tags:give"), response=ValueTaken, operation_id="take_value")
def take_value(request: HttpRequest, key: Name, number: Number, body: TakingAsked) -> Any:
    """Take back what an entry of the ledger gave."""
    caller, home = caller_of(request), workspace()
    if not any(gift.seq == number and gift.tag == key for gift in home.gifts()):
        raise NotFound("tag.no_such_gift", given=number)
    if not body.identifier and caller.access.stores is not None:
        # Who sees some stores cannot decide for customers of others.
        raise Denied("tags.take_needs_all_stores")
    customers = _customers(caller, [body.identifier]) if body.identifier else []
    back = home.take_tag(number, body.why, now(), actor=caller.access.user, customers=customers)
    return json_answer({"tag": key, "entry": back.seq})


def _given_to_crowd(caller: Caller, crowd: str, said: Statement) -> list[Entry]:
    with sight_with(caller.access, caller.lang) as sight:
        condition = sight.segment(crowd).condition
        sight.population.check_countable(condition)
    access = caller.access
    return workspace().give_tag_to(crowd, condition, said, now(), actor=access.user, stores=access.stores)


def _customers(caller: Caller, identifiers: Sequence[str]) -> list[str]:
    """Their ids; all or nothing: one whom nobody is, or several are, is named by its place and nothing is given."""
    found = []
    for place, identifier in enumerate(identifiers):
        try:
            found.append(known_customer(caller, identifier, wanted=()).customer_id)
        except Problem as problem:
            members = {**problem.members, "at": f"/identifiers/{place}"}
            raise Problem(problem.status, problem.code, members=members, **problem.params) from None
        except NotFound as problem:
            raise Problem(404, problem.code, members={"at": f"/identifiers/{place}"}, **problem.params) from None
    return found


def _told(tag: Tag, gift: Gift) -> dict[str, Any]:
    value = mask_value(gift.value, "all") if gift.value is not None and is_sealed(tag) else gift.value
    return {
        "entry": gift.seq, "value": value, "customers": len(gift.members), "crowd": gift.crowd or None,
        "by": gift.actor, "at": gift.at, "why": gift.why, "until": gift.until, "taken_by": gift.taken_by,
    }  # fmt: skip
