"""The customers that conditions are asked of: one wide row each, with all that a condition may look at beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.caps import chosen, lot_inside, placed
from huaxiang.analyse.doers import doers, facts_of, figures
from huaxiang.analyse.evaluate import compiled, tested
from huaxiang.analyse.events import Events
from huaxiang.analyse.extra_columns import ExtraColumns, Once, remembering
from huaxiang.analyse.id_lists import names_of
from huaxiang.analyse.in_force import lacking
from huaxiang.analyse.portrait import portrait, portrait_fields
from huaxiang.analyse.sentences import sentence
from huaxiang.engine.interface import Engine
from huaxiang.errors import DefinitionError
from huaxiang.model.conditions import (
    All,
    Cap,
    Capped,
    Condition,
    Drawn,
    InCrowd,
    Meaning,
    OnList,
    Test,
    caps,
    fields_named,
    leaves,
)
from huaxiang.model.fields import Fields
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags
from huaxiang.model.vocabulary import Vocabulary, check_asked
from huaxiang.words import Message

Tables = Mapping[str, ir.Table]


@dataclass(frozen=True)
class Population:
    """Whom conditions are asked of, and what they may look at.

    ``table`` has one row per customer with ``customer_id`` and columns named by ``fields``; a field that it lacks is
    unknown for everybody. ``as_of`` is the day that relative windows end with, that day included. ``facts`` are fact
    tables that come before the published ones. ``segments`` are the crowds that a condition may name; ``lists`` the
    uploaded lists, each a table with a column ``customer_id``. ``customer_ids`` are all the customers of ``table``
    where they are few (:meth:`of`). ``narrow`` gives ``table`` with some of its columns only, where that can be had
    without wording all of them: a question then costs what it asks about. ``whole`` are all customers where ``table``
    has not all of them: caps let the best of everybody through, whoever looks. ``broken`` are the tags that cannot be
    computed, each with why; ``lacking`` are the fields that have no values here, each with why: a condition may name
    them, and nothing can be counted by them. ``unread`` are crowds that cannot be read, each with why. ``once`` keeps
    what was looked up about the rows of events.
    """

    engine: Engine
    table: ir.Table
    fields: Fields
    as_of: date
    facts: Tables = field(default_factory=dict)
    segments: Segments = field(default_factory=dict)
    lists: Tables = field(default_factory=dict)
    customer_ids: tuple[str, ...] | None = None
    narrow: Callable[[Collection[str]], ir.Table] | None = None
    whole: Population | None = None
    broken: Mapping[str, Message] = field(default_factory=dict)
    lacking: Mapping[str, DefinitionError] = field(default_factory=dict)
    unread: Mapping[str, Message] = field(default_factory=dict)
    once: Once = field(default_factory=remembering)

    def over(self, table: ir.Table) -> Population:
        """The same questions asked of another table of these customers."""
        return replace(self, table=table, narrow=None, whole=self.everyone)

    def of(self, customer_ids: Iterable[str]) -> Population:
        """Only these customers, for whose events alone the fact tables are read."""
        ids = tuple(sorted(customer_ids))
        return replace(self.over(self.table.filter(self.table.customer_id.isin(ids))), customer_ids=ids)

    @property
    def everyone(self) -> Population:
        """The same questions asked of all customers."""
        return self.whole or self

    def inside(self, condition: Condition) -> ir.BooleanValue:
        """Whether the condition is true of each customer of ``table``: true or false, never null.

        Raises :class:`DefinitionError` where the condition names something unknown or does not fit it. Computed anew
        wherever it stands in an expression: to use it more than once, take :meth:`marked`.
        """
        self.check_countable(condition)
        return self._inside(condition)

    def known(self, condition: Condition) -> ir.BooleanValue:
        """Whether everything that the condition looks at is known of each customer; never null.

        Events are known wherever anybody has any of their kind; who is in a crowd wherever all that it looks at is
        known; who is on a list always.
        """
        fields, facts = self._looked_at(condition)
        if not all(self.events.are_there(fact) for fact in facts):
            return ibis.literal(value=False)
        return self._inside(All(all=tuple(Test(field=key, op="is known") for key in sorted(fields))))

    def marked(
        self, conditions: Mapping[str, Condition], columns: Iterable[str] = (), *, with_known: bool = False
    ) -> ir.Table:
        """One row per customer: ``customer_id``, those of ``columns`` that the table has, and by name whether each
        condition is true. ``with_known`` adds, as ``<name>_known``, what :meth:`known` says of each.
        """
        kept = [name for name in dict.fromkeys(("customer_id", *columns)) if name in self.table.columns]
        asked = self._needing(conditions.values(), kept)
        marks = {name: asked.inside(condition) for name, condition in conditions.items()}
        if with_known:
            marks |= {f"{name}_known": asked.known(condition) for name, condition in conditions.items()}
        return asked.table.select(*kept, **marks)

    def holding(self, segments: Segments) -> dict[str, Condition]:
        """The rules of those crowds that hold together, by key: one that does not must not stop the others."""
        found = {}
        for key, segment in segments.items():
            try:
                self.check_countable(segment.condition)
            except DefinitionError:
                continue
            found[key] = segment.condition
        return found

    def members(self, condition: Condition, columns: Iterable[str] = ()) -> ir.Table:
        """The customers for whom the condition is true: ``customer_id`` and those of ``columns`` that the table has."""
        kept = [name for name in dict.fromkeys(("customer_id", *columns)) if name in self.table.columns]
        asked = self._needing([condition], kept)
        return asked.table.filter(asked.inside(condition)).select(kept)

    def check(self, condition: Condition) -> None:
        """Raise :class:`DefinitionError` where the condition names something unknown or does not fit it, and where
        crowds name each other in a circle."""
        check_asked(condition, self.vocabulary)

    def check_countable(self, condition: Condition) -> None:
        """Raise as :meth:`check` does, and where the condition looks at a field that has no values here, which would
        count nobody without a word."""
        self.check(condition)
        for key in self.not_computed(condition):
            raise self.lacking[key]

    def not_computed(self, condition: Condition) -> list[str]:
        """The fields that the condition looks at and that have no values here, as tags written since the refresh."""
        return sorted(self._looked_at(condition)[0] & self.lacking.keys()) if self.lacking else []

    def sentence(self, condition: Condition, lang: str) -> str:
        """The condition in words, other crowds and uploaded lists by their names."""
        crowds = {key: one.name for key, one in self.segments.items()}
        return sentence(condition, lang, self.fields, crowds, names_of(self.lists))

    @property
    def vocabulary(self) -> Vocabulary:
        """What a condition may name here."""
        # Which columns there are does not depend on whose rows are looked at.
        extras = ExtraColumns(replace(self.events, customer_ids=None), self.once)
        return Vocabulary(self.fields, self.segments, frozenset(self.lists), self.broken, extras, self.unread)

    @property
    def events(self) -> Events:
        """What these customers did."""
        return Events(self.engine, self.facts, self.as_of, self.customer_ids)

    def _needing(self, conditions: Iterable[Condition], columns: Iterable[str]) -> Population:
        """The same customers, with no more columns than that takes."""
        if self.narrow is None:
            return self
        fields = set[str](columns)
        for condition in conditions:
            self.check(condition)
            fields |= self._looked_at(condition)[0]
        return self.over(self.narrow(fields))

    def _inside(self, condition: Condition) -> ir.BooleanValue:
        return compiled(condition, self._meaning)

    def _meaning(self, leaf: Meaning) -> ir.BooleanValue:
        match leaf:
            case Capped():
                return self.table.customer_id.isin(self.everyone.let_through(leaf))
            case Test():
                return tested(leaf, self.table, self.fields, self.as_of)
            case InCrowd():
                return self._inside(self.segments[leaf.crowd].condition)
            case Drawn():
                return lot_inside(self.table.customer_id, leaf)
            case OnList():
                listed = self.lists[leaf.list]
                return self.table.customer_id.isin(listed.filter(listed.customer_id.notnull()).customer_id)
            case _:
                found = doers(leaf, self.events)
                return ibis.literal(value=False) if found is None else self.table.customer_id.isin(found)

    def let_through(self, capped: Capped) -> ir.Column:
        """The ids of the customers of ``table`` whom a cap lets through."""
        return chosen(*self._competing(capped))

    def places(self, capped: Capped) -> ir.Table:
        """The customers for whom the rule under a cap is true, with the place in which the cap takes each, from 1, of
        all customers: ``customer_id, place``."""
        return placed(*self.everyone._competing(capped))  # noqa: SLF001 - the same class

    def _competing(self, capped: Capped) -> tuple[ir.Table, Cap, ir.Table | None]:
        by, asked = capped.cap.by, self._needing([capped], ())
        measured = None if isinstance(by, str) else figures(by, self.events)
        return asked.table.filter(asked.inside(capped.of)), capped.cap, measured

    def _looked_at(self, condition: Condition) -> tuple[set[str], set[str]]:
        fields, facts = set(fields_named(condition)), set[str]()
        facts |= {one.cap.by.did for one in caps(condition) if not isinstance(one.cap.by, str)}
        for leaf in leaves(condition):
            match leaf:
                case InCrowd():
                    others = self._looked_at(self.segments[leaf.crowd].condition)
                    fields, facts = fields | others[0], facts | others[1]
                case OnList() | Test() | Drawn():
                    pass
                case _:
                    facts.update(facts_of(leaf))
        return fields, facts


def published_population(
    engine: Engine,
    tags: Tags,
    segments: Segments,
    as_of: date,
    stores: Iterable[str] | None = None,
    lists: Tables | None = None,
    broken: Mapping[str, Message] | None = None,
    unread: Mapping[str, Message] | None = None,
) -> Population:
    """The customers of the published portrait; with ``stores`` only those who ordered in one of them.

    A tag that is defined and has no values there, as one that was written since, is ``lacking``. ``as_of`` is the day
    that the portrait stands for. Raises :class:`InputError` before the first refresh.
    """
    wide = portrait(engine)
    everyone = Population(
        engine,
        wide,
        portrait_fields(tags),
        as_of,
        segments=segments,
        lists=lists or {},
        narrow=lambda columns: portrait(engine, None, columns),
        broken=broken or {},
        unread=unread or {},
        lacking=lacking(tags, wide.columns, as_of),
    )
    if stores is None:
        return everyone
    own = tuple(stores)
    seen = everyone.over(portrait(engine, own))
    return replace(seen, narrow=lambda columns: portrait(engine, own, columns))
