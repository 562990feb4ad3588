"""What programs are told of crowds over time."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from huaxiang.server.api.shapes import Asked


class CrowdChange(Schema):
    """One customer who came or went at a refresh. ``because`` are the tests that changed, or the one reason."""

    customer_id: str
    change: Literal["entered", "left"]
    because: list[str]


class CrowdChanges(Schema):
    """One page of those who came and went at a refresh."""

    crowd: str
    version: int
    as_of: date
    run_id: str
    export_id: str
    changes: list[CrowdChange]
    next: str | None


class StoodThen(Schema):
    """How a crowd stood on a past day; who came and went since the day before it in the list, null where unknown."""

    day: date
    customers: int
    entered: int | None
    left: int | None
    run_id: str


class CrowdPast(Schema):
    """The past of a crowd by its rule as it stands now, and the days that were not computed yet."""

    crowd: str
    version: int
    days: list[StoodThen]
    unknown: list[date]
    seconds_left: float | None
    among_all: list[str]


class PastAsked(Asked):
    """How many more days to compute at most, the latest first."""

    days: Annotated[int, Field(ge=1, le=13)] = 1
