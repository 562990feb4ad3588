"""How much two groups differ, apart from how sure that is: the same scale for every tag, whatever the sizes."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2, sqrt


def beyond_known(inside: Sequence[int], beside: Sequence[int], unknown: tuple[int, int]) -> float:
    """What the values themselves add to the :func:`distance`, beyond how many on either side have one at all.

    The bars are those of the known values, ``unknown`` the customers without one. The divergence of all bars is that
    of known against unknown and, weighted, that of the values among the known; this is the root of the latter (Lin
    1991: entropy adds up over groups). 0 where the values are the same in the same proportions.
    """
    both = distance([*inside, unknown[0]], [*beside, unknown[1]])
    split = distance([sum(inside), unknown[0]], [sum(beside), unknown[1]])
    return sqrt(max(both**2 - split**2, 0.0))


def distance(inside: Sequence[int], beside: Sequence[int]) -> float:
    """The Jensen-Shannon distance of two distributions over the same bars: 0 when equal, 1 with nothing in common.

    Counts may add to more than the customers (tags with several values); each side is brought to 1. 0 for nobody.
    """
    here, there = sum(inside), sum(beside)
    if not here or not there:
        return 0.0
    found = 0.0
    for one, other in zip(inside, beside, strict=True):
        p, q = one / here, other / there
        middle = (p + q) / 2
        found += sum(part / 2 * log2(part / middle) for part in (p, q) if part)
    # Rounding can leave a hair below 0.
    return sqrt(max(found, 0.0))


def cramers_v(rows: Sequence[Sequence[int]]) -> float | None:
    """Cramér's V of a table of counts, corrected for its size (Bergsma 2013); None where a side has a single line.

    0 to 1: how much the column says of the row.
    """
    rows = [row for row in rows if sum(row)]
    columns = [column for column in zip(*rows, strict=True) if sum(column)]
    if len(rows) < 2 or len(columns) < 2:
        return None
    total = sum(map(sum, rows))
    phi = sum(
        count * count / (sum(row) * sum(columns[place]))
        for row in zip(*columns, strict=True)
        for place, count in enumerate(row)
    )
    return _corrected_v(phi - 1, total, len(rows), len(columns))


def standardized_difference(means: tuple[float, float], deviations: tuple[float, float]) -> float | None:
    """The difference of two means in units of their common deviation (Cohen's d); None where nothing varies."""
    common = sqrt((deviations[0] ** 2 + deviations[1] ** 2) / 2)
    return (means[0] - means[1]) / common if common > 0 else None


def _corrected_v(phi: float, total: int, rows: int, columns: int) -> float:
    if total < 2:
        return 0.0
    left = max(phi - (rows - 1) * (columns - 1) / (total - 1), 0.0)
    rows_left = rows - (rows - 1) ** 2 / (total - 1)
    columns_left = columns - (columns - 1) ** 2 / (total - 1)
    least = min(rows_left, columns_left) - 1
    return min(sqrt(left / least), 1.0) if least > 0 else 0.0
