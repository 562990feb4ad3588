"""Uploaded lists for programs: which there are, bringing one, and taking one away with its numbers."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from huaxiang.analyse.groups.pasted_list import MOST_LINES
from huaxiang.analyse.id_lists import Found
from huaxiang.model.id_lists import IdList
from huaxiang.server.api.calling import Key, caller_of
from huaxiang.server.api.saying import json_answer
from huaxiang.server.api.shapes import Asked, Text
from huaxiang.server.clock import now
from huaxiang.server.crowds.lists import require_all_stores, require_own
from huaxiang.server.data import workspace

router = Router(tags=["rules"])
Name = Annotated[str, Field(max_length=100)]
#: What stands for the name of a file with lists that programs bring.
_SOURCE = "API"


class ListAsked(Asked):
    """A list to be kept: its names, an empty one taken from the other language, and people by any identifier."""

    people: Annotated[list[Text], Field(min_length=1, max_length=MOST_LINES)]
    zh: Annotated[str, Field(max_length=60)] = ""
    en: Annotated[str, Field(max_length=60)] = ""


class ListTold(Schema):
    """A list, and whom its lines name today: lines that name one customer each, nobody yet, or several."""

    key: str
    name: str
    owner: str
    text: str
    lines: int
    customers: int
    unknown: int
    several: int


class ListsTold(Schema):
    """Every uploaded list."""

    lists: list[ListTold]


@router.get("/lists", auth=Key("rules:write"), response=ListsTold, operation_id="lists")
def lists(request: HttpRequest) -> Any:
    """Every list, with the customers whom it names today."""
    caller = caller_of(request)
    require_all_stores(caller.access)
    home = workspace()
    told = [_told(one, home.found_in_list(key), caller.lang) for key, one in home.id_lists.items()]
    return json_answer({"lists": told})


@router.post("/lists", auth=Key("rules:write"), response={201: ListTold}, operation_id="save_list")
def save_list(request: HttpRequest, body: ListAsked) -> Any:
    """Keep people as a list, to be named in rules."""
    caller = caller_of(request)
    require_all_stores(caller.access)
    kept = workspace().keep_list_of(body.people, body.zh, body.en, now(), actor=caller.access.user, source=_SOURCE)
    return json_answer(_told(kept.list, kept.found, caller.lang), 201)


@router.delete("/lists/{key}", auth=Key("rules:write"), response={204: None}, operation_id="delete_list")
def delete_list(request: HttpRequest, key: Name) -> Any:
    """Delete a list and the numbers in it."""
    access = caller_of(request).access
    require_all_stores(access)
    require_own(workspace(), key, access)
    workspace().forget_list(key, now(), actor=access.user)
    return HttpResponse(status=204)


def _told(one: IdList, found: Found, lang: str) -> dict[str, Any]:
    counts = {"lines": found.rows, "customers": found.customers, "unknown": found.unknown, "several": found.several}
    return {"key": one.key, "name": one.name.say(lang), "owner": one.owner, "text": f"list {one.key}", **counts}
