"""How crowds overlap: exactly how many customers are in each combination of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import add

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, only
from huaxiang.errors import InputError

FEWEST, MOST = 2, 6


@dataclass(frozen=True)
class Common:
    """Two crowds by their places: ``both`` in each of them, Jaccard's index (both ÷ either) and the overlap coefficient
    (both ÷ the smaller). None where that divides by nobody."""

    first: int
    second: int
    both: int
    jaccard: float | None
    coefficient: float | None


@dataclass(frozen=True)
class Overlap:
    """``sizes`` by crowd. ``exactly`` has, by the places of crowds, the customers who are in these and in no other one,
    the most first; combinations without anybody are left out. ``nowhere`` are those in none."""

    sizes: tuple[int, ...]
    exactly: tuple[tuple[tuple[int, ...], int], ...]
    pairs: tuple[Common, ...]
    nowhere: int


def overlap(engine: Engine, rows: ir.Table, crowds: Sequence[str]) -> Overlap:
    """The overlap of two to six crowds, each a boolean column of ``rows`` (one row per customer, never null).

    Raises :class:`InputError` for another number of crowds.
    """
    if not FEWEST <= len(crowds) <= MOST:
        raise InputError("group.overlap_number", given=len(crowds), fewest=FEWEST, most=MOST)
    marks = [ibis.ifelse(rows[name], 2**place, 0) for place, name in enumerate(crowds)]
    marked = rows.select(mask=reduce(add, marks))
    found = only(engine.arrow(marked.group_by("mask").aggregate(customers=marked.count())))
    by_mask = {int(str(row["mask"])): int(str(row["customers"])) for row in found}
    return from_masks(by_mask, len(crowds))


def from_masks(by_mask: dict[int, int], crowds: int) -> Overlap:
    """The overlap from the customers of each combination: bit ``i`` of the key says that crowd ``i`` is in it."""
    inside = {tuple(place for place in range(crowds) if mask >> place & 1): count for mask, count in by_mask.items()}
    sizes = tuple(sum(count for places, count in inside.items() if place in places) for place in range(crowds))
    shown = [(places, count) for places, count in inside.items() if places and count]
    pairs = tuple(
        _common(first, second, sum(n for places, n in inside.items() if {first, second} <= set(places)), sizes)
        for first, second in combinations(range(crowds), 2)
    )
    ordered = sorted(shown, key=lambda each: (-each[1], len(each[0]), each[0]))
    return Overlap(sizes, tuple(ordered), pairs, inside.get((), 0))


def _common(first: int, second: int, both: int, sizes: tuple[int, ...]) -> Common:
    either, smaller = sizes[first] + sizes[second] - both, min(sizes[first], sizes[second])
    return Common(first, second, both, both / either if either else None, both / smaller if smaller else None)
