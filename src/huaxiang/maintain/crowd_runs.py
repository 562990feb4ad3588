"""Every saved crowd computed once in a refresh: who is in it, who came and went, why. One that fails stops no other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.analyse.crowd_moves import Run, folded, moves
from huaxiang.analyse.crowd_reasons import reasons
from huaxiang.analyse.in_force import lacking
from huaxiang.analyse.population import Population
from huaxiang.analyse.portrait import joined_rfm, narrowed, with_rfm
from huaxiang.engine.interface import Engine, count_of, only
from huaxiang.errors import Cancelled, DefinitionError, EngineError, HuaxiangError
from huaxiang.maintain.definitions import Definitions
from huaxiang.maintain.kept_history import schema_of
from huaxiang.model.crowd_tables import (
    CROWD_CHANGE,
    CROWD_DELETED,
    CROWD_MEMBER,
    CROWD_RUN,
    ENTERED,
    FAILED,
    FIRST_RUN,
    LEFT,
    MERGED,
    OK,
    RULE_CHANGED,
)
from huaxiang.model.segment_order import crowds_named, in_order
from huaxiang.model.segments import Segment
from huaxiang.words import Message

Tables = Mapping[str, ir.Table]


@dataclass
class _Crowd:
    """How one crowd fares: its members are kept under ``members``, or ``problem`` says why there are none."""

    segment: Segment
    seconds: float = 0.0
    customers: int = 0
    members: ir.Table | None = None
    problem: Message | None = None


@dataclass(frozen=True)
class CrowdsRun:
    """What a refresh found: ``members`` as a table of the engine, and as rows what is kept for good."""

    members: ir.Table
    changes: pa.Table
    runs: pa.Table


@dataclass(frozen=True)
class CrowdRunner:
    """Computes the crowds of one refresh on the tables that it is about to publish."""

    engine: Engine
    definitions: Definitions
    tables: Tables
    run: Run
    lists: Tables
    _done: dict[str, _Crowd] = field(default_factory=dict)

    def compute(self) -> CrowdsRun:
        """Who is in which crowd now, compared with what is published."""
        for segment in in_order(self.definitions.segments):
            self._done[segment.key] = self._computed(segment)
        failed = {key for key, crowd in self._done.items() if crowd.problem} | self._unread()
        found = moves(self._now(), self._before(), self.tables["customer_redirect"], self.run, failed)
        members = self.engine.keep("next_crowd_member", found.members)
        changes = self._changes(self.engine.arrow(found.changes))
        return CrowdsRun(members, changes, self._runs(changes))

    def _unread(self) -> set[str]:
        """The crowds that nobody can read now: nobody leaves them for that."""
        known, unread = self.definitions, set(self.definitions.unreadable_segments)
        return (
            unread | {key for key in self._versions() if key not in known.segments}
            if known.may_lack_segments
            else unread
        )

    def _computed(self, segment: Segment) -> _Crowd:
        crowd, started = _Crowd(segment), perf_counter()
        broken = [name for name in crowds_named(segment.condition) if self._is_broken(name)]
        try:
            if broken:
                raise DefinitionError("crowds.needs_failed", crowd=", ".join(broken))
            inside = self._population().members(segment.condition)
            crowd.members = self.engine.keep(f"crowd_inside_{segment.key}", inside)
            crowd.customers = count_of(self.engine, crowd.members)
        except Cancelled:
            raise
        except HuaxiangError as problem:
            crowd.problem = problem.message
        crowd.seconds = perf_counter() - started
        return crowd

    def _is_broken(self, name: str) -> bool:
        return name in self._done and self._done[name].problem is not None

    def _population(self) -> Population:
        own, rfm = self.tables["profile"], self.tables.get("rfm")
        wide = own if rfm is None else joined_rfm(own, rfm)
        asked = Population(self.engine, wide, self.definitions.fields, self.run.as_of, dict(self.tables))
        asked = replace(asked, segments=self.definitions.segments, lists=self.lists, broken=self.definitions.broken)
        asked = replace(asked, unread=self.definitions.unreadable_segments)
        asked = replace(asked, lacking=lacking(self.definitions.tags, own.columns, self.run.as_of))
        return replace(asked, narrow=lambda columns: narrowed(own, rfm, columns))

    def _population_before(self) -> Population | None:
        names = self.engine.tables()
        runs = only(self.engine.arrow(self.engine.table("run").order_by(ibis.desc("run_id")).limit(1)))
        if not runs or "profile" not in names:
            return None
        wide, day = with_rfm(self.engine, self.engine.table("profile")), runs[0]["as_of"]
        assert isinstance(day, date)  # noqa: S101 - the column is a date
        segments = self.definitions.segments
        return Population(self.engine, wide, self.definitions.fields, day, segments=segments, lists=self.lists)

    def _now(self) -> ir.Table:
        parts = [
            crowd.members.select(crowd=ibis.literal(key), customer_id=crowd.members.customer_id)
            for key, crowd in self._done.items()
            if crowd.members is not None and not crowd.problem
        ]
        return (
            ibis.union(*parts)
            if len(parts) > 1
            else (parts or [self._nobody(CROWD_MEMBER)])[0].select("crowd", "customer_id")
        )

    def _before(self) -> ir.Table:
        if "crowd_member" not in self.engine.tables():
            return self._nobody(CROWD_MEMBER)
        # Held, because the same name is about to be published.
        return self.engine.keep("crowd_member_before", self.engine.table("crowd_member"))

    def _nobody(self, columns: Mapping[str, str]) -> ir.Table:
        return self.engine.bring("no_members", pa.Table.from_pylist([], schema=schema_of(columns)))

    def _changes(self, moved: pa.Table) -> pa.Table:
        parts = [self._told(key, moved.filter(pc.equal(moved.column("crowd"), key))) for key in _distinct(moved)]
        return pa.concat_tables([pa.Table.from_pylist([], schema=schema_of(CROWD_CHANGE)), *parts])

    def _told(self, key: str, moved: pa.Table) -> pa.Table:
        crowd, count = self._done.get(key), moved.num_rows
        version = crowd.segment.version if crowd else self._versions().get(key, 0)
        columns = {
            "run_id": pa.array([self.run.run_id] * count, pa.string()),
            "as_of": pa.array([self.run.as_of] * count, pa.date32()),
            "crowd": moved.column("crowd"),
            "version": pa.array([version] * count, pa.int64()),
            "customer_id": moved.column("customer_id"),
            "change": moved.column("change"),
            "because": self._because(key, moved),
            "since_as_of": moved.column("since_as_of"),
            "since_run": moved.column("since_run"),
        }
        return pa.table(columns).cast(schema_of(CROWD_CHANGE)).sort_by("customer_id")

    def _because(self, key: str, moved: pa.Table) -> pa.Array | pa.ChunkedArray:
        why = self._general(key)
        told = pa.array([json.dumps([why])] * moved.num_rows, pa.string()) if why else self._tests(key, moved)
        merged = pa.scalar(json.dumps([MERGED]), pa.string())
        return pc.if_else(moved.column("is_merge").combine_chunks(), merged, told)

    def _general(self, key: str) -> str | None:
        """Why everybody came or went, where it is one reason for all."""
        if key not in self._done:
            return CROWD_DELETED
        before = self._versions().get(key)
        if before is None:
            return FIRST_RUN
        return RULE_CHANGED if before != self._done[key].segment.version else None

    def _tests(self, key: str, moved: pa.Table) -> pa.Array:
        before = self._population_before()
        if before is None:
            return pa.array([json.dumps([FIRST_RUN])] * moved.num_rows, pa.string())
        who = self.engine.bring("crowd_moved", moved.select(["customer_id"]))
        try:
            found = reasons(who, self._done[key].segment.condition, before, self._population())
        except (EngineError, DefinitionError):
            # That somebody moved is certain; why is not worth the whole refresh.
            return pa.array(["[]"] * moved.num_rows, pa.string())
        known = dict(zip(found.column(0).to_pylist(), found.column(1).to_pylist(), strict=True))
        return pa.array([known.get(each, "[]") for each in moved.column("customer_id").to_pylist()], pa.string())

    def _versions(self) -> dict[str, int]:
        """The version with which each crowd was last computed."""
        if "crowd_run" not in self.engine.tables():
            return {}
        runs = self.engine.table("crowd_run")
        rows = only(self.engine.arrow(runs.filter(runs.status == OK).order_by("run_id").select("crowd", "version")))
        return {str(row["crowd"]): int(str(row["version"])) for row in rows}

    def _runs(self, changes: pa.Table) -> pa.Table:
        rows = [self._row(crowd, changes) for crowd in self._done.values()]
        rows += [self._unread_row(key, why) for key, why in self.definitions.unreadable_segments.items()]
        return pa.Table.from_pylist(rows, schema=schema_of(CROWD_RUN))

    def _row(self, crowd: _Crowd, changes: pa.Table) -> dict[str, Any]:
        segment, problem = crowd.segment, crowd.problem
        own = changes.filter(pc.equal(changes.column("crowd"), segment.key)).column("change").to_pylist()
        return {
            "run_id": self.run.run_id,
            "as_of": self.run.as_of,
            "crowd": segment.key,
            "version": segment.version,
            "customers": None if problem else crowd.customers,
            "entered": own.count(ENTERED),
            "gone": own.count(LEFT),
            "seconds": round(crowd.seconds, 3),
            "status": FAILED if problem else OK,
            "reason": _kept(problem) if problem else None,
            "outside": not problem and not segment.allows(crowd.customers),
        }

    def _unread_row(self, key: str, why: Message) -> dict[str, Any]:
        version = self._versions().get(key, 0)
        none = {"customers": None, "entered": 0, "gone": 0, "seconds": 0.0, "outside": False}
        told = {"run_id": self.run.run_id, "as_of": self.run.as_of, "crowd": key, "version": version}
        return {**told, **none, "status": FAILED, "reason": _kept(why)}


def published_before(engine: Engine, history: Mapping[str, pa.Table]) -> dict[str, ir.Table]:
    """The tables of the crowds as the history gives them, for a lake that is made again."""
    found = {name: engine.bring(f"again_{name}", rows) for name, rows in history.items()}
    return {**found, "crowd_member": engine.bring("again_crowd_member", folded(history["crowd_change"]))}


def _distinct(moved: pa.Table) -> list[str]:
    return sorted(pc.unique(moved.column("crowd")).to_pylist())


def _kept(message: Message) -> str:
    return json.dumps(message.record, ensure_ascii=False)
