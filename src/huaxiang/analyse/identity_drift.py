"""How identities moved from refresh to refresh, as the ledger tells it."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import NamedTuple

from huaxiang.ledger import Ledger


class Drift(NamedTuple):
    """One refresh: its customers, and how many links came (``linked``) and went (``unlinked``) and how many values were
    newly ``held`` since the refresh before."""

    run_id: str
    as_of: date
    customers: int
    linked: int
    unlinked: int
    held: int


def drift(ledger: Ledger, limit: int) -> list[Drift]:
    """The latest refreshes, at most ``limit``, the newest first."""
    runs = list(ledger.entries("refresh.published"))
    places = [0, *(run.seq for run in runs)]
    found = []
    for run, (before, here) in list(zip(runs, pairwise(places), strict=True))[-limit:]:
        counts = ledger.counts(before, here)
        moved = (counts.get(f"identity.{kind}", 0) for kind in ("link", "unlink", "hold"))
        day = date.fromisoformat(str(run.body["as_of"]))
        found.append(Drift(str(run.body["run_id"]), day, int(run.body["customer_count"]), *moved))
    return found[::-1]
