"""Counting: how many customers of each side have each value or band of many tags, in one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from huaxiang.analyse.groups.bars import Bar, is_list
from huaxiang.analyse.groups.splits import Split, one_of_each
from huaxiang.engine.interface import Engine, only
from huaxiang.model.conditions import Scalar
from huaxiang.model.fields import NUMERIC, Field

#: The column that says on which side a customer is: 1 in the crowd, 0 in what it is compared with.
SIDE = "side"
#: Values of a tag that get a bar of their own, the most frequent of both sides together; the others share one.
MOST_VALUES = 12
_EVERYBODY = ""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Spread:
    """Means in the crowd and beside it of those known, and their standard deviations (None with fewer than two)."""

    means: tuple[float, float]
    deviations: tuple[float, float] | None


@dataclass(frozen=True)
class Counted:
    """The bars of one tag: each with its customers in the crowd and beside it, in the order in which they are shown.

    ``stands_for`` has, bar by bar, the places (see :meth:`Split.place`, as text) that were counted for it.
    """

    field: Field
    bars: tuple[tuple[Bar, Pair], ...]
    stands_for: tuple[frozenset[str | None], ...]

    @property
    def unknown(self) -> Pair:
        """The customers without a value, in the crowd and beside it."""
        return next((pair for bar, pair in self.bars if bar.kind == "unknown"), (0, 0))

    def places(self, bar: Bar) -> frozenset[str | None]:
        """The places, as the engine counted them, that a bar of this tag stands for."""
        return self.stands_for[[each for each, _ in self.bars].index(bar)]


def narrow(engine: Engine, name: str, rows: ir.Table) -> ir.Table:
    """The rows to be read many times: as they are while reading them is reading columns, else computed once."""
    costly = rows.op().find((ops.JoinChain, ops.Aggregate, ops.Union, ops.WindowFunction))
    return engine.keep(name, rows) if costly else rows


def counts(
    engine: Engine, rows: ir.Table, splits: Mapping[str, Split], most: int = MOST_VALUES
) -> tuple[Pair, dict[str, Counted]]:
    """The customers of both sides, and by tag the bars with theirs. ``rows`` has :data:`SIDE` and the tags.

    Of texts the ``most`` frequent have bars of their own, chosen by both sides together so that the choice favours
    neither; nobody without a value is left out: ``unknown`` is the last bar.
    """
    parts = [_counted(rows, key, split) for key, split in splits.items()]
    all_of_them = rows.group_by(SIDE).aggregate(customers=rows.count())
    parts.append(_named(all_of_them, _EVERYBODY, ibis.null("string")))
    found: dict[str, dict[str | None, list[int]]] = defaultdict(dict)
    for row in only(engine.arrow(ibis.union(*parts) if len(parts) > 1 else parts[0])):
        pair = found[str(row["tag"])].setdefault(row["place"], [0, 0])  # type: ignore[arg-type]
        pair[0 if row[SIDE] else 1] += int(str(row["customers"]))
    total = found.pop(_EVERYBODY, {}).get(None, [0, 0])
    return (total[0], total[1]), {key: bars_of(split, found[key], most) for key, split in splits.items()}


def _counted(rows: ir.Table, key: str, split: Split) -> ir.Table:
    placed = one_of_each(rows.select(SIDE, key), split) if is_list(split.field) else rows
    place = placed.place if is_list(split.field) else split.place(rows[key])
    # Step by step this would be as many more tables for Ibis to word, which takes longer than to count them.
    grouped = placed.group_by(place=place, side=placed[SIDE]).aggregate(customers=placed.count())
    # Made text after counting: a million bands would be worded before.
    return _named(grouped, key, grouped.place.cast("string"))


def _named(grouped: ir.Table, key: str, place: ir.Value) -> ir.Table:
    return grouped.select(tag=ibis.literal(key), place=place, side=SIDE, customers="customers")


def bars_of(split: Split, found: Mapping[str | None, Sequence[int]], most: int = MOST_VALUES) -> Counted:
    """The bars of a tag from what was counted of it: by place (as text) the customers in the crowd and beside it."""
    known = {place for place in found if place is not None}
    if split.kind == "bands":
        placed = [(bar, [str(place)]) for place, bar in enumerate(split.bands) if str(place) in known]
    else:
        placed = _value_bars(split.field, {place: sum(found[place]) for place in known}, most)
    stands: list[tuple[Bar, frozenset[str | None]]] = [(bar, frozenset(places)) for bar, places in placed]
    stands += [(Bar("unknown"), frozenset([None]))] if None in found else []
    counted = tuple((bar, _sum(found[place] for place in places)) for bar, places in stands)
    return Counted(split.field, counted, tuple(places for _, places in stands))


def _sum(pairs: Iterable[Sequence[int]]) -> Pair:
    inside, beside = zip(*pairs, strict=True)
    return sum(inside), sum(beside)


def _value_bars(field: Field, known: Mapping[str, int], most: int) -> list[tuple[Bar, list[str]]]:
    by_size = sorted(known, key=lambda value: (-known[value], value))
    # One value alone is shown rather than called the rest.
    most += len(by_size) == most + 1
    shown, rest = by_size[:most], by_size[most:]
    if set(shown) <= set(field.values):
        shown.sort(key=list(field.values).index)
    elif field.type in NUMERIC:
        shown.sort(key=float)
    bars = [(Bar("value", _typed(value, field)), [value]) for value in shown]
    # How many customers have only other members of a list cannot be told from counts of members.
    if rest and not is_list(field):
        bars.append((Bar("rest", others=tuple(_typed(value, field) for value in shown)), rest))
    return bars


def _typed(value: str, field: Field) -> Scalar:
    if field.type == "bool":
        return value == "true"
    return int(float(value)) if field.type in NUMERIC else value


def moments(engine: Engine, rows: ir.Table, fields: Sequence[Field]) -> dict[str, Spread]:
    """By numeric tag its means and deviations on both sides; tags that are unknown on a whole side are left out."""
    numeric = [field.key for field in fields if field.type in NUMERIC]
    if not numeric:
        return {}
    figures = {f"mean_{key}": rows[key].cast("float64").mean() for key in numeric}
    figures |= {f"spread_{key}": rows[key].cast("float64").std(how="sample") for key in numeric}
    by_side: dict[int, dict[str, Any]] = {
        int(str(row[SIDE])): row for row in only(engine.arrow(rows.group_by(SIDE).aggregate(**figures)))
    }
    sides = [by_side.get(side, {}) for side in (1, 0)]
    found = {
        key: _spread(*([side.get(f"{what}_{key}") for side in sides] for what in ("mean", "spread"))) for key in numeric
    }
    return {key: spread for key, spread in found.items() if spread}


def _spread(means: Sequence[float | None], deviations: Sequence[float | None]) -> Spread | None:
    known = [tuple(value for value in pair if value is not None and isfinite(value)) for pair in (means, deviations)]
    if len(known[0]) < len(means):
        return None
    return Spread((known[0][0], known[0][1]), (known[1][0], known[1][1]) if len(known[1]) == len(means) else None)
