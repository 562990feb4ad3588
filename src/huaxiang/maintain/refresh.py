"""The refresh: from canonical rows to customers, quality, facts, profiles and RFM of a day, published together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from time import perf_counter
from typing import NamedTuple
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.crowd_moves import Run
from huaxiang.analyse.in_force import computed_on
from huaxiang.analyse.registry import analysis_named
from huaxiang.analyse.tag_bands import tag_bands
from huaxiang.analyse.tag_runs import tag_runs, tag_runs_before
from huaxiang.engine.interface import Engine, Exchange, count_of, only
from huaxiang.errors import InputError
from huaxiang.ledger import Entry, Ledger, Pseudonym, Vault
from huaxiang.maintain.crowd_runs import CrowdRunner, CrowdsRun, published_before
from huaxiang.maintain.definitions import Definitions
from huaxiang.maintain.kept_history import Histories
from huaxiang.maintain.match_models import MatchModels
from huaxiang.maintain.match_run import last_model
from huaxiang.maintain.matching import Compared, Matcher
from huaxiang.maintain.profile_step import BASIS, DEFAULT_INCREMENTS, Increments, ProfileStep, ProfileTables, told_of
from huaxiang.maintain.run_rows import added_run, run_row, told_messages
from huaxiang.maintain.steps import Progress, Telling
from huaxiang.maintain.tag_changes import TagComparer, TagsCompared
from huaxiang.maintain.tags_again import as_published, recorded_before
from huaxiang.model.tag_tables import PROFILE_SINCE
from huaxiang.prepare.facts import kept_facts
from huaxiang.prepare.given import GiftBook, given_values
from huaxiang.prepare.households import households
from huaxiang.prepare.quality import quality_tables
from huaxiang.prepare.unify import Likely, Unified, link_log, standing, unify
from huaxiang.prepare.unify.redirects import Move, customer_redirects, moved_entries, moves

#: The customers of uploaded lists by key, from tables that come before the published ones.
Lists = Callable[[Engine, Mapping[str, ir.Table]], Mapping[str, ir.Table]]
#: Tables whose last row says up to which day the data reach.
_CLOCKS = ("orders", "order_line", "payment", "event", "feedback")


@dataclass(frozen=True)
class Refreshed:
    """One refresh: its run, the day it stands for, the snapshot published, and how many customers there are."""

    run_id: str
    as_of: date
    snapshot: int
    customer_count: int


class Before(NamedTuple):
    """What the lake before this one knows: whose its accounts were (``account_key, customer_id``), and what its runs
    measured of tags."""

    accounts: pa.Table | None = None
    tag_runs: pa.Table | None = None


NOTHING_BEFORE = Before()


class Computed(NamedTuple):
    """What a refresh computed: the customers, the ``tables`` as they will be, of those that stand published but for the
    rows of some what is ``exchanged``, and the customers whose id is another now."""

    unified: Unified
    tables: dict[str, ir.Table]
    exchanged: dict[str, Exchange]
    moved: list[Move]


class Secrets(NamedTuple):
    """The keys of a workspace: for what goes into the ledger, for customer ids, and those of partners for hashes."""

    pseudonym: Pseudonym
    salt: bytes
    hash_keys: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Refresher:
    """Refreshes one workspace with one engine. ``local_now`` is naive, in ``zone``, the workspace's time zone."""

    engine: Engine
    ledger: Ledger
    secrets: Secrets
    definitions: Definitions
    models: MatchModels
    history: Histories
    lists: Lists
    zone: ZoneInfo
    increments: Increments = DEFAULT_INCREMENTS

    def run(
        self,
        as_of: date | None,
        now: datetime,
        local_now: datetime,
        actor: str,
        progress: Progress | None = None,
        *,
        full: bool = False,
    ) -> Refreshed:
        """Compute everything for the end of ``as_of`` (default: the last day that the data reach) and publish it.

        Tags of customers about whom nothing changed are taken over where that is quicker, unless ``full``.
        Raises :class:`InputError` when nothing has been imported. A kill before the publication changes nothing.
        """
        started = perf_counter()
        day = as_of or last_day(self.engine, local_now)
        run_id = self._next_run()
        before = self.engine.table("account") if "account" in self.engine.tables() else None
        tell = Telling(progress)
        found, tables, exchanged, moved = self._computed(
            self._compared(now, actor, tell), day, tell, before, run_id, full
        )
        tables |= self._tag_runs(tables["profile"], day, run_id, tag_runs_before(self.engine))
        tell("crowds")
        crowds = self._crowds(tables, Run(run_id, day))
        tags = TagComparer(self.engine, computed_on(self.definitions.tags, day), tables, Run(run_id, day)).compute()
        tell("publish")
        body = {
            "run_id": run_id,
            "as_of": day.isoformat(),
            "started_at": local_now.isoformat(),
            "seconds": f"{perf_counter() - started:.2f}",
            "definitions": self.definitions.version,
            "ledger_position": self.ledger.position(),
            "import_count": count_of(self.engine, self.engine.table("import")),
            "customer_count": count_of(self.engine, tables["profile"]),
            **told_messages(self.definitions.broken.values()),
            **told_of(self.engine, tables[BASIS]),
        }
        # Before the publication: an id that a reader no longer finds must be known to the ledger, whatever is killed.
        self.ledger.append_many(moved_entries(moved, now, actor))
        self.history.crowds.keep(run_id, {"crowd_change": [crowds.changes], "crowd_run": [crowds.runs]}, now, actor)
        self.history.tags.keep(run_id, tags.kept(), now, actor)
        tables |= {"crowd_member": crowds.members, PROFILE_SINCE: tags.since}
        snapshot = self._published(tables, exchanged, crowds, tags, run_row(body))
        link_log(found, self.ledger, self.secrets.pseudonym, now, actor, last_model(self.engine))
        self.ledger.append("refresh.published", body, at=now, actor=actor, key=str(body["run_id"]))
        return Refreshed(str(body["run_id"]), day, snapshot, int(str(body["customer_count"])))

    def publish(
        self, day: date, runs: pa.Table, progress: Progress | None = None, before: Before = NOTHING_BEFORE
    ) -> Refreshed:
        """Compute a day again and publish it with runs that were logged before.

        ``before`` is what the lake that this one replaces knows: where a customer of it is part of another now, because
        of what came or was decided since, the ledger is told; what earlier runs measured of tags is kept.
        """
        run_id = str(runs.column("run_id")[-1])
        accounts = None if before.accounts is None else self.engine.bring("accounts_before", before.accounts)
        tell = Telling(progress)
        last = next(iter(self.ledger.entries("refresh.published", run_id=run_id)))
        compared = self._compared(last.at, last.actor, tell, may_train=False)
        _, tables, _, moved = self._computed(compared, day, tell, accounts, run_id)
        tables |= self._tag_runs(tables["profile"], day, run_id, before.tag_runs)
        self.ledger.append_many(moved_entries(moved, last.at, last.actor))
        tables |= published_before(self.engine, self.history.crowds.all())
        tables |= self._recorded_before(tables["profile"], day, last)
        snapshot = self.engine.publish(tables, {"run": self.engine.bring("run_row", runs)})
        return Refreshed(run_id, day, snapshot, count_of(self.engine, tables["profile"]))

    def _crowds(self, tables: dict[str, ir.Table], run: Run) -> CrowdsRun:
        return CrowdRunner(self.engine, self.definitions, tables, run, self.lists(self.engine, tables)).compute()

    def _published(
        self,
        tables: dict[str, ir.Table],
        exchanged: dict[str, Exchange],
        crowds: CrowdsRun,
        tags: TagsCompared,
        run: pa.Table,
    ) -> int:
        added = {
            "crowd_change": self.engine.bring("crowd_changes", crowds.changes),
            "crowd_run": self.engine.bring("crowd_runs", crowds.runs),
            **tags.tables(),
        }
        known = set(self.engine.tables())
        # A lake that an earlier program made has none of them yet.
        first = {name: rows for name, rows in added.items() if name not in known}
        more = {name: rows for name, rows in added.items() if name in known}
        replaced, appended = added_run(self.engine, run)
        whole = {name: rows for name, rows in tables.items() if name not in exchanged}
        return self.engine.publish(whole | first | replaced, more | appended, exchanged)

    def _recorded_before(self, profile: ir.Table, day: date, last: Entry) -> dict[str, ir.Table]:
        imports = count_of(self.engine, self.engine.table("import"))
        tags = computed_on(self.definitions.tags, day)
        same = as_published(self.ledger, last, imports, self.definitions.version, tags)
        return recorded_before(self.engine, self.history.tags, tags, profile, same)

    def _compared(self, now: datetime, actor: str, tell: Telling, *, may_train: bool = True) -> Compared:
        tell("match")
        matcher = Matcher(self.engine, self.definitions, self.models)
        return matcher.run(now, actor, tell.cost_of("match"), may_train=may_train)

    def _computed(
        self, compared: Compared, day: date, tell: Telling, before: ir.Table | None, run_id: str, full: bool = True
    ) -> Computed:
        found = self._unified(compared.likely, tell)
        tables, exchanged = self._tables(found, day, tell, full)
        tables |= compared.tables
        moved = [] if before is None else moves(self.engine, before, found, self.secrets.salt, run_id)
        tables["customer_redirect"] = customer_redirects(
            self.engine, self.ledger, moved, found.account, self.secrets.salt
        )
        return Computed(found, tables, exchanged, moved)

    def _unified(self, likely: tuple[Likely, ...], tell: Telling) -> Unified:
        tell("unify")
        decided = standing(self.ledger, self.secrets.pseudonym)
        salt, hash_keys = self.secrets.salt, self.secrets.hash_keys
        return unify(self.engine, self.definitions.identity, salt, decided, likely, hash_keys)

    def _tables(self, found: Unified, day: date, tell: Telling, full: bool) -> ProfileTables:
        tables = {name: self.engine.keep(f"next_{name}", rows) for name, rows in found.tables().items()}
        living = households(self.engine, found, self.definitions.identity, self.secrets.salt)
        tables["household"] = self.engine.keep("next_household", living)
        tell("quality")
        known = self.definitions
        tables |= quality_tables(self.engine, tables["account"], day, "next", known.quality, known.identity)
        tables["given_value"] = self._given(tables, day)
        tell("facts")
        tables |= kept_facts(self.engine, tables["account"], day, "next")
        tell("profile")
        tags = computed_on(self.definitions.tags, day)
        profile = ProfileStep(self.engine, tags, day, self.increments, full).computed(tables)
        tables |= profile.tables
        tell("rfm")
        members = analysis_named("rfm").on(self.engine, tables, {}, day).members
        if members is not None:
            tables["rfm"] = self.engine.keep("next_rfm", members)
        return ProfileTables(tables, profile.exchanged)

    def _tag_runs(self, profile: ir.Table, day: date, run_id: str, before: pa.Table | None) -> dict[str, ir.Table]:
        tags = computed_on(self.definitions.tags, day)
        rows = tag_runs(tag_bands(self.engine, profile, tags), tags, day, run_id, before)
        return {"tag_run": self.engine.bring("next_tag_run", rows)}

    def _given(self, tables: Mapping[str, ir.Table], day: date) -> ir.Table:
        with Vault.beside(self.ledger.path) as vault:
            gifts = GiftBook(self.ledger, vault, self.secrets.pseudonym).standing()
        identifiers, tags = tables["customer_identifier"], self.definitions.tags
        rows = given_values(self.engine, tables["account"], identifiers, gifts, tags, day, self.zone)
        return self.engine.keep("next_given_value", rows)

    def _next_run(self) -> str:
        return f"run-{count_of(self.engine, self.engine.table('run')) + 1:05d}"


def last_day(engine: Engine, local_now: datetime) -> date:
    """The last day that the data reach, days to come left out. Raises :class:`InputError` when there is no data."""
    found = []
    for name in _CLOCKS:
        rows = engine.table(name)
        past = rows.filter(rows.occurred_at <= ibis.literal(local_now).cast("timestamp(6)"))
        found.append(past.aggregate(last=past.occurred_at.max()))
    latest = [row["last"] for row in only(engine.arrow(ibis.union(*found)))]
    known = [moment for moment in latest if isinstance(moment, datetime)]
    if not known:
        if not count_of(engine, engine.table("person_record")):
            raise InputError("refresh.nothing_imported")
        return local_now.date()
    return max(known).date()
