"""Visits to the web site or app: events put together by their session number, else by pauses of 30 minutes."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.model.tables import IBIS_TYPES

PAUSE_SECONDS = 30 * 60
_FAMILIES = ("web", "app")
_VISIT = ("customer_id", "source", "session_no", "gap_session")


def visit(act: ir.Table) -> ir.Table:
    """One row per visit of a customer, from the ``act`` table; only web and app events, only those with a time.

    Events of one source with the same ``session_no`` are one visit. Without a number, a pause of more than 30 minutes
    ends a visit. ``dwell_seconds`` is the measured time, else last less first event; null for a lone unmeasured event.
    """
    events = act.filter(act.event_family.isin(_FAMILIES) & act.customer_id.notnull() & act.occurred_at.notnull())
    marked = _with_gap_session(events)
    found = marked.group_by(*_VISIT).agg(
        started_at=marked.occurred_at.min(),
        ended_at=marked.occurred_at.max(),
        event_count=marked.count(),
        measured=marked.dwell_seconds.sum().cast(IBIS_TYPES["quantity"]),
    )
    return _with_dwell(found).select(
        "customer_id", "started_at", "ended_at", "event_count", "dwell_seconds", "is_bounce"
    )


def _with_gap_session(events: ir.Table) -> ir.Table:
    within = ibis.window(
        group_by=[events.customer_id, events.source, events.session_no], order_by=[events.occurred_at, events.row_key]
    )
    previous = events.mutate(previous_at=events.occurred_at.lag().over(within))
    pause = _seconds(previous.previous_at, previous.occurred_at) > PAUSE_SECONDS
    starts = (previous.session_no.isnull() & (previous.previous_at.isnull() | pause)).cast("int64")
    marked = previous.mutate(starts_visit=starts)
    running = ibis.cumulative_window(
        group_by=[marked.customer_id, marked.source, marked.session_no], order_by=[marked.occurred_at, marked.row_key]
    )
    return marked.mutate(gap_session=marked.starts_visit.sum().over(running))


def _with_dwell(found: ir.Table) -> ir.Table:
    quantity = IBIS_TYPES["quantity"]
    lone = found.event_count == 1
    between = _seconds(found.started_at, found.ended_at).cast(quantity)
    return found.mutate(
        dwell_seconds=found.measured.coalesce(ibis.ifelse(lone, ibis.null(quantity), between)), is_bounce=lone
    )


def _seconds(start: ir.TimestampValue, end: ir.TimestampValue) -> ir.IntegerValue:
    return end.truncate("s").epoch_seconds().cast("int64") - start.truncate("s").epoch_seconds().cast("int64")
