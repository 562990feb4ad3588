"""A workspace in one object: what the command line, a notebook and the pages all work through."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from secrets import token_bytes
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.profile import profile
from huaxiang.analyse.registry import analysis_named
from huaxiang.analyse.segments import segment_members
from huaxiang.analyse.why import why
from huaxiang.collect.importing import Importer, Look
from huaxiang.collect.landing import Landing
from huaxiang.collect.load import Loader
from huaxiang.collect.report import ImportReport
from huaxiang.engine import DuckEngine, Lake, building
from huaxiang.engine.interface import only
from huaxiang.errors import InputError, NotFound, WorkspaceError
from huaxiang.ledger import Ledger, Pseudonym
from huaxiang.maintain.definitions import Definitions, load_definitions
from huaxiang.maintain.rebuild import put_in_place, rebuild
from huaxiang.maintain.refresh import Progress, Refreshed, Refresher
from huaxiang.model.conditions import Condition
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.mapping import Mapping
from huaxiang.model.results import Result, Why
from huaxiang.prepare.facts import facts
from huaxiang.settings import FILE, Settings

FOLDERS = ("landing", "lake", "ledger", "definitions", "mappings", "app", "editions", "exports", "tmp", "secrets")


class Workspace:
    """One workspace folder. Reading methods may be used from several processes at once; building ones take turns.

    ``now`` is always given by the caller, as an aware datetime.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder, self.settings = folder, settings

    # --- opening

    @classmethod
    def init(cls, folder: Path | str, **settings: Any) -> Workspace:
        """Make a workspace in an empty or new folder. Raises :class:`WorkspaceError` when there is one already."""
        path = Path(folder).resolve()
        if (path / FILE).exists():
            raise WorkspaceError("workspace.exists", folder=str(path))
        for name in FOLDERS:
            (path / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        workspace = cls(path, Settings(**settings))
        first = path / "lake" / "generation-0001"
        put_in_place(first.parent, first)
        workspace.lake.create()
        workspace.landing.create()
        workspace._salt()
        workspace.settings.save(path)
        return workspace

    @classmethod
    def open(cls, folder: Path | str = ".") -> Workspace:
        """The workspace in that folder. Raises :class:`WorkspaceError` when there is none."""
        path = Path(folder).resolve()
        return cls(path, Settings.load(path))

    @property
    def lake(self) -> Lake:
        """The lake of published tables."""
        limits = {"memory_limit": self.settings.memory_limit, "temp_limit": self.settings.temp_limit}
        generation = (self.folder / "lake" / "current").resolve()
        return Lake(generation, self.folder / "tmp", threads=self.settings.threads, **limits)

    @property
    def landing(self) -> Landing:
        """The landing of originals."""
        return Landing(self.folder / "landing")

    @property
    def ledger_path(self) -> Path:
        """The file of the ledger."""
        return self.folder / "ledger" / "ledger.sqlite3"

    @cached_property
    def definitions(self) -> Definitions:
        """Tags, segments and identity rules that hold here, as they stood when first asked for."""
        return load_definitions(self.folder / "definitions")

    @contextmanager
    def reading(self) -> Iterator[DuckEngine]:
        """An engine that reads the published tables."""
        engine = DuckEngine(self.lake, read_only=True)
        try:
            yield engine
        finally:
            engine.close()

    @contextmanager
    def _building(self, work: str, now: datetime) -> Iterator[DuckEngine]:
        with building(self.folder / "tmp" / "builder.lock", work, now):
            engine = DuckEngine(self.lake)
            try:
                yield engine
            finally:
                engine.close()

    # --- collecting

    def look(self, path: Path | str, *, form: str | None = None, mapping: Mapping | None = None) -> list[Look]:
        """How the sheets of a file would be read; nothing is imported."""
        return self._importer(None).look(Path(path), form=form, mapping=mapping)

    def import_files(
        self, looks: Sequence[Look], now: datetime, *, actor: str = "local", dry_run: bool = False, progress: Progress | None = None
    ) -> list[ImportReport]:
        """Import what was looked at; every row read is kept, repaired, quarantined or already there."""
        with self._building("import", now) as engine:
            importer = self._importer(engine)
            if not dry_run:
                importer.finish_pending(_done(engine))
            reports = importer.run(looks, now, dry_run=dry_run, progress=progress)
        if not dry_run:
            self._log_imports(reports, now, actor)
        return reports

    def quarantine(self, import_id: str | None = None, limit: int | None = None) -> pa.Table:
        """Rows that wait, with reason, file, row number and their text, in the order of the files."""
        with self.reading() as engine:
            waiting, imports = engine.table("quarantine"), engine.table("import")
            chosen = waiting if import_id is None else waiting.filter(waiting.import_id == import_id)
            named = chosen.inner_join(imports.select("import_id", "file_name", "sheet"), "import_id")
            ordered = named.order_by(["import_id", "source_row"])
            return engine.arrow(ordered if limit is None else ordered.limit(limit))

    def replay(self, import_id: str, fixes: dict[int, dict[str, str]], now: datetime, *, actor: str = "local") -> ImportReport:
        """Read again rows of an import that a person mended: ``fixes`` is row number to header to text. The mended text
        is kept with the landing; the ledger says who mended which row, when."""
        with self._building("replay", now) as engine:
            importer = self._importer(engine)
            importer.finish_pending(_done(engine))
            report = importer.replay(import_id, fixes, now)
        with Ledger.open(self.ledger_path) as ledger:
            for row in sorted(fixes):
                body = {"quarantine_id": f"{import_id}/{row}", "headers": sorted(fixes[row]), "operation": report.import_id}
                ledger.append("quarantine.fixed", body, at=now, actor=actor)
        return report

    def imports(self) -> pa.Table:
        """One row per import, the latest first."""
        with self.reading() as engine:
            return engine.arrow(engine.table("import").order_by("import_id"))[::-1]

    # --- computing

    def refresh(self, now: datetime, as_of: date | None = None, *, actor: str = "local", progress: Progress | None = None) -> Refreshed:
        """Bring customers, facts, profiles and RFM up to the end of ``as_of`` (default: the last day with data)."""
        with self._building("refresh", now) as engine, Ledger.open(self.ledger_path) as ledger:
            self._importer(engine).finish_pending(_done(engine))
            return self._refresher(engine, ledger).run(as_of, now, self.local(now), actor, progress)

    def rebuild(self, now: datetime, *, progress: Progress | None = None) -> Refreshed | None:
        """Make the lake again from landing, ledger and definitions; the old one stands until the new one is whole."""
        with building(self.folder / "tmp" / "builder.lock", "rebuild", now), Ledger.open(self.ledger_path) as ledger:
            root, old = self.folder / "lake", self.lake.folder
            fresh = root / f"generation-{int(old.name.split('-')[1]) + 1:04d}"
            shutil.rmtree(fresh, ignore_errors=True)
            lake = replace(self.lake, folder=fresh)
            done = rebuild(lake, self._importer, lambda engine: self._refresher(engine, ledger), ledger, progress)
            put_in_place(root, fresh)
            shutil.rmtree(old, ignore_errors=True)
            return done

    def runs(self) -> pa.Table:
        """One row per refresh, the latest first."""
        with self.reading() as engine:
            return engine.arrow(engine.table("run").order_by("run_id"))[::-1]

    def as_of(self) -> date:
        """The day that the published profiles stand for. Raises :class:`InputError` before the first refresh."""
        runs = self.runs()
        if not runs.num_rows:
            raise InputError("workspace.never_refreshed")
        day: date = runs.column("as_of")[0].as_py()
        return day

    # --- reading

    def profiles(self, as_of: date | None = None) -> pa.Table:
        """One row per customer with every tag; computed anew for another day than the published one."""
        with self.reading() as engine:
            return engine.arrow(self.profile_table(engine, as_of))

    def profile_table(self, engine: DuckEngine, as_of: date | None = None) -> ir.Table:
        """The same as an expression of an engine."""
        if as_of is None or as_of == self.as_of():
            return _published(engine, "profile")
        tables = {name: engine.table(name) for name in ("account", "customer")}
        tables |= {name: engine.keep(f"past_{name}", rows) for name, rows in facts(engine, tables["account"], as_of).items()}
        return engine.keep("past_profile", profile(engine, self.definitions.tags, as_of, tables))

    def customer_id_of(self, identifier: str) -> str:
        """The customer whom a customer id or any identifier names. Raises :class:`NotFound`."""
        with self.reading() as engine:
            known = _published(engine, "customer_identifier")
            hit = known.filter((known.customer_id == identifier) | (known.identifier_value == identifier)).select("customer_id").distinct()
            found = [str(row["customer_id"]) for row in only(engine.arrow(hit.order_by("customer_id").limit(2)))]
        if not found:
            raise NotFound("workspace.no_such_customer", given=identifier)
        return found[0]

    def profile(self, identifier: str, as_of: date | None = None) -> dict[str, Any]:
        """Every tag of one customer, by customer id or any identifier."""
        customer_id = self.customer_id_of(identifier)
        with self.reading() as engine:
            rows = self.profile_table(engine, as_of)
            found = only(engine.arrow(rows.filter(rows.customer_id == customer_id)))
        if not found:
            raise NotFound("workspace.not_in_portrait", given=identifier)
        return found[0]

    def why(self, identifier: str, tag: str, as_of: date | None = None) -> Why:
        """Why a customer has the value of a tag: rule, window, rows and inputs."""
        row = self.profile(identifier, as_of)
        day = as_of or self.as_of()
        with self.reading() as engine:
            tables = {name: engine.table(name) for name in engine.tables()}
            return why(engine, tables, self.definitions.tags, row, tag, day)

    def condition(self, name_or_rule: str) -> Condition:
        """The condition of a saved segment, or the one written out in text."""
        segment = self.definitions.segments.get(name_or_rule)
        return segment.condition if segment else condition_from_text(name_or_rule)

    def segment(self, name_or_rule: str) -> pa.Table:
        """The profiles of a segment's customers."""
        with self.reading() as engine:
            members = segment_members(_published(engine, "profile"), self.condition(name_or_rule), self.definitions.tags)
            return engine.arrow(members.order_by("customer_id"))

    def analysis(self, key: str, **params: Any) -> Result:
        """An analysis of the published day, with its tables and figures; ``members`` are left to :meth:`analysis_members`."""
        with self.reading() as engine:
            tables = {name: engine.table(name) for name in engine.tables()}
            return analysis_named(key).on(engine, tables, params, self.as_of())

    # --- small parts

    def local(self, now: datetime) -> datetime:
        """The moment as a naive datetime in the workspace's time zone."""
        return now.astimezone(self.settings.zone).replace(tzinfo=None)

    def _importer(self, engine: DuckEngine | None) -> Importer:
        loader = Loader(engine, self.settings, self.folder / "tmp")  # type: ignore[arg-type]
        return Importer(self.landing, loader, self.folder / "mappings")

    def _refresher(self, engine: DuckEngine, ledger: Ledger) -> Refresher:
        definitions = load_definitions(self.folder / "definitions")
        return Refresher(engine, ledger, self._pseudonym(), self._salt(), definitions)

    def _pseudonym(self) -> Pseudonym:
        return Pseudonym.of_workspace(self.folder)

    def _salt(self) -> bytes:
        """The secret that customer ids are made with; made once, and part of every backup."""
        path = self.folder / "secrets" / "customer_id.key"
        if not path.exists():
            path.write_bytes(token_bytes(32))
            path.chmod(0o600)
        return path.read_bytes()

    def _log_imports(self, reports: Sequence[ImportReport], now: datetime, actor: str) -> None:
        with Ledger.open(self.ledger_path) as ledger:
            for report in reports:
                body = {"import_id": report.import_id, "form": report.form, "rows_read": report.rows_read, "rows_quarantined": report.rows_quarantined}
                ledger.append("import.accepted", body, at=now, actor=actor)


def _published(engine: DuckEngine, name: str) -> ir.Table:
    if name not in engine.tables():
        raise InputError("workspace.never_refreshed")
    return engine.table(name)


def _done(engine: DuckEngine) -> set[str]:
    return {str(row["operation"]) for row in only(engine.arrow(engine.table("operation")))}
