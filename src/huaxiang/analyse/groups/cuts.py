"""Where numbers and days are cut into bands: near the fifths of those who have a value, at round numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Parts of equal size near whose limits the bands of a chart begin.
PARTS = 5
#: Whole numbers with at most so many different values are not cut at all.
MOST_SINGLE = 8
#: From this share on, nothing is a band of its own.
_MANY_ZEROS = 0.05
_NOTHING = 1e-12
_ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def number_cuts(values: Floats, *, whole: bool, parts: int = PARTS) -> tuple[float, ...]:
    """The limits between bands of these known numbers, ascending; none where there are no two values.

    They lie near the quantiles that make ``parts`` equal parts, each moved to a number that reads well. Where 5% or
    more are 0 and nothing is less, the cuts are those of what is above 0: see :func:`has_zero_band`. ``whole`` numbers
    are cut at whole numbers. Bands hold what is at least their lower limit and less than their upper one.
    """
    if has_zero_band(values):
        values = values[values > 0]
    if not values.size or values.min() == values.max():
        return ()
    found = np.quantile(values, [part / parts for part in range(1, parts)])
    rounded = {_round_number(float(cut), whole=whole) for cut in found}
    return tuple(cut for cut in sorted(rounded) if values.min() < cut <= values.max())


def has_zero_band(values: Floats) -> bool:
    """Whether 0 is a band of its own: at least 5% of the known values, with none below it."""
    return bool(values.size and values.min() == 0 and np.mean(values == 0) >= _MANY_ZEROS)


def single_values(values: Floats) -> tuple[int, ...] | None:
    """The different values of whole numbers, ascending, where they are few enough to be bars of their own."""
    different = np.unique(values)
    few = 0 < different.size <= MOST_SINGLE and bool(np.all(different == np.floor(different)))
    return tuple(int(value) for value in different) if few else None


def day_cuts(days: Sequence[date], *, parts: int = PARTS) -> tuple[date, ...]:
    """The limits between bands of these known days, ascending: first days of years, quarters, months, or days.

    The coarsest step that leaves the bands apart is taken; a band holds its first day and not that of the next one.
    """
    if not days or min(days) == max(days):
        return ()
    ordered = sorted(days)
    wanted = [ordered[len(ordered) * part // parts] for part in range(1, parts)]
    for months in (12, 3, 1):
        found = sorted({_first_day(day, months) for day in wanted})
        inside = tuple(day for day in found if ordered[0] < day <= ordered[-1])
        if len(inside) >= min(len(set(wanted)), parts - 1):
            return inside
    return tuple(sorted({day for day in wanted if ordered[0] < day}))


def _round_number(number: float, *, whole: bool) -> float:
    size = abs(number)
    if size < _NOTHING:
        return 0.0
    power = 10.0 ** math.floor(math.log10(size))
    nearest = min(_ROUND, key=lambda step: abs(math.log(step * power / size)))
    # Through text, so that 1.2 × 0.1 reads 0.12.
    found = float(f"{nearest * power:.12g}")
    if whole:
        found = float(max(round(size) if size < 10 else round(found), 1))
    return math.copysign(found, number)


def _first_day(day: date, months: int) -> date:
    """The nearest first day of a span of so many months."""
    start = date(day.year, (day.month - 1) // months * months + 1, 1)
    over = start.month - 1 + months
    end = date(start.year + over // 12, over % 12 + 1, 1) if start.year < date.max.year else start
    return start if day - start <= end - day or end == start else end


def day_number(day: date) -> int:
    """Days since 1970, as engines count them."""
    return (day - date(1970, 1, 1)) // timedelta(days=1)
