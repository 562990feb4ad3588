"""Who did several things in a given order.

Steps are taken one by one: of the rows of a step those stay that come after a row that reached the step before. Rows
are never put into lists per customer and, unless something must not lie between, never sorted.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.events import Events
from huaxiang.model.conditions import Event, Sequence, Step
from huaxiang.model.measured import fact_meant
from huaxiang.model.windows import Window


def in_sequence(sequence: Sequence, events: Events) -> ir.Column | None:
    """The customers who did the steps in this order, some perhaps more than once; None without data of a step."""
    reached = _reached(sequence.sequence, sequence.during, events)
    return None if reached is None else reached.customer_id


def gaps(sequence: Sequence, place: int, events: Events) -> ir.Table | None:
    """One row per customer who did the steps in this order however long the step at ``place`` (from 1, the second one)
    took after the one before it: ``customer_id, seconds``, the shortest time in which it came, of the times that let
    the others follow; rounded up to whole seconds. None without data of a step."""
    step, during = sequence.sequence[place], sequence.during
    before = _reached(sequence.sequence[:place], during, events)
    here = _leading_on(sequence.sequence[place:], during, events)
    if before is None or here is None:
        return None
    told = _told_between(before, here, _barred(step, during, events))
    seconds = _seconds(told.moment) - _seconds(told.since)
    # A part of a second over a whole number of them is one more.
    seconds += (_part(told.moment) > _part(told.since)).cast("int64")
    return told.group_by("customer_id").aggregate(seconds=seconds.min())


def _reached(steps: tuple[Step, ...], during: Window | None, events: Events) -> ir.Table | None:
    """The rows of the last of these steps that follow on the others."""
    reached = _moments(steps[0], during, events)
    for step in steps[1:]:
        here = _moments(step, during, events)
        if reached is None or here is None:
            return None
        barred = _barred(step, during, events)
        if barred is not None:
            reached = _with_nothing_between(reached, here, barred, step.hours)
        elif step.hours is None:
            reached = _after(reached, here)
        else:
            reached = _soon_after(reached, here, step.hours)
    return reached


def _leading_on(steps: tuple[Step, ...], during: Window | None, events: Events) -> ir.Table | None:
    """The rows of the first of these steps that the others follow on."""
    found = _moments(steps[-1], during, events)
    for step, before in zip(reversed(steps[1:]), reversed(steps[:-1]), strict=True):
        here = _moments(before, during, events)
        if found is None or here is None:
            return None
        found = _followed(here, found, _barred(step, during, events), step.hours)
    return found


def _barred(step: Step, during: Window | None, events: Events) -> ir.Table | None:
    return _moments(step.without, during, events) if step.without else None


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
    told = _told_between(reached, here, barred)
    if hours is not None:
        told = told.filter(told.moment <= told.since + ibis.interval(hours=hours))
    return told.select("customer_id", "moment")


def _told_between(reached: ir.Table, here: ir.Table, barred: ir.Table | None) -> ir.Table:
    """The rows of ``here`` that follow one of ``reached`` with none of ``barred`` at a moment between, with the moment
    of the latest of these (``since``)."""
    # At one moment the rows of the step come first, so that what stands before them is strictly earlier.
    rows = _together({"here": here, "reached": reached, "barred": barred}, first="here")
    before = ibis.rows_window(preceding=(None, 1), group_by=rows.customer_id, order_by=[rows.moment, rows.place])
    told = rows.mutate(
        since=rows.moment.max(where=rows.kind == "reached").over(before),
        bar=rows.moment.max(where=rows.kind == "barred").over(before),
    )
    free = told.bar.isnull() | (told.bar <= told.since)
    return told.filter(told.kind == "here", told.since.notnull(), free.fill_null(False))


def _followed(reached: ir.Table, here: ir.Table, barred: ir.Table | None, hours: int | None) -> ir.Table:
    """The rows of ``reached`` that one of ``here`` follows, with none of ``barred`` at a moment between, within the
    hours if they are given: the first of ``here`` after each row is enough."""
    rows = _together({"reached": reached, "here": here, "barred": barred}, first="here", last="reached")
    after = ibis.rows_window(following=(1, None), group_by=rows.customer_id, order_by=[rows.moment, rows.place])
    told = rows.mutate(
        next=rows.moment.min(where=rows.kind == "here").over(after),
        bar=rows.moment.min(where=rows.kind == "barred").over(after),
    )
    free = told.bar.isnull() | (told.bar >= told.next)
    near = told.next.notnull() if hours is None else told.next <= told.moment + ibis.interval(hours=hours)
    kept = told.filter(told.kind == "reached", near.fill_null(False) & free.fill_null(False))
    return kept.select("customer_id", "moment")


def _together(kinds: Mapping[str, ir.Table | None], *, first: str, last: str = "") -> ir.Table:
    """The rows of every kind in one table, with ``place`` among those of one moment."""
    rows = ibis.union(*(own.mutate(kind=ibis.literal(kind)) for kind, own in kinds.items() if own is not None))
    return rows.mutate(place=ibis.cases((rows.kind == first, 0), (rows.kind == last, 2), else_=1))


def _stretch(rows: ir.Table, hours: int) -> ir.IntegerValue:
    return (_seconds(rows.moment) / (hours * 3600)).floor().cast("int64")


def _seconds(moment: ir.TimestampValue) -> ir.IntegerValue:
    return moment.truncate("s").epoch_seconds().cast("int64")


def _part(moment: ir.TimestampValue) -> ir.StringValue:
    """What stands behind the second, in the order of the parts: not every engine tells microseconds."""
    return moment.cast("string").substr(19)


def _where(rows: ir.Table, test: object) -> ir.Table:
    return rows.filter(test).select("customer_id", "moment")
