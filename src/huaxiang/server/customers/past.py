"""One customer as of a past day: the tables that the pages read, of the customer alone, held for the next part."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import date

import ibis.expr.types as ir

from huaxiang.analyse.everybody import everybody
from huaxiang.analyse.one_past import OnePast, Past
from huaxiang.analyse.own_rows import OwnRows
from huaxiang.engine import DuckEngine
from huaxiang.errors import InputError, NotFound
from huaxiang.model.tags import Tags
from huaxiang.prepare.facts import FACT_TABLES
from huaxiang.server.published import Portrait, latest


class PastTables(Mapping[str, ir.Table]):
    """The published tables by name, with the profile, facts and history of one customer on one day in their places."""

    def __init__(self, engine: DuckEngine, published: Mapping[str, ir.Table], one: OnePast, past: Past) -> None:
        self.past = past
        self._published, self._one = published, one
        self._own = dict(past.facts) | {"profile": engine.bring("past_profile", past.profile)}

    def __getitem__(self, name: str) -> ir.Table:
        if name == "history" and name not in self._own:
            self._own[name] = self._one.history(self.past.facts)
        return self._own[name] if name in self._own else self._published[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._published)

    def __len__(self) -> int:
        return len(self._published)


class _Held(threading.local):
    """What a thread holds while the same is published and defined: the past of whoever is asked about, and the customer
    and day that it showed last."""

    stamp: tuple[object, ...] = ()
    one: OnePast
    shown: tuple[object, ...] = ()
    tables: PastTables

    def turn_to(self, engine: DuckEngine, now: Portrait, tags: Tags, customer_id: str) -> None:
        """Let it be about that customer of what is published now."""
        stamp = (engine, engine.snapshot(), tags)
        if self.stamp != stamp:
            self.stamp, known = (), everybody(engine, now.tables, tags, now.latest)
            self.one = OnePast(OwnRows(engine, now.tables, customer_id, "past"), tags, known, frozenset(FACT_TABLES))
            self.stamp = stamp
        self.one.own.be(customer_id)


_HELD = _Held()


def day_in_reach(engine: DuckEngine, day: date | None) -> Portrait:
    """The published portrait; a ``day`` after it raises :class:`InputError`."""
    now = latest(engine)
    if day is not None and day > now.latest:
        raise InputError("customer.day_to_come", given=day.isoformat(), latest=now.latest.isoformat())
    return now


def is_at_hand(day: date, customer_id: str) -> bool:
    """Whether this thread holds that customer on that day."""
    return _HELD.shown[-2:] == (customer_id, day)


def past_portrait(engine: DuckEngine, tags: Tags, day: date, customer_id: str) -> Portrait:
    """The portrait of one customer on a day before the published one; whoever was no customer then is not found."""
    now = day_in_reach(engine, day)
    asked = (engine, engine.snapshot(), tags, customer_id, day)
    if _HELD.shown != asked:
        _HELD.shown = ()
        _HELD.turn_to(engine, now, tags, customer_id)
        found = next(_HELD.one.on([day]), None)
        if found is None:
            raise NotFound("customer.not_found", given=customer_id)
        _HELD.tables = PastTables(engine, now.tables, _HELD.one, found)
        _HELD.shown = asked
    return Portrait(day, now.latest, _HELD.tables)
