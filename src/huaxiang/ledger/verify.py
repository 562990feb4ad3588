"""Walking the chain: the first row that was edited, removed, added or moved, and entries cut off at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huaxiang.ledger.entries import GENESIS, Row
from huaxiang.ledger.head import Head
from huaxiang.words import Message


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What verification found: ``checked`` rows are good from the start, ``head`` is the hash of the last of them.

    ``problem`` is None when all is well; otherwise it says what is wrong and ``first_bad_seq`` where.
    """

    checked: int
    head: str
    first_bad_seq: int | None = None
    problem: Message | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong."""
        return self.problem is None


def verify_rows(rows: Iterable[Row], noted: Head | None) -> VerifyReport:
    """Check rows in the order of ``seq`` and compare with the head that was noted (None: the head file is gone)."""
    good = Head(0, GENESIS)
    for row in rows:
        problem = _row_problem(row, good, noted)
        if problem is not None:
            return VerifyReport(good.seq, good.hash, good.seq + 1, problem)
        good = Head(row.seq, row.hash)
    return _end(good, noted)


def _row_problem(row: Row, before: Head, noted: Head | None) -> Message | None:
    if row.seq != before.seq + 1:
        return Message("ledger.row_missing", {"seq": before.seq + 1, "found": row.seq})
    if row.digest() != row.hash:
        return Message("ledger.row_edited", {"seq": row.seq})
    if row.previous_hash != before.hash:
        return Message("ledger.chain_broken", {"seq": row.seq})
    if noted is not None and noted.seq == row.seq and noted.hash != row.hash:
        return Message("ledger.head_differs", {"seq": row.seq})
    return None


def _end(good: Head, noted: Head | None) -> VerifyReport:
    if noted is None:
        return VerifyReport(good.seq, good.hash, None, Message("ledger.head_missing", {}))
    if noted.seq > good.seq:
        problem = Message("ledger.cut_off", {"noted": noted.seq, "found": good.seq})
        return VerifyReport(good.seq, good.hash, good.seq + 1, problem)
    return VerifyReport(good.seq, good.hash)
