"""Movement: who had which value of a tag on one day, and which one on a later day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.groups.bars import Bar, is_list
from huaxiang.analyse.groups.counting import SIDE, counts
from huaxiang.analyse.groups.significance import LEVEL
from huaxiang.analyse.groups.splits import splits_of
from huaxiang.analyse.groups.verdicts import FEWEST_CUSTOMERS
from huaxiang.engine.interface import Engine, only
from huaxiang.errors import InputError
from huaxiang.model.fields import Fields

#: Where a customer stands on a day: at a bar of the tag, outside the group on that day, or no customer yet.
State = Bar | Literal["outside", "new"]
#: States that are no bars of the tag.
APART: tuple[State, ...] = ("outside", "new")
_OUTSIDE, _NEW, _UNKNOWN = "\x01outside", "\x01new", "\x01unknown"


@dataclass(frozen=True)
class Flow:
    """So many customers went from one state to another, or stayed."""

    before: State
    after: State
    customers: int


@dataclass(frozen=True)
class Net:
    """More went from ``source`` to ``goal`` than back, beyond what chance explains (exact sign test, corrected)."""

    source: State
    goal: State
    there: int
    back: int


@dataclass(frozen=True)
class Movement:
    """``states`` in the order of the tag, ``outside`` and ``new`` last. ``flows`` are all that happened; ``stayed`` of
    ``both`` customers, who were in the group on both days, kept their value; ``new`` ones of the later day were no
    customers on the earlier one. ``nets`` are the one-way movements, greatest first.
    """

    states: tuple[State, ...]
    flows: tuple[Flow, ...]
    both: int
    stayed: int
    new: int
    nets: tuple[Net, ...]


def movement(engine: Engine, before: ir.Table, after: ir.Table, fields: Fields, key: str) -> Movement:
    """The movement between two days in one tag of those who were in the group on either day.

    Both tables have one row per customer of their day: ``customer_id``, the boolean ``inside`` (never null) and the tag
    as of that day. Who has no row in ``before`` is new. Bands are those of the later day. Raises :class:`InputError`
    for a tag with several values.
    """
    placed = _placed(engine, before, after, fields, key)
    grouped = placed.rows.group_by("before", "after").aggregate(customers=placed.rows.count())
    flows: dict[tuple[State, State], int] = defaultdict(int)
    for row in only(engine.arrow(grouped)):
        ends = tuple(_state(str(row[name]), placed.by_place) for name in ("before", "after"))
        flows[ends[0], ends[1]] += int(str(row["customers"]))
    return _movement((*placed.bars, *APART), flows)


def moved_customers(
    engine: Engine, before: ir.Table, after: ir.Table, fields: Fields, key: str, ends: tuple[State, State]
) -> ir.Table:
    """The customers of one flow of :func:`movement`, from the first of ``ends`` to the second: ``customer_id``."""
    placed = _placed(engine, before, after, fields, key)
    names = [[place for place in placed.places if _state(place, placed.by_place) == end] for end in ends]
    return placed.rows.filter(placed.rows.before.isin(names[0]), placed.rows.after.isin(names[1])).select("customer_id")


@dataclass(frozen=True)
class _Placed:
    """``rows`` has the place of each customer on both days, as text; ``by_place`` the bars that places were counted
    for."""

    rows: ir.Table
    bars: tuple[Bar, ...]
    by_place: dict[str | None, Bar]

    @property
    def places(self) -> tuple[str, ...]:
        """Every place that there may be."""
        return (*(_UNKNOWN if place is None else place for place in self.by_place), _OUTSIDE, _NEW)


def _placed(engine: Engine, before: ir.Table, after: ir.Table, fields: Fields, key: str) -> _Placed:
    field = fields[key]
    if is_list(field):
        raise InputError("group.movement_list", tag=field.name.message)
    chosen = [rows.filter(rows.inside).select("customer_id", key) for rows in (before, after)]
    both_days = chosen[1].union(chosen[0]).mutate(**{SIDE: 1})
    held = engine.keep("movement_rows", both_days)
    split = splits_of(engine, held, fields, (key,))[key]
    _, counted = counts(engine, held, {key: split})
    first, second = (
        rows.select("customer_id", place=split.place(rows[key]).cast("string").fill_null(_UNKNOWN)) for rows in chosen
    )
    away = before.filter(~before.inside).select("customer_id", place=ibis.literal(_OUTSIDE))
    joined = first.union(away).outer_join(second, "customer_id")
    told = joined.select(
        customer_id=joined.customer_id.coalesce(joined.customer_id_right),
        before=joined.place.fill_null(_NEW),
        after=joined.place_right.fill_null(_OUTSIDE),
    )
    told = told.filter((told.before != _OUTSIDE) | (told.after != _OUTSIDE))
    by_place = {place: bar for bar, _ in counted[key].bars for place in counted[key].places(bar)}
    return _Placed(told, tuple(bar for bar, _ in counted[key].bars), by_place)


def _state(place: str, by_place: dict[str | None, Bar]) -> State:
    if place in (_OUTSIDE, _NEW):
        return "outside" if place == _OUTSIDE else "new"
    return by_place[None if place == _UNKNOWN else place]


def _movement(states: tuple[State, ...], flows: dict[tuple[State, State], int]) -> Movement:
    ordered = [Flow(one, other, flows[one, other]) for one in states for other in states if flows.get((one, other))]
    both = [flow for flow in ordered if flow.before not in APART and flow.after not in APART]
    new = sum(flow.customers for flow in ordered if flow.before == "new")
    used = tuple(state for state in states if any(state in (flow.before, flow.after) for flow in ordered))
    stayed = sum(flow.customers for flow in both if flow.before == flow.after)
    return Movement(used, tuple(ordered), sum(flow.customers for flow in both), stayed, new, _nets(used, flows))


def _nets(states: tuple[State, ...], flows: dict[tuple[State, State], int]) -> tuple[Net, ...]:
    from scipy import stats

    tested = []
    for place, one in enumerate(states):
        for other in states[place + 1 :]:
            there, back = flows.get((one, other), 0), flows.get((other, one), 0)
            if one not in APART and other not in APART and there + back:
                tested.append((stats.binomtest(there, there + back).pvalue, one, other, there, back))
    found = []
    for place, (p, one, other, there, back) in enumerate(sorted(tested, key=lambda each: each[0]), 1):
        if there + back >= FEWEST_CUSTOMERS and p * len(tested) / place <= LEVEL:
            ends = (one, other, there, back) if there > back else (other, one, back, there)
            found.append(Net(*ends))
    return tuple(sorted(found, key=lambda net: net.back - net.there))
