"""How fresh the data behind a page are: the day they describe and the instant they were computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huaxiang.words import Message


@dataclass(frozen=True)
class Freshness:
    """``as_of`` is the business day that the data describe, its end included; ``refreshed_at`` is aware."""

    as_of: date
    refreshed_at: datetime


def ago(then: datetime, now: datetime) -> Message:
    """How long ago in whole minutes (at least 0), from one hour in hours, from two days in days."""
    passed = max(now - then, timedelta(0))
    if passed < timedelta(hours=1):
        return Message("ago.minutes", {"n": passed // timedelta(minutes=1)})
    if passed < timedelta(days=2):
        return Message("ago.hours", {"n": passed // timedelta(hours=1)})
    return Message("ago.days", {"n": passed.days})
