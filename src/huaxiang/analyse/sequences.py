"""Who did several things in a given order.

Steps are taken one by one: of the rows of a step those stay that come after a row that reached the step before. Rows
are never put into lists per customer and, unless something must not lie between, never sorted.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.events import Events
from huaxiang.model.conditions import Event, Sequence
from huaxiang.model.measured import fact_meant
from huaxiang.model.windows import Window


def in_sequence(sequence: Sequence, events: Events) -> ir.Column | None:
    """The customers who did the steps in this order, some perhaps more than once; None without data of a step."""
    reached = _moments(sequence.sequence[0], sequence.during, events)
    for step in sequence.sequence[1:]:
        here = _moments(step, sequence.during, events)
        if reached is None or here is None:
            return None
        barred = _moments(step.without, sequence.during, events) if step.without else None
        if barred is not None:
            reached = _with_nothing_between(reached, here, barred, step.hours)
        elif step.hours is None:
            reached = _after(reached, here)
        else:
            reached = _soon_after(reached, here, step.hours)
    return None if reached is None else reached.customer_id


def _moments(event: Event, during: Window | None, events: Events) -> ir.Table | None:
    """One row per row that is meant: ``customer_id, moment``."""
    rows = events.meant(event.event, event.where, during, timed=True)
    if rows is None:
        return None
    return rows.select("customer_id", moment=rows[fact_meant(event.event).at].cast("timestamp(6)"))


def _after(reached: ir.Table, here: ir.Table) -> ir.Table:
    """The rows of ``here`` later than any of ``reached``."""
    first = reached.group_by(owner=reached.customer_id).aggregate(since=reached.moment.min())
    return _where(here.inner_join(first, [("customer_id", "owner")]), lambda row: row.since < row.moment)


def _soon_after(reached: ir.Table, here: ir.Table, hours: int) -> ir.Table:
    """The rows of ``here`` later than one of ``reached`` by at most so many hours.

    Time is cut into stretches of that length. What is near enough lies in the same stretch, where the earliest decides
    whether any is earlier, or in the one before, where the latest decides whether any is near enough.
    """
    cut = reached.mutate(stretch=_stretch(reached, hours)).group_by("customer_id", "stretch")
    ends = cut.aggregate(earliest=ibis._.moment.min(), latest=ibis._.moment.max())
    none = ibis.null("timestamp(6)")
    same = ends.select("customer_id", "stretch", earliest=ends.earliest, latest=none)
    next_one = ends.select("customer_id", stretch=ends.stretch + 1, earliest=none, latest=ends.latest)
    both = same.union(next_one)
    near = both.group_by(owner=both.customer_id, near_stretch=both.stretch).aggregate(
        earliest=both.earliest.min(), latest=both.latest.max()
    )
    told = here.mutate(stretch=_stretch(here, hours))
    joined = told.inner_join(near, [("customer_id", "owner"), ("stretch", "near_stretch")])
    return _where(
        joined,
        lambda row: (
            (row.earliest < row.moment).fill_null(False)
            | (row.moment <= row.latest + ibis.interval(hours=hours)).fill_null(False)
        ),
    )


def _with_nothing_between(reached: ir.Table, here: ir.Table, barred: ir.Table, hours: int | None) -> ir.Table:
    """The rows of ``here`` later than one of ``reached`` with none of ``barred`` at a moment between.

    The latest of ``reached`` before each row is enough: any earlier one is farther away, with more in between.
    """
    kinds = {"here": here, "reached": reached, "barred": barred}
    rows = ibis.union(*(own.mutate(kind=ibis.literal(kind)) for kind, own in kinds.items()))
    # At one moment the rows of the step come first, so that what stands before them is strictly earlier.
    order = [rows.moment, (rows.kind != "here").cast("int64")]
    before = ibis.rows_window(preceding=(None, 1), group_by=rows.customer_id, order_by=order)
    told = rows.mutate(
        since=rows.moment.max(where=rows.kind == "reached").over(before),
        bar=rows.moment.max(where=rows.kind == "barred").over(before),
    )
    near = told.since.notnull() if hours is None else told.moment <= told.since + ibis.interval(hours=hours)
    free = told.bar.isnull() | (told.bar <= told.since)
    return told.filter(told.kind == "here", near.fill_null(False) & free.fill_null(False)).select(
        "customer_id", "moment"
    )


def _stretch(rows: ir.Table, hours: int) -> ir.IntegerValue:
    return (rows.moment.truncate("s").epoch_seconds().cast("int64") / (hours * 3600)).floor().cast("int64")


def _where(rows: ir.Table, test: object) -> ir.Table:
    return rows.filter(test).select("customer_id", "moment")
