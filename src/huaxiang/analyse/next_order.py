"""When a customer is expected to buy next, by the rhythm of their purchases, and how late they are against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

#: Fewer days of purchase than this show no rhythm of one's own: the rhythm of all customers weighs more.
OWN_RHYTHM_FROM = 3


@dataclass(frozen=True)
class NextOrder:
    """``expected_on`` is the day of the last purchase plus one gap of the rhythm, rounded to whole days.

    ``days_late`` counts from that day to the day of the profile; it is negative before it. ``is_own`` says whether the
    gap is the customer's own, seen on at least :data:`OWN_RHYTHM_FROM` days of purchase.
    """

    expected_on: date
    rhythm_days: float
    days_late: int
    is_own: bool


def next_order(row: Mapping[str, Any], as_of: date) -> NextOrder | None:
    """What follows from ``last_order_on, rhythm_days, order_days_total`` of a profile's row; None where any of the
    first two is unknown."""
    last, rhythm = row.get("last_order_on"), row.get("rhythm_days")
    if last is None or rhythm is None:
        return None
    expected = last + timedelta(days=round(rhythm))
    is_own = (row.get("order_days_total") or 0) >= OWN_RHYTHM_FROM
    return NextOrder(expected, float(rhythm), (as_of - expected).days, is_own)
