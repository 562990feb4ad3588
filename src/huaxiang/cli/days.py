"""Days as people type them."""

from __future__ import annotations

from datetime import date

from huaxiang.errors import InputError


def day_of(text: str | None) -> date | None:
    """The day written as ``2026-06-30``; None stays None. Raises :class:`InputError` for anything else."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("cli.not_a_day", given=text) from None
