"""How sure a link by likeness is, told in as many digits as matter."""

from __future__ import annotations

import math

#: Nobody is surer than this that two records are one person.
_LEAST_DOUBT = 1e-6


def told(probability: float) -> float:
    """A probability (above 0, at most 1) with two digits of what it lacks to certainty: 0.99996, never 1."""
    doubt = float(f"{max(1 - probability, _LEAST_DOUBT):.2g}")
    return round(1 - doubt, 8)


def differ(one: float, other: float) -> bool:
    """Whether one of two told probabilities is worth more than twice the odds of the other."""
    return abs(_bits(one) - _bits(other)) > 1


def _bits(probability: float) -> float:
    sure = min(max(probability, _LEAST_DOUBT), 1 - _LEAST_DOUBT)
    return math.log2(sure / (1 - sure))
