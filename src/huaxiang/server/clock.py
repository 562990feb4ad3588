"""The one place in the web application that reads the clock."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings


def now() -> datetime:
    """This instant in UTC, from the clock that :func:`huaxiang.server.settings.configure` was given."""
    instant: datetime = settings.HUAXIANG_CLOCK()
    return instant


def system_clock() -> datetime:
    """The machine's clock in UTC."""
    return datetime.now(UTC)
