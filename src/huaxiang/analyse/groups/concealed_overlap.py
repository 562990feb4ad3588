"""Overlaps for those who must not see small counts: what is hidden, so that the sizes of crowds do not give it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from huaxiang.analyse.groups.overlap import Common, Overlap

Places = tuple[int, ...]
#: Whole numbers of people: where the possible counts are less than one apart there is only one.
_ONE = 1 - 1e-6


@dataclass(frozen=True)
class SafeOverlap:
    """What may be told of an overlap: ``exactly`` with None for a hidden count, the ``pairs`` that may be told, and
    those in none of the crowds (``nowhere``, None where hidden)."""

    exactly: tuple[tuple[Places, int | None], ...]
    pairs: tuple[Common, ...]
    nowhere: int | None

    @property
    def everybody(self) -> int | None:
        """Those who are in any of the crowds; None where a count is hidden, which the number of all would give back."""
        counts = [count for _, count in self.exactly]
        return None if None in (*counts, self.nowhere) else sum(count or 0 for count in counts)


def told_overlap(found: Overlap) -> SafeOverlap:
    """The overlap for those who may see all of it."""
    return SafeOverlap(found.exactly, found.pairs, found.nowhere)


def concealed_overlap(found: Overlap, smallest: int) -> SafeOverlap:
    """The overlap without counts below ``smallest``, and without as many others as it takes that none of these follows
    from the sizes of the crowds and the number of all customers, which everybody may know.

    A pair is told where all that its crowds have in common is, and neither that nor the rest of a crowd is few.
    """
    counts = dict(found.exactly) | ({(): found.nowhere} if found.nowhere else {})
    hidden = _hidden(counts, len(found.sizes), smallest)
    # Hidden ones last: their place among the others would tell about how many they are.
    ordered = [each for each in found.exactly if each[0] not in hidden]
    exactly = (*ordered, *((places, None) for places in sorted(hidden - {()})))
    pairs = tuple(pair for pair in found.pairs if _may_be_told(pair, found, hidden, smallest))
    return SafeOverlap(exactly, pairs, None if () in hidden else found.nowhere)


def _hidden(counts: dict[Places, int], crowds: int, smallest: int) -> set[Places]:
    small = sorted(places for places, count in counts.items() if 0 < count < smallest)
    hidden = set(small)
    # The fewest people first. A count that can be several stays so, however much else is hidden later.
    others = sorted(counts.keys() - hidden, key=lambda places: (counts[places], places), reverse=True)
    for places in small:
        while others and _follows(places, hidden, counts, crowds):
            hidden.add(others.pop())
    return hidden


def _follows(places: Places, hidden: set[Places], counts: dict[Places, int], crowds: int) -> bool:
    """Whether the count is the only one that fits the sizes of the crowds and the number of all customers, to a reader
    who knows that a hidden count is at least 1."""
    from scipy.optimize import linprog

    unknown = sorted(hidden)
    lines = [[1.0 if crowd in one else 0.0 for one in unknown] for crowd in range(crowds)] + [[1.0] * len(unknown)]
    sums = np.array(lines) @ np.array([float(counts[one]) for one in unknown])
    goal = np.array([float(one == places) for one in unknown])
    least, most = (
        linprog(sign * goal, A_eq=np.array(lines), b_eq=sums, bounds=(1, None)).fun * sign for sign in (1, -1)
    )
    return bool(most - least < _ONE)


def _may_be_told(pair: Common, found: Overlap, hidden: set[Places], smallest: int) -> bool:
    both = {pair.first, pair.second}
    if any(both <= set(places) for places in hidden):
        return False
    rests: Sequence[int] = [pair.both, *(found.sizes[one] - pair.both for one in (pair.first, pair.second))]
    return not any(0 < rest < smallest for rest in rests)
