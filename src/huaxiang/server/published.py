"""The tables behind the pages: those published last, held by each thread for its next page."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.quality import NOT_FILLED
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.errors import InputError

#: What prepare publishes and tags are computed from.
FACTS = ("account", "customer", "sale", "sale_line", "act", "visit", "feedback_fact", "given_value")


#: What pages read that an older program did not publish: where a lake lacks some of it, the next refresh fills it.
FILLED = frozenset({
    "history", "customer_redirect", "household", "match_pair", "quality_check", "given_value", "identity_unconfirmed",
})  # fmt: skip


class NotFilled(InputError, KeyError):
    """A table that the program which refreshed last did not make yet; to a mapping, a key that is not there."""


class Published(Mapping[str, ir.Table]):
    """The published tables of one snapshot by name, each looked up once."""

    def __init__(self, engine: DuckEngine) -> None:
        self._engine = engine
        self._names = engine.tables()
        self._found: dict[str, ir.Table] = {}

    def __getitem__(self, name: str) -> ir.Table:
        if name not in self._found:
            if name not in self._names:
                raise (
                    NotFilled(NOT_FILLED, table=name) if name in FILLED and "profile" in self._names else KeyError(name)
                )
            self._found[name] = self._engine.table(name)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _Held(threading.local):
    """What a thread holds of one snapshot for its next page."""

    stamp: tuple[DuckEngine, int] | None = None
    tables: Published
    run: dict[str, Any] | None

    def turn_to(self, engine: DuckEngine) -> None:
        """Hold what is published now; what stood on another snapshot is let go."""
        stamp = (engine, engine.snapshot())
        if self.stamp != stamp:
            self.tables = Published(engine)
            self.run = _latest_run(engine, self.tables)
            self.stamp = stamp


_HELD = _Held()


@dataclass(frozen=True)
class Portrait:
    """The tables of one day. ``as_of`` is the day they stand for, ``latest`` the day published last."""

    as_of: date
    latest: date
    tables: Mapping[str, ir.Table]

    @property
    def facts(self) -> dict[str, ir.Table]:
        """The fact tables that tags are computed from."""
        return {name: self.tables[name] for name in FACTS if name in self.tables}

    @property
    def is_past(self) -> bool:
        """Whether another day than the published one is shown."""
        return self.as_of != self.latest


def published(engine: DuckEngine) -> Published:
    """The tables as published last; looked up anew when a refresh has published others."""
    _HELD.turn_to(engine)
    return _HELD.tables


def unfilled(engine: DuckEngine) -> frozenset[str]:
    """The tables that the next refresh fills, as an older program made the last one; none before the first refresh."""
    tables = published(engine)
    return FILLED.difference(tables) if latest_run(engine) is not None else frozenset()


def latest_run(engine: DuckEngine) -> dict[str, Any] | None:
    """The row of the refresh that published last; None before the first one."""
    _HELD.turn_to(engine)
    return _HELD.run


def latest(engine: DuckEngine) -> Portrait:
    """The portrait published last. Raises :class:`InputError` before the first refresh."""
    run = latest_run(engine)
    if run is None:
        raise InputError("workspace.never_refreshed")
    return Portrait(run["as_of"], run["as_of"], _HELD.tables)


def _latest_run(engine: DuckEngine, tables: Published) -> dict[str, Any] | None:
    run = tables["run"]
    found = only(engine.arrow(run.order_by(run.run_id.desc()).limit(1)))
    return found[0] if found and "profile" in tables else None
