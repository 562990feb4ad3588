"""Days counted from the ``as_of`` day: the last days, longer ago, the next days, and anniversaries.

As in windows, n days include the ``as_of`` day itself: "in the last 7 days" is that day and the six before it.
"""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta
from typing import Any

#: A number of days and the day from which they are counted.
Counted = tuple[int, date]
_LEAP_DAY, _COMMON_YEAR = 229, 365


def in_last(day: Any, value: Counted) -> Any:
    """Whether a day is the ``as_of`` day or one of those before it, as many in all."""
    days, as_of = value
    return (day > as_of - timedelta(days=days)) & (day <= as_of)


def longer_ago(day: Any, value: Counted) -> Any:
    """Whether more than so many days have passed since a day; that of so many days ago is not meant."""
    days, as_of = value
    return day < as_of - timedelta(days=days)


def in_next(day: Any, value: Counted) -> Any:
    """Whether a day is the ``as_of`` day or one of those after it, as many in all."""
    days, as_of = value
    return (day >= as_of) & (day < as_of + timedelta(days=days))


def anniversary_in_next(day: Any, value: Counted) -> Any:
    """Whether the next anniversary of a day, the ``as_of`` day included, is one of so many days; 29 February counts as
    1 March in common years."""
    days, as_of = value
    if days > _COMMON_YEAR:
        return day.notnull()
    end = as_of + timedelta(days=days - 1)
    # Days by month and day as one number: 1 March of a common year is the day of those born on 29 February as well.
    first, last = _LEAP_DAY if _is_after_february(as_of) else _place(as_of), _place(end)
    place = day.month().cast("int64") * 100 + day.day().cast("int64")
    return (place >= first) & (place <= last) if first <= last else (place >= first) | (place <= last)


def _place(day: date) -> int:
    return day.month * 100 + day.day


def _is_after_february(day: date) -> bool:
    return (day.month, day.day) == (3, 1) and not isleap(day.year)
