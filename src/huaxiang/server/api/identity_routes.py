"""Ids of customers: what became of them, for systems that keep them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from huaxiang.errors import Denied
from huaxiang.server.api.calling import Key, caller_of
from huaxiang.server.api.saying import json_answer
from huaxiang.server.api.shapes import RedirectList
from huaxiang.server.data import workspace

router = Router(tags=["profile"])
MOST = 1_000


@router.get("/customers/redirects", auth=Key("profile:read"), response=RedirectList, operation_id="redirects")
def redirects(
    request: HttpRequest,
    since: date | None = None,
    after: Annotated[int, Field(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100,
) -> Any:
    """One page of changes of ids. They are about the customers of all stores."""
    access = caller_of(request).access
    if access.stores is not None:
        raise Denied("identity.scope", user=access.user)
    found = workspace().redirects(limit + 1, after, since)
    shown = [one._asdict() for one in found[:limit]]
    return json_answer({"redirects": shown, "next": shown[-1]["number"] if len(found) > limit else None})
