"""Questions about one customer that take longer to build than to answer, held by each thread for its next request."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime

from huaxiang.analyse.everybody import everybody
from huaxiang.analyse.newest_evidence import NewestEvidence
from huaxiang.analyse.order import with_needed
from huaxiang.analyse.own_rows import OwnRows
from huaxiang.analyse.recorded_changes import Recording, recording
from huaxiang.analyse.tag_history import MonthsOfTag, TagHistory
from huaxiang.engine import DuckEngine
from huaxiang.server.customers.visit import Visit
from huaxiang.server.data import workspace
from huaxiang.server.snapshot_values import once_per_snapshot

#: Histories of tags that a thread holds, about 8 MB each; the one that was asked for longest ago goes first.
_MOST_TAGS = 12


class _Held(threading.local):
    """What a thread asks while the same is published and defined: of whose rows, and the questions."""

    stamp: tuple[object, ...] = ()
    own: OwnRows
    newest: NewestEvidence | None
    months: OrderedDict[str, MonthsOfTag]

    def turn_to(self, visit: Visit, customer_id: str) -> None:
        """Let it be about that customer of what is published now."""
        stamp = (visit.engine, visit.engine.snapshot(), workspace().definitions.tags)
        if self.stamp != stamp:
            self.stamp = ()
            self.own = OwnRows(visit.engine, visit.portrait.tables, customer_id, "asked")
            self.newest, self.months = None, OrderedDict()
            self.stamp = stamp
        self.own.be(customer_id)


_HELD = _Held()


def newest_of(visit: Visit, customer_id: str) -> Mapping[str, datetime]:
    """By tag of the visit, when the newest of the customer's rows happened that it rests on."""
    if visit.past_day:
        return _newest(visit, OwnRows(visit.engine, visit.portrait.tables, customer_id, "asked_past")).found()
    _HELD.turn_to(visit, customer_id)
    if _HELD.newest is None:
        _HELD.newest = _newest(visit, _HELD.own)
    return _HELD.newest.found()


def months_of(visit: Visit, customer_id: str, tag: str) -> TagHistory:
    """The tag of the customer at the ends of months before the published day, from what is known today."""
    _HELD.turn_to(visit, customer_id)
    found = _HELD.months.pop(tag, None)
    if found is None:
        now, needed = visit.portrait, with_needed([tag], visit.tags)
        # Of all customers only what this tag needs to know: of all tags it is a look at every row there is.
        known = everybody(visit.engine, now.tables, needed, now.as_of)
        found = MonthsOfTag(_HELD.own, needed, known, tag, now.as_of)
    _HELD.months[tag] = found
    while len(_HELD.months) > _MOST_TAGS:
        _HELD.months.popitem(last=False)
    return found.found()


def recording_at(engine: DuckEngine) -> Recording:
    """Of which tags changes are recorded in what is published."""
    return once_per_snapshot(engine, "recording", lambda: recording(engine))


def _newest(visit: Visit, own: OwnRows) -> NewestEvidence:
    # With what they are computed from: it may be newer than the refresh, and has no values of its own then.
    tags = with_needed(list(visit.tags), workspace().definitions.tags)
    return NewestEvidence(own, tags, visit.portrait.as_of)
