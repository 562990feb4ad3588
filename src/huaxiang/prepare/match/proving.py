"""Whether what answers teach is right about answers that it has not seen, before it is believed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from huaxiang.prepare.unify.components import Forest

#: Parts that answers are divided into, each judged by what the others teach.
_PARTS = 5
#: So many answers that have no record in common are needed to prove anything; fewer hardly move a model.
_LEAST = 10
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
#: The answers (a flag each) to learn from, to the weight of every pair that was answered.
Way = Callable[[Flags], Floats]


def best_way(ways: Sequence[Way], parts: npt.NDArray[np.int64], same: Floats, counts: Floats) -> int:
    """The place of the way of learning that is least wrong about answers held back from it; the first of equals.

    ``parts`` is the part of each answer (see :func:`parts_of`), ``same`` what was said (1 or 0), ``counts`` how much it
    counts. How wrong a weight is are the bits that the answer surprises it by. Without parts nothing is proved, and the
    first stands.
    """
    if not len(parts):
        return 0
    losses = np.zeros(len(ways))
    for part in sorted(set(parts.tolist())):
        held = parts == part
        for place, way in enumerate(ways):
            losses[place] += _surprise(way(~held)[held], same[held], counts[held])
    return int(np.argmin(np.round(losses, 9)))


def parts_of(pairs: Sequence[tuple[int, int]]) -> npt.NDArray[np.int64]:
    """By pair the part that it belongs to: pairs that share a record, as those of one decision do, are in one part.
    Empty where too few pairs share nothing."""
    forest = Forest()
    for one, other in pairs:
        forest.join((str(one), str(other)))
    roots = [forest.root(str(one)) for one, _ in pairs]
    sizes = {root: roots.count(root) for root in set(roots)}
    if len(sizes) < _LEAST:
        return np.array([], np.int64)
    in_turn = sorted(sizes, key=lambda root: (-sizes[root], int(root)))
    place = {root: at % _PARTS for at, root in enumerate(in_turn)}
    return np.array([place[root] for root in roots], np.int64)


def _surprise(weights: Floats, same: Floats, counts: Floats) -> float:
    towards = np.where(same > 0, weights, -weights)
    return float((counts * np.logaddexp2(0.0, -towards)).sum())
