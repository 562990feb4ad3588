"""How often accounts that one phone or e-mail alone joins are one person, as far as people have said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from huaxiang.prepare.unify.decisions import Decision

#: What is believed before anybody said anything: as much as half an answer of each kind (Jeffreys), next to nothing.
PRIOR = 0.5
_INSIDE = 0.95


class Trust(NamedTuple):
    """What people said of such joins: ``confirmed`` and ``cut``, and the share that is right by their answers, the mean
    of Beta(1/2 + confirmed, 1/2 + cut), with the bounds between which it lies at 95 %; all 0 to 1.

    People begin with the joins that matter most, so that the share is that of the joins they looked at.
    """

    confirmed: int
    cut: int
    share: float
    low: float
    high: float


def trust(decisions: Iterable[Decision]) -> Trust | None:
    """The trust that standing decisions give; None where nobody decided about such a join yet."""
    told = [one for one in decisions if one.alone_by and one.undone_by is None]
    confirmed = sum(one.kind == "merge" for one in told)
    if not told:
        return None
    from scipy.stats import beta

    right, wrong = confirmed + PRIOR, len(told) - confirmed + PRIOR
    low, high = beta.interval(_INSIDE, right, wrong)
    return Trust(confirmed, len(told) - confirmed, right / (right + wrong), float(low), float(high))
