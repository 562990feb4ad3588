"""What changes a workspace: import, mend, refresh, rebuild. One process at a time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from huaxiang.collect.importing import Importer, Look
from huaxiang.collect.load import Loader
from huaxiang.collect.report import ImportReport
from huaxiang.engine import DuckEngine, building
from huaxiang.engine.interface import only
from huaxiang.ledger import Ledger, Pseudonym
from huaxiang.maintain.definitions import load_definitions
from huaxiang.maintain.rebuild import put_in_place, rebuild
from huaxiang.maintain.refresh import Progress, Refreshed, Refresher
from huaxiang.model.mapping import Mapping
from huaxiang.workspace.folder import Folder


class Building(Folder):
    """A workspace that is written to. ``now`` is always given by the caller, as an aware datetime."""

    def look(self, path: Path | str, *, form: str | None = None, mapping: Mapping | None = None) -> list[Look]:
        """How the sheets of a file would be read; nothing is imported."""
        return self._importer(None).look(Path(path), form=form, mapping=mapping)

    def import_files(
        self,
        looks: Sequence[Look],
        now: datetime,
        *,
        actor: str = "local",
        dry_run: bool = False,
        progress: Progress | None = None,
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

    def replay(
        self, import_id: str, fixes: dict[int, dict[str, str]], now: datetime, *, actor: str = "local"
    ) -> ImportReport:
        """Read again rows of an import that a person mended: ``fixes`` is row number to header to text. The mended text
        is kept with the landing; the ledger says who mended which row, when."""
        with self._building("replay", now) as engine:
            importer = self._importer(engine)
            importer.finish_pending(_done(engine))
            report = importer.replay(import_id, fixes, now)
        with Ledger.open(self.ledger_path) as ledger:
            for row in sorted(fixes):
                body = {
                    "quarantine_id": f"{import_id}/{row}",
                    "headers": sorted(fixes[row]),
                    "operation": report.import_id,
                }
                ledger.append("quarantine.fixed", body, at=now, actor=actor)
        return report

    def refresh(
        self, now: datetime, as_of: date | None = None, *, actor: str = "local", progress: Progress | None = None
    ) -> Refreshed:
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

    @contextmanager
    def _building(self, work: str, now: datetime) -> Iterator[DuckEngine]:
        with building(self.folder / "tmp" / "builder.lock", work, now):
            engine = DuckEngine(self.lake)
            try:
                yield engine
            finally:
                engine.close()

    def _importer(self, engine: DuckEngine | None) -> Importer:
        loader = Loader(engine, self.settings, self.folder / "tmp")  # type: ignore[arg-type]
        return Importer(self.landing, loader, self.folder / "mappings")

    def _refresher(self, engine: DuckEngine, ledger: Ledger) -> Refresher:
        definitions = load_definitions(self.folder / "definitions")
        return Refresher(engine, ledger, Pseudonym.of_workspace(self.folder), self.salt(), definitions)

    def _log_imports(self, reports: Sequence[ImportReport], now: datetime, actor: str) -> None:
        with Ledger.open(self.ledger_path) as ledger:
            for report in reports:
                body = {
                    "import_id": report.import_id,
                    "form": report.form,
                    "rows_read": report.rows_read,
                    "rows_quarantined": report.rows_quarantined,
                }
                ledger.append("import.accepted", body, at=now, actor=actor)


def _done(engine: DuckEngine) -> set[str]:
    return {str(row["operation"]) for row in only(engine.arrow(engine.table("operation")))}
