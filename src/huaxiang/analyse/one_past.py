"""The profile of one customer on past days, computed from nothing but the customer's own rows.

Most tags depend on no other customer, so they come out as they would for everybody. What does depend on others is
taken from the published day where it is one figure for all (a typical gap between purchases), and is left out where it
is a place among the others of that day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.everybody import Everybody
from huaxiang.analyse.fact_tags import fact_tags, facts_read, is_from_facts, joined, rows_of
from huaxiang.analyse.facts import Tables
from huaxiang.analyse.filled import with_filled
from huaxiang.analyse.order import needed_by
from huaxiang.analyse.own_rows import OwnRows, Step
from huaxiang.analyse.profile import Profiled, customers, finished
from huaxiang.engine.interface import Engine
from huaxiang.model.rules import Everyone
from huaxiang.model.tags import Tags
from huaxiang.prepare.facts import FACT_TABLES
from huaxiang.prepare.history import history

#: Later than everything: rows of later days have been left out before.
_EVER = date(9999, 12, 30)
#: Days of which the question is held.
_MOST_DAYS = 14


@dataclass(frozen=True)
class Past:
    """One customer at the end of one day: a profile of one row with the tags that could be computed, and how sure those
    are that can be more or less sure.

    ``facts`` hold until the next day is asked for. ``left_out`` are the tags that need the other customers of that day.
    """

    day: date
    facts: Tables
    profile: pa.Table
    confidence: Mapping[str, float | None]
    left_out: frozenset[str]

    @property
    def row(self) -> dict[str, Any]:
        """The tags by key, and ``customer_id``."""
        row: dict[str, Any] = self.profile.to_pylist()[0]
        return row


class _Built(NamedTuple):
    """What was built for a day, and the steps that give it other rows."""

    facts: Tables
    done: Profiled
    left_out: frozenset[str]
    steps: list[Step]


@dataclass(frozen=True)
class OnePast:
    """The past of the customer whose rows are ``own``. Building takes longer than computing: several days share what is
    built, and whoever asks of one customer after the other keeps it.

    ``facts`` are fact tables that are wanted besides those that the tags need.
    """

    own: OwnRows
    tags: Tags
    all: Everybody
    facts: frozenset[str] = frozenset()
    _built: dict[date, _Built] = field(default_factory=dict, init=False)
    _names: set[str] = field(default_factory=set, init=False)
    _fact_steps: list[Step] = field(default_factory=list, init=False)

    def on(self, days: Iterable[date]) -> Iterator[Past]:
        """The customer at the end of each of the days; none where the customer is not in the portrait."""
        self.own.read(self._names)
        for day in days:
            found = self._on(day)
            if found is not None:
                yield found

    def facts_on(self, day: date) -> dict[str, ir.Table]:
        """The customer's fact tables of a day, each computed once; asking for another day replaces their rows."""
        built = self._facts
        self.own.turn_to(day)
        found = {name: self.own.keep_of_rows(f"fact_{name}", rows) for name, rows in built.items()}
        return found | {name: self.own.table(name) for name in ("account", "customer")}

    def history(self, facts: Tables) -> ir.Table:
        """The customer's history up to the day of the ``facts``."""
        return self.own.keep("history", history(self.own, facts, _EVER))

    @cached_property
    def _facts(self) -> dict[str, ir.Table]:
        """The fact tables that the tags need, built on all of the customer's rows."""
        needed = {name for tag in self.tags.values() for name in facts_read(tag)} | self.facts
        needed |= {"sale"} if "order_day" in needed else set()
        account = self.own.table("account")
        with self.own.recording() as steps:
            found = {name: build(self.own, account, _EVER) for name, build in FACT_TABLES.items() if name in needed}
        self._fact_steps.extend(steps)
        return found

    def _on(self, day: date) -> Past | None:
        built = self._anew(day) if day in self._built else self._build(day)
        profile, sure = self.own.arrow(built.done.profile), self.own.arrow(built.done.confidence).to_pylist()
        return Past(day, built.facts, profile, sure[0], built.left_out) if sure else None

    def _anew(self, day: date) -> _Built:
        self.own.turn_to(day)
        for step in (*self._fact_steps, *self._built[day].steps):
            step()
        return self._built[day]

    def _build(self, day: date) -> _Built:
        if len(self._built) >= _MOST_DAYS:
            self._built.pop(next(iter(self._built)))
        asked = self.own.noted()
        try:
            with self.own.recording() as steps:
                facts = self.facts_on(day)
                tags, left_out = self.all.computable(self.tags, day)
                done = alone(self.own, tags, day, facts, self.all)
        finally:
            # Also when it was stopped: the facts are built by then, and the next customer must not be told of this one.
            self._names.update(asked)
        self._built[day] = _Built(facts, done, left_out, steps)
        return self._built[day]


def alone(engine: Engine, tags: Tags, day: date, facts: Tables, known: Everybody) -> Profiled:
    """What is known at the end of a day of the one customer of whom the engine and the ``facts`` tell."""
    own = {key: tag for key, tag in tags.items() if is_from_facts(tag)}
    found = fact_tags(engine, own, rows_of(engine, own, day, facts), known=known.seen_by(own, day))
    wide = with_filled(engine, joined(engine, customers(engine, facts), found, own), tags, facts, day)
    return finished(engine, tags, day, facts, engine.keep("profile_from_facts", wide), found.weights)


def figures_used(keys: Collection[str], tags: Tags) -> frozenset[str]:
    """Those of the tags that rest on a figure of everybody, directly or through other tags."""
    found: set[str] = set()
    for key in keys:
        waiting = [key]
        while waiting:
            tag = tags[waiting.pop()]
            if isinstance(tag.rule, Everyone):
                found.add(key)
            waiting += [need for need in needed_by(tag.rule) if need in tags]
    return frozenset(found)
