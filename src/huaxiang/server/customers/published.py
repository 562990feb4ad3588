"""The tables behind the pages: those published last, or those of a past day, held by each thread for its next page."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir

from huaxiang.analyse.profile import profile
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.errors import InputError
from huaxiang.model.tags import Tags
from huaxiang.prepare.facts import facts

#: What prepare publishes and tags are computed from.
FACTS = ("account", "customer", "sale", "sale_line", "act", "visit", "feedback_fact")
_HELD = threading.local()


class Published(Mapping[str, ir.Table]):
    """The published tables of one snapshot by name, each looked up once."""

    def __init__(self, engine: DuckEngine) -> None:
        self._engine = engine
        self._names = engine.tables()
        self._found: dict[str, ir.Table] = {}

    def __getitem__(self, name: str) -> ir.Table:
        if name not in self._found:
            if name not in self._names:
                raise KeyError(name)
            self._found[name] = self._engine.table(name)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True)
class Portrait:
    """The tables of one day. ``as_of`` is the day they stand for, ``latest`` the day published last."""

    as_of: date
    latest: date
    tables: Mapping[str, ir.Table]

    @property
    def facts(self) -> dict[str, ir.Table]:
        """The fact tables that tags are computed from."""
        return {name: self.tables[name] for name in FACTS}

    @property
    def is_past(self) -> bool:
        """Whether another day than the published one is shown."""
        return self.as_of != self.latest


def published(engine: DuckEngine) -> Published:
    """The tables as published last; looked up anew when a refresh has published others."""
    stamp = (engine, engine.snapshot())
    if getattr(_HELD, "stamp", None) != stamp:
        _HELD.stamp, _HELD.tables, _HELD.past = stamp, Published(engine), None
    tables: Published = _HELD.tables
    return tables


def latest(engine: DuckEngine) -> Portrait:
    """The portrait published last. Raises :class:`InputError` before the first refresh."""
    tables = published(engine)
    if "profile" not in tables:
        raise InputError("workspace.never_refreshed")
    if getattr(_HELD, "day", None) is None or _HELD.day[0] != _HELD.stamp:
        run = tables["run"]
        last = only(engine.arrow(run.order_by(run.run_id.desc()).limit(1).select("as_of")))[0]["as_of"]
        _HELD.day = (_HELD.stamp, last)
    day: date = _HELD.day[1]
    return Portrait(day, day, tables)


def portrait_of(engine: DuckEngine, tags: Tags, as_of: date | None) -> Portrait:
    """The portrait of a day, computed for everybody when it is not the published one, which can take a while.

    Each thread holds the day that it computed last. A day after the published one raises :class:`InputError`.
    """
    now = latest(engine)
    if as_of is None or as_of == now.latest:
        return now
    if as_of > now.latest:
        raise InputError("customer.day_to_come", given=as_of.isoformat(), latest=now.latest.isoformat())
    if not is_at_hand(as_of):
        _HELD.past = (as_of, _computed(engine, tags, as_of, now.tables))
    return Portrait(as_of, now.latest, _HELD.past[1])


def is_at_hand(as_of: date) -> bool:
    """Whether this thread holds that past day."""
    held = getattr(_HELD, "past", None)
    return held is not None and held[0] == as_of


def _computed(engine: DuckEngine, tags: Tags, as_of: date, now: Mapping[str, ir.Table]) -> dict[str, ir.Table]:
    kept = {name: engine.keep(f"past_{name}", rows) for name, rows in facts(engine, now["account"], as_of).items()}
    tables = {name: now[name] for name in now} | kept
    known = {name: tables[name] for name in FACTS}
    return tables | {"profile": engine.keep("past_profile", profile(engine, tags, as_of, known))}
