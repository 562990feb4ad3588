"""What changed in tags from refresh to refresh, and since when values stand, in plain Python over whole profiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

FIRST = date(2026, 1, 1)
Row = dict[str, Any]
Since = dict[str, dict[str, date | None]]


class Refresh(NamedTuple):
    """One refresh: its tags, every customer's values, and whom an id became part of."""

    tags: Mapping[str, Any]
    rows: Mapping[str, Row]
    redirect: Mapping[str, str]


def by_hand(story: list[Refresh], days: list[date]) -> Iterator[tuple[set[tuple[Any, ...]], Since]]:
    """The changes of every refresh, and since when each value stands after it, in plain Python."""
    before, since = Refresh({}, {}, {}), Since()
    for number, now in enumerate(story, 1):
        day, changes, told = days[number - 1], set[tuple[Any, ...]](), Since()
        for who, row in now.rows.items():
            old_id = carried_on(who, now, before)
            told[who] = dict.fromkeys(now.tags, None if number == 1 else day)
            for key in now.tags if old_id is not None else ():
                if key not in before.tags:
                    told[who][key] = None
                elif before.rows[old_id][key] == row[key]:
                    told[who][key] = since[old_id][key]
                else:
                    changes.add((who, key, repr(before.rows[old_id][key]), repr(row[key])))
        before, since = now, told
        yield changes, since


def carried_on(who: str, now: Refresh, before: Refresh) -> Any:
    """Under which id the customer was published before; None for a new one."""
    led = [old for old, new in now.redirect.items() if new == who and old in before.rows]
    return who if who in before.rows else min(led, default=None)
