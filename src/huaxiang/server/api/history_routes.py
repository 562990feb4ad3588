"""Crowds over time for programs: who came and went at each refresh and why, and how large a crowd was before that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import ibis
import pyarrow as pa
from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from huaxiang.analyse.consents import AGREED, consents
from huaxiang.analyse.contact_columns import stores_of_each
from huaxiang.analyse.crowd_history import Fared, fared
from huaxiang.errors import NotFound, nearest
from huaxiang.model.crowd_tables import LEFT
from huaxiang.model.segments import Segment
from huaxiang.release.door import ColumnPolicy, pass_through
from huaxiang.release.purposes import purpose_named
from huaxiang.release.roles import require
from huaxiang.server.api.calling import Key, caller_of
from huaxiang.server.api.crowd_routes import Name, Purpose
from huaxiang.server.api.history_shapes import CrowdChanges, CrowdPast, PastAsked
from huaxiang.server.api.members import MOST, Page, Place, logged, place_of
from huaxiang.server.api.members import cursor as cursor_behind
from huaxiang.server.api.problems import Problem
from huaxiang.server.api.saying import json_answer
from huaxiang.server.clock import now
from huaxiang.server.crowds.history import reasons_of
from huaxiang.server.crowds.past_steps import Past, past_of, steps
from huaxiang.server.crowds.sight import Sight, sight_with
from huaxiang.server.past_day import among_all
from huaxiang.server.published import published

router = Router(tags=["crowd"])
#: A past day takes as long as its rule: no answer waits longer than this, and what was computed until then is kept.
_SECONDS = 300.0


@router.get("/crowds/{key}/changes", auth=Key("crowd:members"), response=CrowdChanges, operation_id="crowd_changes")
def changes(
    request: HttpRequest,
    key: Name,
    purpose: Purpose,
    run: Name = "",
    cursor: Annotated[str, Field(max_length=600)] = "",
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100,
) -> Any:
    """Who came and went at one refresh, a page at a time."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        segment = sight.segment(key)
        chosen = _run_named(run, segment, sight)
        # A cursor belongs to the refresh that it goes through.
        page = _page(sight, segment, chosen, purpose, place_of(cursor, limit, sight, segment, chosen.run_id))
        told = [_told(row, sight) for row in page.released.table.to_pylist()]
        body = {"crowd": key, "version": chosen.version, "as_of": chosen.as_of, "run_id": chosen.run_id}
        return json_answer({**body, "export_id": page.export_id, "changes": told, "next": page.next})


@router.get("/crowds/{key}/past", auth=Key("crowd:read"), response=CrowdPast, operation_id="crowd_past")
def past(request: HttpRequest, key: Name) -> Any:
    """What was computed of the time before the history begins."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang) as sight:
        segment = sight.segment(key)
        sight.population.check_countable(segment.condition)
        return json_answer(_told_past(past_of(segment, sight), segment, sight))


@router.post("/crowds/{key}/past", auth=Key("crowd:read"), response=CrowdPast, operation_id="compute_crowd_past")
def compute_past(request: HttpRequest, key: Name, body: PastAsked) -> Any:
    """Compute more of it."""
    caller = caller_of(request)
    with sight_with(caller.access, caller.lang, _SECONDS) as sight:
        segment = sight.segment(key)
        sight.population.check_countable(segment.condition)
        for done, _ in enumerate(steps(segment, sight), start=1):
            if done >= body.days:
                break
        return json_answer(_told_past(past_of(segment, sight), segment, sight))


def _run_named(run: str, segment: Segment, sight: Sight) -> Fared:
    runs = {one.run_id: one for one in fared(sight.engine, segment.key, most=10_000)}
    if not runs:
        raise Problem(409, "api.no_history", name=segment.name.message)
    if run and run not in runs:
        raise NotFound("api.unknown_run", given=run[:40], nearest=nearest(run[:40], runs))
    return runs[run] if run else list(runs.values())[-1]


def _page(sight: Sight, segment: Segment, run: Fared, purpose: str, place: Place) -> Page:
    """One page, in the ledger as an export before it is given."""
    require(sight.access, "export_masked")
    rows = _rows(sight, segment, run, purpose, place)
    more = rows.num_rows > place.limit
    rows = rows.slice(0, place.limit)
    told = rows.drop_columns(["place"])
    policies = [ColumnPolicy(name, "open") for name in told.column_names]
    released = pass_through(told, policies, sight.access, purpose=purpose, raw=False)
    export_id = logged(sight, segment, purpose, released, place, now(), run.run_id)
    last = rows.column("place")[-1].as_py() if more else None
    return Page(released, export_id, None if last is None else cursor_behind(sight, segment, last, run.run_id))


def _rows(sight: Sight, segment: Segment, run: Fared, purpose: str, place: Place) -> pa.Table:
    """In the order of change and id. Who left is told whatever was agreed to: a list elsewhere loses them by that."""
    engine, rows = sight.engine, sight.engine.table("crowd_change")
    own = rows.filter(rows.crowd == segment.key, rows.run_id == run.run_id)
    own = own.select("customer_id", "change", "because", place=own.change + "/" + own.customer_id)
    sale = published(engine)["sale"]
    wide = own.left_join(stores_of_each(sale), "customer_id").drop("customer_id_right")
    if sight.access.stores is not None:
        wide = wide.semi_join(sale.filter(sale.store_no.isin(sorted(sight.access.stores))), "customer_id")
    if purpose_named(purpose).needs_consent:
        agreed = consents(engine, purpose, sight.as_of)
        wide = wide.left_join(agreed, "customer_id").drop("customer_id_right")
        wide = wide.mutate(**{f"consent_{purpose}": wide[AGREED] | (wide.change == LEFT)}).drop(AGREED)
        wide = wide.filter(wide[f"consent_{purpose}"])
    behind = wide.filter(wide.place > place.after) if place.after else wide
    return engine.arrow(behind.order_by(ibis.asc("place")).limit(place.limit + 1))


def _told(row: dict[str, Any], sight: Sight) -> dict[str, Any]:
    return {"customer_id": row["customer_id"], "change": row["change"], "because": reasons_of(row["because"], sight)}


def _told_past(found: Past, segment: Segment, sight: Sight) -> dict[str, Any]:
    ranked: Sequence[str] = among_all(segment.condition, sight)
    days = [
        {"day": one.day, "customers": one.customers, "entered": one.entered, "left": one.gone, "run_id": one.run_id}
        for one in found.found
    ]
    told = {"crowd": segment.key, "version": segment.version, "days": days, "unknown": found.unknown}
    return {**told, "seconds_left": found.seconds_left if found.left else 0.0, "among_all": list(ranked)}
