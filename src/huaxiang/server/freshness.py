"""How fresh the data behind a page are: the day they describe and the instant they were computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huaxiang.server.data import is_workspace, reading, workspace
from huaxiang.server.published import latest_run, unfilled
from huaxiang.words import Message


@dataclass(frozen=True)
class Freshness:
    """``as_of`` is the business day that the data describe, its end included; ``refreshed_at`` is aware. Where it
    ``lacks`` some tables, an older program refreshed last."""

    as_of: date
    refreshed_at: datetime
    lacks: bool = False


def freshness() -> Freshness | None:
    """The day that the published profiles describe, and when they were computed; None before the first refresh."""
    if not is_workspace():
        return None
    with reading() as engine:
        run, lacks = latest_run(engine), bool(unfilled(engine))
    if run is None:
        return None
    return Freshness(run["as_of"], run["started_at"].replace(tzinfo=workspace().settings.zone), lacks)


def ago(then: datetime, now: datetime) -> Message:
    """How long ago in whole minutes (at least 0), from one hour in hours, from two days in days."""
    passed = max(now - then, timedelta(0))
    if passed < timedelta(hours=1):
        return Message("ago.minutes", {"n": passed // timedelta(minutes=1)})
    if passed < timedelta(days=2):
        return Message("ago.hours", {"n": passed // timedelta(hours=1)})
    return Message("ago.days", {"n": passed.days})
