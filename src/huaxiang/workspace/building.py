"""What changes a workspace: import, mend, refresh, rebuild. One process at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from huaxiang.analyse.document_facts import latest_state
from huaxiang.collect.history import require_waiting
from huaxiang.collect.importing import Importer, Look
from huaxiang.collect.load import Loader
from huaxiang.collect.report import ImportReport
from huaxiang.engine import DuckEngine, Engine, Lake, building
from huaxiang.engine.choice import computing
from huaxiang.errors import EngineError
from huaxiang.ledger import Ledger, Pseudonym
from huaxiang.maintain.bookkeeping import Bookkeeper
from huaxiang.maintain.cleanup import sweep
from huaxiang.maintain.definitions import load_definitions
from huaxiang.maintain.kept_history import Histories
from huaxiang.maintain.match_models import MatchModels
from huaxiang.maintain.profile_step import DEFAULT_INCREMENTS, Increments
from huaxiang.maintain.purposes import permitted
from huaxiang.maintain.rebuild import next_generation, put_in_place, rebuild
from huaxiang.maintain.refresh import Refreshed, Refresher, Secrets
from huaxiang.maintain.serving import serve_points
from huaxiang.maintain.steps import Progress
from huaxiang.model.mapping import Mapping
from huaxiang.model.tables import canonical_tables
from huaxiang.present.document.editions import Edition, publish_edition
from huaxiang.workspace.lists import Lists


class Building(Lists):
    """A workspace that is written to. ``now`` is always given by the caller, as an aware datetime.

    ``increments`` says when a refresh computes again only those about whom something changed."""

    increments: Increments = DEFAULT_INCREMENTS

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
            if dry_run:
                return importer.run(looks, now, dry_run=True, progress=progress)
            with self._books(engine) as books:
                self._catch_up(importer, books, now)
                serve_points(engine)  # those of a refresh that was killed as soon as it was published
                try:
                    return importer.run(looks, now, actor=actor, progress=progress)
                finally:
                    books.log_operations()

    def replay(
        self, import_id: str, fixes: dict[int, dict[str, str]], now: datetime, *, actor: str = "local"
    ) -> ImportReport:
        """Read again rows of an import that a person mended: ``fixes`` is row number to header to text. The mended text
        is kept with the landing; the ledger says who mended which row, when."""
        with self._building("replay", now) as engine, self._books(engine) as books:
            importer = self._importer(engine)
            self._catch_up(importer, books, now)
            require_waiting(engine, import_id, fixes)
            report = importer.replay(import_id, fixes, now, actor=actor)
            books.log_operations()
            return report

    def refresh(
        self,
        now: datetime,
        as_of: date | None = None,
        *,
        actor: str = "local",
        progress: Progress | None = None,
        full: bool = False,
    ) -> Refreshed:
        """Bring customers, facts, profiles and RFM up to the end of ``as_of`` (default: the last day with data).

        Tags of customers about whom nothing changed are taken over where that is quicker, unless ``full``. The result
        is the same, but that where a day is refreshed again tags that look at others stay as first computed for it.
        The results that stood before are kept until the next refresh, for those who are reading them."""
        with self._building("refresh", now) as engine, self._books(engine) as books:
            self._catch_up(self._importer(engine), books, now)
            before = engine.snapshot()
            with computing(self.settings, engine) as computer:
                refresher = self._refresher(computer, books.ledger)
                done = refresher.run(as_of, now, self.local(now), actor, progress, full=full)
            serve_points(engine)
            engine.forget({before, done.snapshot})
            return done

    def document(self, now: datetime, *, actor: str = "local") -> Edition:
        """Publish an edition of the document for the latest refresh; the latest edition again when nothing changed."""
        lock = building(self.folder / "tmp" / "builder.lock", "document", now)
        with lock, self.reading() as engine, Ledger.open(self.ledger_path) as ledger:
            defined = self.definitions
            known = defined.tags, defined.segments, defined.version, self.list_tables(engine)
            state = latest_state(engine, ledger, self.settings, *known)
            return publish_edition(self.folder / "editions", self.settings.name, state, ledger, now, actor)

    def rebuild(self, now: datetime, *, progress: Progress | None = None) -> Refreshed | None:
        """Make the lake again from landing, ledger and definitions; the old one stands until the new one is whole."""
        with self._turn("rebuild", now), Ledger.open(self.ledger_path) as ledger:
            self._level_with_old_lake(now)
            root = self.folder / "lake"
            lake = replace(self.lake, folder=next_generation(root))
            done = rebuild(lake, self._importer, lambda engine: self._refresher(engine, ledger), ledger, progress)
            self._serve(lake)
            put_in_place(root, lake.folder)
            return done

    def _serve(self, lake: Lake) -> None:
        engine = DuckEngine(lake)
        try:
            serve_points(engine)
        finally:
            engine.close()

    @contextmanager
    def _turn(self, work: str, now: datetime) -> Iterator[None]:
        scratch = self.folder / "tmp"
        with building(scratch / "builder.lock", work, now):
            sweep(scratch, self.landing, self.folder / "lake")
            yield

    @contextmanager
    def _building(self, work: str, now: datetime) -> Iterator[DuckEngine]:
        with self._turn(work, now):
            engine = DuckEngine(self.lake)
            if not canonical_tables().keys() <= set(engine.tables()):
                self.lake.create()  # an earlier program made it without the tables that came since
            try:
                yield engine
            finally:
                engine.close()

    @contextmanager
    def _books(self, engine: DuckEngine) -> Iterator[Bookkeeper]:
        with Ledger.open(self.ledger_path) as ledger:
            yield Bookkeeper(engine, ledger, self.landing, Pseudonym.of_workspace(self.folder), self.settings.zone)

    def _catch_up(self, importer: Importer, books: Bookkeeper, now: datetime) -> None:
        """Finish what a killed build had accepted, and write down what it had published."""
        importer.finish_pending()
        books.level(now)

    def _level_with_old_lake(self, now: datetime) -> None:
        try:
            with self.reading() as engine, self._books(engine) as books:
                books.level(now)
        except EngineError:
            return  # a lake that cannot be read is one reason to rebuild

    def _importer(self, engine: DuckEngine | None) -> Importer:
        loader = Loader(engine, self.settings, self.folder / "tmp", self.definitions.quality)  # type: ignore[arg-type]
        return Importer(self.landing, loader, self.folder / "mappings")

    def _refresher(self, engine: Engine, ledger: Ledger) -> Refresher:
        definitions = load_definitions(self.folder / "definitions", permitted(ledger))
        models = MatchModels(self.models_folder, ledger)
        secrets = Secrets(Pseudonym.of_workspace(self.folder), self.salt(), self.hash_keys())
        history = Histories.of(self.landing.folder, ledger)
        history.sweep()
        zone, increments = self.settings.zone, self.increments
        return Refresher(engine, ledger, secrets, definitions, models, history, self.list_tables, zone, increments)
