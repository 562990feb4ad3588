"""Rows of the quarantine that somebody gave up: the ledger says so, the row and its original stay as they are."""

from __future__ import annotations

from huaxiang.collect.history import RowKey
from huaxiang.ledger import Ledger


def discarded(ledger: Ledger) -> list[RowKey]:
    """The rows that were given up, in the order in which that was said: import and row number."""
    return [_key(str(entry.subject)) for entry in ledger.entries("quarantine.discarded")]


def _key(subject: str) -> RowKey:
    import_id, _, row = subject.rpartition("/")
    return import_id, int(row)
