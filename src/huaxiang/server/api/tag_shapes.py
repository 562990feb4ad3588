"""What programs are told of a tag over everybody, and of how a value came to be."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ninja import Schema


class BandTold(Schema):
    """How many customers have a value or are in a band; null where they are too few to be told."""

    value: str
    low: float | None
    high: float | None
    customers: int | None


class TagFigures(Schema):
    """A tag over all customers whom the key sees: who has a value, which values, and how much can be relied on it."""

    tag: str
    version: int | None
    as_of: date
    customers: int
    bands: list[BandTold]
    unknown: int | None
    usable: int | None
    accuracy: dict[str, Any] | None
    score: float | None
    parts: list[dict[str, Any]]
    verdicts: list[dict[str, str]]
    runs: list[dict[str, Any]]
    used_by: dict[str, list[str]]


class MonthTold(Schema):
    """The value at the end of a month, computed again from what is known today."""

    day: date
    value: Any
    label: str


class TagHistoryTold(Schema):
    """How a value came to be: what refreshes recorded, and the ends of a year's months computed again.

    ``months_are`` says why there are none: ``masked``, or a place among ``all`` customers; else ``own``, or resting on
    ``averages`` of the latest day.
    """

    customer_id: str
    tag: str
    as_of: date
    masked: bool
    since: date | None
    since_or_earlier: bool | None
    changes: list[dict[str, Any]]
    months: list[MonthTold]
    months_are: Literal["own", "averages", "all", "masked"]
