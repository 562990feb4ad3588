"""Windows of 神策 as ours. Its groups are computed at midnight, so that a day ends where our ``as_of`` day does."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from huaxiang.model.foreign.place import Place
from huaxiang.model.foreign.translator import Raw, Translator

_DAYS = re.compile(r"(-?\d{1,5}) day\Z")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?: 00:00(?::00)?| 23:59(?::59)?)?\Z")


def window_of(place: Place, said: Translator) -> Raw:
    """``during`` of a rule, empty where it says no time; ``time_function`` and ``time_params`` name it."""
    function, params = place.at("time_function"), place.at("time_params")
    if not function.is_there:
        return {}
    given = params.items()
    found = None
    if function.value == "relative_time":
        found = _relative([each.value for each in given])
    elif function.value == "absolute_time":
        found = absolute([each.value for each in given])
    else:
        said.report.refuse(function, "foreign.no_such_function", given=str(function.value)[:60])
        return {}
    if found is None:
        said.report.refuse(params, "foreign.no_such_window", given=", ".join(str(each.value)[:40] for each in given))
    return {"during": found} if found else {}


def absolute(given: list[Any]) -> Raw | None:
    """Two days of the calendar, both included, whole days only."""
    days = [_day(each) for each in given]
    return {"from": days[0], "to": days[1]} if len(days) == 2 and None not in days else None


def _relative(given: list[Any]) -> Raw | None:
    found = [_DAYS.match(each) if isinstance(each, str) else None for each in given]
    days = [int(each[1]) for each in found if each]
    if len(days) != len(given):
        return None
    if len(days) == 1 and days[0] > 0:
        return {"window_days": days[0]}
    # Up to yesterday at the latest: a window with today in it ends in the middle of a day.
    if len(days) == 2 and days[0] <= days[1] < 0:
        skipped = {"skip_days": -1 - days[1]} if days[1] < -1 else {}
        return {"window_days": days[1] - days[0] + 1, **skipped}
    return None


def _day(given: Any) -> str | None:
    found = _DAY.match(given) if isinstance(given, str) else None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat() if found else None
    except ValueError:
        return None
