"""Which customer ids became part of which, in the order in which it happened: for systems that keep them."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Literal, NamedTuple

from huaxiang.ledger import Ledger
from huaxiang.prepare.unify.redirects import MOVED, PARTED


class Redirect(NamedTuple):
    """One change at the refresh ``run_id``, whose portrait is of ``day``: all of ``old_id`` became part of ``new_id``
    (``moved``), or some of its accounts did (``parted``), as after a split. ``new_id`` is the one of then; a later
    change may be about it. ``number`` is the place in the ledger: it only grows."""

    number: int
    old_id: str
    new_id: str
    kind: Literal["moved", "parted"]
    run_id: str
    day: date


def redirects(ledger: Ledger, limit: int, after: int = 0, since: date | None = None) -> list[Redirect]:
    """The changes behind number ``after``, of portraits from the day ``since`` on (inclusive), at most ``limit``.

    Refreshes that were killed before they published are left out.
    """
    runs = {str(one.body["run_id"]): str(one.body["as_of"]) for one in ledger.entries("refresh.published")}
    days = {run: date.fromisoformat(day) for run, day in runs.items()}
    return list(islice(_of_published(ledger, days, after, since), limit))


def _of_published(ledger: Ledger, days: dict[str, date], after: int, since: date | None) -> Iterator[Redirect]:
    seen: set[tuple[str, str, str]] = set()
    kinds = (ledger.entries(kind, after) for kind in (MOVED, PARTED))
    for entry in heapq.merge(*kinds, key=lambda entry: entry.seq):
        run, old, new = (str(entry.body[name]) for name in ("since_run", "old_id", "new_id"))
        # A refresh that was killed and done again under the same name wrote the same twice.
        if run not in days or (run, old, new) in seen or (since and days[run] < since):
            continue
        seen.add((run, old, new))
        yield Redirect(entry.seq, old, new, "moved" if entry.kind == MOVED else "parted", run, days[run])
