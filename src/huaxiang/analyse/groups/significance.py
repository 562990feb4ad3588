"""How likely chance alone would make a difference as great, and what stays when many differences are looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: A difference is called one when fewer than this share of all that are called so are chance.
LEVEL = 0.05
#: Up to this least expected count the probability is exact; beyond it χ² says the same.
_EXACT_UP_TO = 1_000.0
#: Beyond so many customers from what is expected nothing is left of the probability, so it is not summed.
_FAR = 5_000.0
_TIED = 1e-7


def two_groups(inside: int, customers: int, beside: int, others: int) -> float:
    """The two-sided p-value of ``inside`` of ``customers`` against ``beside`` of ``others``; 1 if nothing can differ.

    Fisher's exact test (1922): the probability of all tables with these totals that are no likelier than this one.
    Where the least expected count is above 1,000, Pearson's χ² (1900). χ² at the usual limit of 5 is far too sure of
    itself at the small p-values that many comparisons ask for.
    """
    total, having = customers + others, inside + beside
    if not customers or not others or not having or having == total:
        return 1.0
    expected = customers * having / total
    least = min(customers, others) * min(having, total - having) / total
    if least > _EXACT_UP_TO or abs(inside - expected) > _FAR:
        variance = expected * (others / total) * ((total - having) / total)
        return _chi_squared((inside - expected) ** 2 / variance)
    return _fisher(inside, customers, having, total)


def corrected(p_values: Floats) -> Floats:
    """The Benjamini-Hochberg (1995) adjusted p-values, in the order given.

    Calling those at most q different keeps the share of chance findings among them at most q, on average.
    """
    count = p_values.size
    if not count:
        return p_values
    order = np.argsort(p_values)[::-1]
    stepped = np.minimum.accumulate(p_values[order] * count / np.arange(count, 0, -1))
    found = np.empty(count)
    found[order] = np.minimum(stepped, 1.0)
    return found


def _chi_squared(found: float, freedom: int = 1) -> float:
    """The probability of a χ² with so many degrees of freedom that is greater."""
    from scipy import special

    return float(special.chdtrc(freedom, found))


def _fisher(inside: int, customers: int, having: int, total: int) -> float:
    # Only the counts near the expected one and up to the one found have a probability worth adding.
    expected = customers * having / total
    spread = math.sqrt(max(expected * (1 - customers / total) * (1 - having / total), 0.0))
    reach = abs(inside - expected) + 12 * spread + 12
    low = max(0, customers + having - total, math.floor(expected - reach))
    high = min(customers, having, math.ceil(expected + reach))
    counts = np.arange(low, high + 1, dtype=np.float64)
    likely = _log_likely(counts, customers, having, total)
    found = likely[inside - low]
    return float(min(np.exp(likely[likely <= found + _TIED]).sum(), 1.0))


def _log_likely(counts: Floats, customers: int, having: int, total: int) -> Floats:
    """The logarithm of the hypergeometric probability of each count."""
    return (
        _log_choose(having, counts)
        + _log_choose(total - having, customers - counts)
        - _log_choose(total, np.asarray(float(customers)))
    )


def _log_choose(of: int, taken: Floats) -> Floats:
    from scipy import special

    found: Floats = special.gammaln(of + 1) - special.gammaln(taken + 1) - special.gammaln(of - taken + 1)
    return found


def alike(inside: Sequence[int], beside: Sequence[int]) -> float:
    """The p-value of Pearson's test that two groups have the same values in the same proportions; 1 where either has
    nobody, or all have one value. The counts are of the same values, in the same order."""
    there = [pair for pair in zip(inside, beside, strict=True) if sum(pair)]
    sides = sum(inside), sum(beside)
    if len(there) < 2 or not all(sides):
        return 1.0
    expected = [(sum(pair) * side / sum(sides), seen) for pair in there for side, seen in zip(sides, pair, strict=True)]
    return _chi_squared(sum((seen - each) ** 2 / each for each, seen in expected), len(there) - 1)
