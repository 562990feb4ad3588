"""Customers who are most like one of them, and in what: a distance over a handful of tags that can be told in words.

After J. C. Gower, "A General Coefficient of Similarity and Some of Its Properties", Biometrics 27 (1971): each tag adds
a number from 0 to 1, and the distance is their mean. Two texts differ by 0 or 1; two numbers by their difference over
four standard deviations (about the whole spread), at most 1, where amounts and counts are compared by their logarithm.
Tags that are not known of the customer asked about are left out; where only the other one is unknown, that counts as 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from huaxiang.analyse.likeness import Apart, Likeness, Places, comparable
from huaxiang.model.tags import Tag, Tags

#: Fewer known tags than this say too little about whom somebody is like.
LEAST_TAGS = 3
#: Customers who are looked at together: few enough for the processor's own memory.
_TOGETHER = 32_768


@dataclass(frozen=True)
class Similar:
    """One customer who is like the one asked about. ``distance`` runs from 0, the same in every tag, to 1.

    ``apart`` has the part of each tag, 0 the same to 1 as different as can be.
    """

    customer_id: str
    distance: float
    apart: Mapping[str, float]

    def alike(self, most: int) -> tuple[str, ...]:
        """The tags that make the two alike, the most alike first, ties in the order in which they are compared."""
        return tuple(sorted((key for key in self.apart if self.apart[key] < 0.5), key=self.apart.__getitem__)[:most])

    def different(self, most: int) -> tuple[str, ...]:
        """The tags in which the two differ most, the most different first."""
        found = sorted((key for key in self.apart if self.apart[key] > 0), key=lambda key: -self.apart[key])
        return tuple(found[:most])


def compared(keys: Sequence[str], tags: Tags, row: Mapping[str, Any]) -> tuple[Tag, ...]:
    """Those of the tags by which the customer of ``row`` can be compared: comparable ones that are known."""
    return tuple(tag for tag in comparable(keys, tags) if row.get(tag.key) is not None)


def similar(
    everyone: Likeness, tags: Sequence[Tag], customer_id: str, among: Places | None = None, most: int = 8
) -> list[Similar]:
    """The customers who are most like the one of ``customer_id``, the nearest first, ties by ``customer_id``.

    Every customer is looked at, with ``among`` (sorted) every one at these places. ``tags`` come from :func:`compared`
    and are among those of ``everyone``. None come out where fewer than :data:`LEAST_TAGS` tags can be compared, and for
    a customer who is unknown.
    """
    mine = everyone.place(customer_id)
    if len(tags) < LEAST_TAGS or mine is None:
        return []
    keys = [tag.key for tag in tags]
    return [_found(everyone, keys, mine, place) for place in _nearest(everyone, keys, mine, among, most)]


def _nearest(everyone: Likeness, keys: Sequence[str], mine: int, among: Places | None, most: int) -> list[int]:
    places, best = np.empty(0, np.int64), np.empty(0)
    count = len(everyone.customer_ids) if among is None else len(among)
    for first in range(0, count, _TOGETHER):
        last = min(first + _TOGETHER, count)
        own = np.arange(first, last) if among is None else among[first:last]
        total = _totals(everyone, keys, mine, slice(first, last) if among is None else own)
        total[own == mine] = np.inf
        # Who is as far as the last one and comes later in the order of ids is none of the nearest.
        nearer = np.flatnonzero(total < (best[-1] if len(best) == most else np.inf))
        places, best = np.concatenate([places, own[nearer]]), np.concatenate([best, total[nearer]])
        order = np.lexsort((places, best))[:most]
        places, best = places[order], best[order]
    return [int(place) for place in places]


def _totals(everyone: Likeness, keys: Sequence[str], mine: int, others: slice | Places) -> Apart:
    total = everyone.tags[keys[0]].apart(mine, others)
    for key in keys[1:]:
        total += everyone.tags[key].apart(mine, others)
    return total


def _found(everyone: Likeness, keys: Sequence[str], mine: int, place: int) -> Similar:
    apart = {key: float(everyone.tags[key].apart(mine, slice(place, place + 1))[0]) for key in keys}
    return Similar(everyone.customer_id(place), sum(apart.values()) / len(keys), apart)
