"""Intervals of shares, of ratios of shares, and of means, without drawing samples."""

from __future__ import annotations

from math import sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: Of 95%.
Z = 1.959963984540054
_STEPS, _REACH = 80, 40.0


def wilson(inside: int, customers: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share (1927); 0 to 1 for nobody."""
    if not customers:
        return 0.0, 1.0
    share, spread = inside / customers, Z * Z / customers
    middle = share + spread / 2
    half = Z * sqrt(share * (1 - share) / customers + spread / customers / 4)
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    return (0.0 if inside == 0 else low), (1.0 if inside == customers else high)


def ratio_of_shares(a: Floats, n: Floats, c: Floats, m: Floats) -> tuple[Floats, Floats]:
    """Koopman's 95% score interval (1984) of (a ÷ n) ÷ (c ÷ m) for separate groups, element by element.

    ``a`` of ``n`` and ``c`` of ``m`` customers have the value; n and m are above 0. The lower end is 0 where a is 0,
    the upper one infinite where c is 0. It holds for small counts, where the usual interval of the logarithm does not.
    """
    counts = tuple(np.asarray(part, dtype=np.float64) for part in (a, n, c, m))
    low, high = (np.exp(_where_score_is(wanted, *counts)) for wanted in (Z, -Z))
    return np.where(counts[0] > 0, low, 0.0), np.where(counts[2] > 0, high, np.inf)


def of_mean(total: float, squares: float, customers: int) -> tuple[float, float] | None:
    """Student's 95% interval of a mean, from the sum of the values and of their squares; None for fewer than two."""
    if customers < 2:
        return None
    mean = total / customers
    variance = max(squares - customers * mean * mean, 0.0) / (customers - 1)
    half = _student(customers - 1) * sqrt(variance / customers)
    return mean - half, mean + half


def of_ratio(
    above: float, below: float, squares: tuple[float, float, float], customers: int
) -> tuple[float, float] | None:
    """The 95% interval of a ratio of totals such as revenue ÷ orders, by its linear approximation (delta method).

    ``above`` and ``below`` are totals over ``customers``; ``squares`` the sums of above², below² and above × below by
    customer. None for fewer than two customers or where ``below`` is 0.
    """
    if customers < 2 or below == 0:
        return None
    ratio = above / below
    # The residuals above − ratio × below have the mean 0, so their squares alone give the variance.
    residuals = max(squares[0] - 2 * ratio * squares[2] + ratio * ratio * squares[1], 0.0)
    mean_below = below / customers
    error = sqrt(residuals / (customers - 1) / customers) / abs(mean_below)
    half = _student(customers - 1) * error
    return ratio - half, ratio + half


def _student(freedom: int) -> float:
    """How many standard errors Student's 95% interval reaches to each side."""
    from scipy import special

    return float(special.stdtrit(freedom, 0.975))


def _where_score_is(wanted: float, a: Floats, n: Floats, c: Floats, m: Floats) -> Floats:
    # The score falls as the ratio rises, so halving finds the place; the ends are far beyond any ratio of counts.
    middle = np.log((a + 0.5) / (n + 0.5) / ((c + 0.5) / (m + 0.5)))
    low, high = middle - _REACH, middle + _REACH
    for _ in range(_STEPS):
        middle = (low + high) / 2
        above = _score(np.exp(middle), a, n, c, m) > wanted
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray((low + high) / 2)


def _score(ratio: Floats, a: Floats, n: Floats, c: Floats, m: Floats) -> Floats:
    """How many standard errors the counts lie above what the ratio leads one to expect."""
    # The most likely shares under that ratio solve a quadratic equation.
    first, second, third = (n + m) * ratio, -(n * ratio + a + m + c * ratio), a + c
    root = np.sqrt(np.maximum(second * second - 4 * first * third, 0.0))
    beside = np.clip(2 * third / (-second + root), 0.0, 1.0)
    inside = np.clip(ratio * beside, 0.0, 1.0)
    variance = inside * (1 - inside) / n + ratio * ratio * beside * (1 - beside) / m
    apart = a / n - ratio * c / m
    certain = np.where(apart > 0, np.inf, np.where(apart < 0, -np.inf, 0.0))
    return np.where(variance > 0, apart / np.sqrt(np.where(variance > 0, variance, 1.0)), certain)
