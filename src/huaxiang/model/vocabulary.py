"""What a condition about customers may name, and whether it does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.compared import check, compared_with
from huaxiang.model.condition_facts import extras_named
from huaxiang.model.condition_text import text_of
from huaxiang.model.conditions import (
    RANDOM,
    Cap,
    Condition,
    Did,
    Drawn,
    First,
    InCrowd,
    Last,
    Leaf,
    Measured,
    OnList,
    Sequence,
    Test,
    caps,
    fields_named,
    leaves,
)
from huaxiang.model.extra_columns import ExtraKnown, WithExtra, extra_field, is_extra
from huaxiang.model.facts import Fact
from huaxiang.model.fields import Field, Fields, field_named
from huaxiang.model.measured import column_meant, fact_meant, figure_field
from huaxiang.model.operators import ORDERED
from huaxiang.model.segments import Segments, segment_named
from huaxiang.model.windows import Window
from huaxiang.words import Message

#: Leaves of a condition with those of all the crowds that it names, each as often as it is named.
MOST_LEAVES = 2_000
#: Different further columns of one rule: reading each is a look at every row.
MOST_EXTRAS = 20


@dataclass(frozen=True)
class Vocabulary:
    """The fields of a customer, the crowds and the uploaded lists that there are; ``broken`` are the tags that cannot
    be computed, each with why. ``extras`` says which further columns events have; without it any may be named.
    ``unread`` are the crowds and files of crowds that cannot be read, each with why."""

    fields: Fields
    segments: Segments = field(default_factory=dict)
    lists: Collection[str] = ()
    broken: Mapping[str, Message] = field(default_factory=dict)
    extras: ExtraKnown | None = None
    unread: Mapping[str, Message] = field(default_factory=dict)

    def field_named(self, key: str) -> Field:
        """The field of that name. Raises :class:`DefinitionError` naming the nearest ones, or why there is none."""
        if key in self.broken and key not in self.fields:
            raise DefinitionError("condition.tag_broken", why=self.broken[key])
        return field_named(key, self.fields)

    def columns(self, fact: Fact, named: Iterable[str] = ()) -> Fields:
        """What may be named of the rows of a fact table: its own columns, the usual further ones, and of those
        ``named`` the further ones that any row has."""
        if self.extras is None or not isinstance(fact.columns, WithExtra):
            return fact.columns
        usual = self.extras.of(fact.name)
        rare = [key for key in named if is_extra(key) and key not in usual and self.extras.has(fact.name, key)]
        return {**fact.columns, **usual, **{key: extra_field(key) for key in rare}}


def check_asked(condition: Condition, known: Vocabulary) -> None:
    """Raise :class:`DefinitionError` where the condition names something unknown or does not fit it, where crowds name
    each other in a circle, or where they make it too large."""
    _check(condition, known, (), [0])


def check_layer(condition: Condition, fields: Fields) -> None:
    """Raise :class:`DefinitionError` where the condition of a layer names something unknown or does not fit it, or asks
    what a tag cannot: lists and draws know nothing of past days, and caps look at everybody.

    What a crowd asks counts as if it stood there; a crowd without its rule is unknown, see
    :mod:`huaxiang.analyse.layer_crowds`.
    """
    known = Vocabulary(fields)
    for asked in (*caps(condition), *leaves(condition)):
        if isinstance(asked, InCrowd):
            segment_named(asked.crowd, {})
        if not isinstance(asked, Test | Did | First | Last | Sequence):
            raise DefinitionError("condition.not_in_layers", given=text_of(asked)[:120])
        _check_leaf(asked, known)


def list_named(key: str, lists: Collection[str]) -> str:
    """The key itself when there is such a list; :class:`DefinitionError` names the nearest ones."""
    if key not in lists:
        raise DefinitionError("condition.unknown_list", given=key, nearest=nearest(key, lists) or "—")
    return key


def _check(condition: Condition, known: Vocabulary, path: tuple[str, ...], seen: list[int]) -> None:
    further = {column for _, column in extras_named(condition)}
    if len(further) > MOST_EXTRAS:
        raise DefinitionError("condition.too_many_extras", count=len(further), most=MOST_EXTRAS)
    for capped in caps(condition):
        _check_cap(capped.cap, known)
    for leaf in leaves(condition):
        seen[0] += 1
        if seen[0] > MOST_LEAVES:
            raise DefinitionError("condition.too_large_with_crowds", most=MOST_LEAVES)
        if not isinstance(leaf, InCrowd):
            _check_leaf(leaf, known)
            continue
        if leaf.crowd in path:
            circle = " → ".join((*path[path.index(leaf.crowd) :], leaf.crowd))
            raise DefinitionError("segment.circle", circle=circle)
        _check(segment_named(leaf.crowd, known.segments, known.unread).condition, known, (*path, leaf.crowd), seen)


def _check_cap(cap: Cap, known: Vocabulary) -> None:
    if cap.by == RANDOM:
        return
    field = known.field_named(cap.by) if isinstance(cap.by, str) else figure_field(cap.by)
    if field.type not in ORDERED:
        raise DefinitionError("condition.cap_by", field=field.key, type=field.type)
    if not isinstance(cap.by, str):
        fact = _check_rows(cap.by.did, cap.by.where, cap.by.during, known, ordered=cap.by.measure == "distinct_days")
        _check_column(cap.by, fact, known)


def _check_leaf(leaf: Leaf, known: Vocabulary) -> None:
    match leaf:
        case Test():
            compared_with(leaf, known.field_named(leaf.field))
        case Did():
            figure = figure_field(leaf)
            fact = _check_rows(leaf.did, leaf.where, leaf.during, known, ordered=False)
            _check_column(leaf, fact, known)
            compared_with(leaf.compared, figure)
        case First() | Last():
            fact = _check_rows(leaf.first if isinstance(leaf, First) else leaf.last, leaf.where, leaf.during, known)
            _check_where(leaf.has, fact, known)
        case Sequence():
            for event in (*leaf.sequence, *(step.without for step in leaf.sequence if step.without)):
                _check_rows(event.event, event.where, leaf.during, known)
        case Drawn():
            pass
        case OnList():
            list_named(leaf.list, known.lists)


def _check_rows(
    name: str, where: Condition | None, during: Window | None, known: Vocabulary, *, ordered: bool = True
) -> Fact:
    fact = fact_meant(name)
    if fact.at is None and (ordered or during is not None):
        raise DefinitionError("condition.without_time", fact=name)
    if where is not None:
        _check_where(where, fact, known)
    return fact


def _check_where(where: Condition, fact: Fact, known: Vocabulary) -> None:
    named = fields_named(where)
    # What is further is looked up only where it is named.
    check(where, fact.columns if set(named) <= set(fact.columns) else known.columns(fact, named))


def _check_column(measured: Measured, fact: Fact, known: Vocabulary) -> None:
    if measured.column is not None and is_extra(measured.column):
        column_meant(measured.column, fact, known.columns(fact, [measured.column]), measured.measure)
