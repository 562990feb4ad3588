"""The portrait of a group: many tags of a crowd beside everyone, the rest, or another crowd, in honest numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.groups.bars import Bar, is_list
from huaxiang.analyse.groups.counting import SIDE, Counted, Pair, Spread, counts, moments, narrow
from huaxiang.analyse.groups.effects import beyond_known, cramers_v, distance, standardized_difference
from huaxiang.analyse.groups.significance import LEVEL, alike
from huaxiang.analyse.groups.splits import splits_of
from huaxiang.analyse.groups.verdicts import Counts, Share, compared
from huaxiang.engine.interface import Engine
from huaxiang.model.fields import Field, Fields

Base = Literal["everyone", "rest", "other"]
#: So far apart, a tag is the rule of the crowd in other words.
SAME_AS_RULE = 0.8


@dataclass(frozen=True)
class TagContrast:
    """One tag of a group portrait.

    ``bars`` are its values or bands with their shares, the unknown last. ``distance`` is the Jensen-Shannon distance
    of both distributions, unknown included (0 alike, 1 nothing in common), and ``of_values`` the part of it that is not
    due to how many have a value at all; ``values_differ`` says whether the known values differ beyond chance among
    themselves, and not because fewer or more are known; ``v`` Cramér's V (None for tags with
    several values); for numbers ``means`` of crowd and others and their ``difference`` in standard deviations. ``q``
    is the least corrected p-value of its bars. ``echo`` says that the tag is what the crowd's own rule asks for.
    """

    field: Field
    bars: tuple[tuple[Bar, Share], ...]
    distance: float
    of_values: float
    values_differ: bool
    v: float | None
    means: tuple[float, float] | None
    difference: float | None
    q: float | None
    echo: bool

    @property
    def differs(self) -> bool:
        """Whether some value of it is more or less frequent than chance explains."""
        return any(share.verdict in ("more", "less") for _, share in self.bars)


@dataclass(frozen=True)
class GroupPortrait:
    """A crowd beside its base: ``customers`` in it, ``others`` in the separate group it is tested against.

    ``shared`` are customers of the other crowd who are also in this one; they count on this side only.
    """

    base: Base
    known_only: bool
    customers: int
    others: int
    shared: int
    tags: Mapping[str, TagContrast]

    @property
    def ranked(self) -> tuple[TagContrast, ...]:
        """The tags that differ, those whose values most distinguish the group first; then those that differ in nothing
        but how often they are unknown, and last what the rule itself says."""
        found = [tag for tag in self.tags.values() if tag.differs]
        return tuple(sorted(found, key=lambda tag: (tag.echo, not tag.values_differ, *_apart(tag))))


@dataclass(frozen=True)
class Sides:
    """``table`` has the column that says on which side a customer is; ``shared`` are those of both crowds."""

    table: ir.Table
    base: Base
    shared: int


def group_portrait(
    engine: Engine,
    rows: ir.Table,
    fields: Fields,
    keys: Sequence[str],
    *,
    base: Base = "everyone",
    known_only: bool = False,
    own: Collection[str] = (),
) -> GroupPortrait:
    """The portrait of the customers with ``inside`` true.

    ``rows`` has one row per customer: ``customer_id``, the boolean ``inside``, with base ``other`` the boolean
    ``other`` too (never null), and the tags. Tags that it lacks are left out. With base ``everyone`` shares are
    compared with those of all rows, with ``rest`` with those of who is not inside, with ``other`` with those of who is
    in the other crowd alone; tested is always against customers who are not inside. With ``known_only`` shares are of
    those with a value, those of unknown excepted. ``own`` are tags that the crowd's rule asks for.
    """
    sides = sides_of(engine, rows, base)
    splits = splits_of(engine, sides.table, fields, keys)
    total, counted = counts(engine, sides.table, splits)
    spread = moments(engine, sides.table, [split.field for split in splits.values()])
    return contrasted(sides, total, counted, spread, known_only=known_only, own=own)


def sides_of(engine: Engine, rows: ir.Table, base: Base) -> Sides:
    """Both sides of a comparison, ready to be read many times; ``rows`` and ``base`` as :func:`group_portrait` says."""
    side = ibis.ifelse(rows.inside, 1, 0).cast("int8")
    if base != "other":
        return Sides(narrow(engine, "group_sides", rows.mutate(**{SIDE: side})), base, 0)
    both = narrow(engine, "group_sides", rows.filter(rows.inside | rows.other).mutate(**{SIDE: side}))
    shared = both.aggregate(n=both.count(where=both.inside & both.other))
    return Sides(both, base, int(engine.arrow(shared).column("n")[0].as_py() or 0))


def contrasted(
    sides: Sides,
    total: Pair,
    counted: Mapping[str, Counted],
    spread: Mapping[str, Spread],
    *,
    known_only: bool,
    own: Collection[str] = (),
) -> GroupPortrait:
    """The portrait from what was counted; everything in it is corrected together."""
    rows = [
        _counts(bar, pair, total, tag.unknown if known_only else (0, 0))
        for tag in counted.values()
        for bar, pair in tag.bars
    ]
    shares = iter(compared(rows, within=sides.base == "everyone"))
    tags = {
        key: _tag(tag, [(bar, next(shares)) for bar, _ in tag.bars], spread.get(key), echo=key in own)
        for key, tag in counted.items()
    }
    return GroupPortrait(sides.base, known_only, *total, sides.shared, tags)


def _apart(tag: TagContrast) -> tuple[float, float, str]:
    return -tag.of_values, -tag.distance, tag.field.key


def _counts(bar: Bar, pair: Pair, total: Pair, unknown: Pair) -> Counts:
    left_out = (0, 0) if bar.kind == "unknown" else unknown
    return Counts(pair[0], total[0] - left_out[0], pair[1], total[1] - left_out[1])


def _of_values(counted: Counted) -> dict[str, Any]:
    known = [pair for bar, pair in counted.bars if bar.kind != "unknown"]
    inside, beside = [one for one, _ in known], [other for _, other in known]
    is_chance = alike(inside, beside) > LEVEL
    return {"of_values": beyond_known(inside, beside, counted.unknown), "values_differ": not is_chance}


def _tag(
    counted: Counted,
    bars: list[tuple[Bar, Share]],
    spread: Spread | None,
    *,
    echo: bool,
) -> TagContrast:
    sides = list(zip(*(pair for _, pair in counted.bars), strict=True)) or [(), ()]
    apart = distance(*sides)
    v = None if is_list(counted.field) else cramers_v([list(side) for side in sides])
    return TagContrast(
        field=counted.field,
        bars=tuple(bars),
        distance=apart,
        **_of_values(counted),
        v=v,
        means=spread.means if spread else None,
        difference=standardized_difference(spread.means, spread.deviations) if spread and spread.deviations else None,
        q=min((share.q for _, share in bars if share.q is not None), default=None),
        echo=echo or apart >= SAME_AS_RULE,
    )
