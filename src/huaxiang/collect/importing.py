"""The import of files: look, land, load; and reading again the rows that a person mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from huaxiang.collect.landing import Landing, Operation, file_sha256
from huaxiang.collect.load import Loader, sheet_of
from huaxiang.collect.looking import Look, look_at_file
from huaxiang.collect.replaying import check_fixes
from huaxiang.collect.report import ImportReport
from huaxiang.collect.saved_mappings import SavedMappings, source_of
from huaxiang.errors import NotFound, nearest
from huaxiang.model.mapping import Mapping, forms
from huaxiang.words import Message

__all__ = ["Importer", "Look", "Progress", "source_of"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Importer:
    """Imports into one workspace: its landing, its loader, and the mappings that people saved there."""

    landing: Landing
    loader: Loader
    saved_mappings: Path

    def look(self, path: Path, *, form: str | None = None, mapping: Mapping | None = None) -> list[Look]:
        """How each sheet of a file would be read; a sheet that no form fits is left out and told of in a message.

        Raises :class:`InputError` for a file that cannot be read, of which no sheet is understood, or that lacks what
        the given form or mapping needs."""
        return look_at_file(path, SavedMappings(self.saved_mappings).find, form, mapping)

    def run(
        self,
        looks: Sequence[Look],
        now: datetime,
        *,
        actor: str = "local",
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> list[ImportReport]:
        """Import what was looked at; the reports come in the given order. A sheet that was imported before adds nothing
        and says so."""
        reports: dict[int, ImportReport] = {}
        for done, place in enumerate(_orders_before_lines(looks)):
            if progress:
                progress(looks[place].path.name, done, len(looks))
            reports[place] = self._one(looks[place], now, actor, dry_run)
        return [reports[place] for place in sorted(reports)]

    def finish_pending(self, progress: Progress | None = None) -> list[ImportReport]:
        """Load every accepted operation that the lake does not contain yet, in order."""
        done = self.loader.loaded()
        waiting = [one for one in self.landing.operations() if one.name not in done]
        reports = []
        for number, one in enumerate(waiting):
            if progress:
                progress(one.file_name, number, len(waiting))
            reports.append(self._loaded(one))
        return reports

    def replay(
        self, import_id: str, fixes: Lookup[int, Lookup[str, str]], now: datetime, *, actor: str = "local"
    ) -> ImportReport:
        """Read rows of an import again with the cells that a person mended; a row that still fails waits on.

        Raises :class:`NotFound` for an import, row or header that is not there."""
        first = next((one for one in self.landing.operations() if one.name == import_id), None)
        if first is None:
            known = [one.name for one in self.landing.operations() if one.kind == "import"]
            raise NotFound("collect.no_such_import", given=import_id, nearest=nearest(import_id, known))
        reading = sheet_of(self.landing.file_of(first), first.sheet, first.file_name)
        check_fixes(self.loader.engine, import_id, fixes, reading.header)
        name = f"{self.landing.next_number():06d}-replay"
        mended = {str(row): dict(cells) for row, cells in sorted(fixes.items())}
        operation = replace(first, name=name, kind="replay", known_at=self._local(now), fixes=mended, actor=actor)
        self.landing.accept(operation)
        return self._loaded(operation)

    def save_mapping(self, look: Look, mapping: Mapping) -> Path:
        """Keep a mapping for every later file of the same source or with the same headers."""
        return SavedMappings(self.saved_mappings).save(mapping, source_of(look.path, look.sheet), look.header)

    def _one(self, look: Look, now: datetime, actor: str, dry_run: bool) -> ImportReport:
        digest = file_sha256(look.path) if dry_run else self.landing.store(look.path)
        before = self.landing.import_operation(digest, look.sheet, look.mapping)
        if before:
            return _nothing_new(before, look)
        name = f"{self.landing.next_number():06d}-{digest[:8]}"
        mapping = look.mapping.model_dump(mode="json")
        operation = Operation(
            name, "import", name, digest, look.path.name, look.sheet, self._local(now), mapping, actor=actor
        )
        if dry_run:
            return self.loader.load(operation, look.path, dry_run=True)
        self.landing.accept(operation)
        return self._loaded(operation)

    def _loaded(self, operation: Operation) -> ImportReport:
        """Load what was accepted. What fails or is cancelled is taken back, so that it does not stand in the way of all
        that follows; what is killed is loaded by the next build."""
        try:
            return self.loader.load(operation, self.landing.file_of(operation))
        except BaseException:
            if operation.name not in self.loader.loaded():
                self.landing.withdraw(operation)
            raise

    def _local(self, now: datetime) -> str:
        return now.astimezone(self.loader.settings.zone).replace(tzinfo=None).isoformat(timespec="seconds")


def _orders_before_lines(looks: Sequence[Look]) -> list[int]:
    """Places in the order of loading: lines come last, so that the orders that they belong to are known."""
    return sorted(range(len(looks)), key=lambda place: looks[place].mapping.form == "order_line")


def _nothing_new(before: Operation, look: Look) -> ImportReport:
    return ImportReport(
        import_id=before.import_id,
        file_name=look.path.name,
        sheet=look.sheet,
        form=look.mapping.form,
        table=forms()[look.mapping.form].table,
        source=look.mapping.source,
        rows_read=0,
        rows_kept=0,
        rows_repaired=0,
        rows_quarantined=0,
        rows_already_there=0,
        rows_blank=0,
        rows_without_customer=0,
        amount_without_customer=None,
        reasons={},
        repairs={},
        messages=(Message("collect.same_file", {"file": look.path.name, "known_at": before.known_at}),),
    )
