"""What a comparison of two shares allows to be said: more, less, as in the others, or too few to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from huaxiang.analyse.groups.intervals import Floats, ratio_of_shares, wilson
from huaxiang.analyse.groups.significance import LEVEL, corrected, two_groups

Verdict = Literal["more", "less", "alike", "too_few"]

#: The usual reading of an index: from 120 strong, up to 80 weak.
STRONG, WEAK = 120.0, 80.0
#: With fewer customers on either side nothing is said of any share.
FEWEST_CUSTOMERS = 30
#: A value that neither has nor could be expected to have so many customers says nothing.
FEWEST_WITH_VALUE = 15
#: An index that could as well be half or twice as great is no sign of being alike.
_LOOSE = (50.0, 200.0)
#: The index is drawn towards 100 as if so many more customers had been found just as expected.
_DRAWN = 10.0
_SMALLEST = 1e-300


@dataclass(frozen=True)
class Share:
    """One share of the crowd beside that of its base.

    ``inside`` of ``customers`` in the crowd and ``beside`` of ``others`` in the separate group it is tested against.
    ``low`` and ``high`` are Wilson's interval of ``share``; ``base`` is the share that the index compares with, and
    ``index`` share ÷ base × 100 with its interval; ``drawn`` is the index drawn towards 100, the more the fewer there
    are. ``p`` is the p-value and ``q`` the one corrected for all that is shown with it. Without anybody to compare with
    all of these are None; ``index`` and its upper end also where the base has nobody. A ``hidden`` share has no counts.
    """

    inside: int
    customers: int
    beside: int
    others: int
    share: float | None
    low: float
    high: float
    base: float | None = None
    index: float | None = None
    index_low: float | None = None
    index_high: float | None = None
    drawn: float | None = None
    p: float | None = None
    q: float | None = None
    verdict: Verdict | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Counts:
    """``inside`` of ``customers`` in the crowd, ``beside`` of ``others`` in a separate group."""

    inside: int
    customers: int
    beside: int
    others: int


def compared(rows: Sequence[Counts], *, within: bool) -> list[Share]:
    """The shares with their indices, p-values and verdicts, corrected together.

    With ``within`` the base is both groups together (everyone), else the separate group alone. The interval of the
    index follows from that of the ratio of both groups, so that a crowd is never compared with itself.
    """
    testable = [row for row in rows if row.customers and row.others]
    p_values = np.array([two_groups(row.inside, row.customers, row.beside, row.others) for row in testable])
    low, high = _index_intervals(testable, within=within)
    found = iter(zip(p_values, corrected(p_values), low, high, strict=True))
    return [_share(row, next(found) if row.customers and row.others else None, within=within) for row in rows]


def _index_intervals(rows: Sequence[Counts], *, within: bool) -> tuple[Floats, Floats]:
    if not rows:
        return np.array([]), np.array([])
    a, n, c, m = (
        np.array([getattr(row, name) for row in rows], dtype=np.float64)
        for name in ("inside", "customers", "beside", "others")
    )
    ends = ratio_of_shares(a, n, c, m)
    if not within:
        return 100 * ends[0], 100 * ends[1]
    part = n / (n + m)
    # The share in everyone is part of the crowd's own; the index rises with the ratio, so its ends do too.
    # ratio ÷ (part × ratio + 1 − part), said so that 0 and infinity need no care of their own.
    low, high = (100 / (part + (1 - part) / np.maximum(end, _SMALLEST)) for end in ends)
    return low, high


def _share(row: Counts, found: Sequence[float] | None, *, within: bool) -> Share:
    share = row.inside / row.customers if row.customers else None
    low, high = wilson(row.inside, row.customers)
    plain = Share(row.inside, row.customers, row.beside, row.others, share, low, high)
    if found is None or share is None:
        return plain
    p, q, index_low, index_high = map(float, found)
    having, total = (row.inside + row.beside, row.customers + row.others) if within else (row.beside, row.others)
    base = having / total
    index = 100 * share / base if base else None
    return replace(
        plain,
        base=base,
        index=index,
        index_low=index_low,
        index_high=None if np.isinf(index_high) else index_high,
        drawn=100 * (row.inside + _DRAWN) / (row.customers * base + _DRAWN) if base else None,
        p=p,
        q=q,
        verdict=_verdict(row, q, index, index_low, index_high),
    )


def _verdict(row: Counts, q: float, index: float | None, low: float, high: float) -> Verdict:
    expected = row.customers * (row.inside + row.beside) / (row.customers + row.others)
    if min(row.customers, row.others) < FEWEST_CUSTOMERS or max(row.inside, expected) < FEWEST_WITH_VALUE:
        return "too_few"
    if q <= LEVEL and (index is None or index >= STRONG):
        return "more"
    if q <= LEVEL and index is not None and index <= WEAK:
        return "less"
    near = index is not None and WEAK < index < STRONG and low >= _LOOSE[0] and high <= _LOOSE[1]
    return "alike" if near else "too_few"
