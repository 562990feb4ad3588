"""What tags that need a purpose are used for, as people recorded it in the ledger."""

from __future__ import annotations

import heapq

from huaxiang.ledger import Entry, Ledger

PERMITTED, FORBIDDEN = "tag.permitted", "tag.forbidden"


def permitted(ledger: Ledger) -> frozenset[str]:
    """The keys of the tags whose purpose is recorded and has not been taken back."""
    return frozenset(tag for tag, entry in purposes(ledger).items() if entry.kind == PERMITTED)


def purposes(ledger: Ledger) -> dict[str, Entry]:
    """By tag the newest word about its purpose: an entry that records one, or takes it back."""
    both = heapq.merge(ledger.entries(PERMITTED), ledger.entries(FORBIDDEN), key=lambda entry: entry.seq)
    return {str(entry.body["tag"]): entry for entry in both}
