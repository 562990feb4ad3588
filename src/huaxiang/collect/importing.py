"""The import of files: look, propose a mapping, land, load."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping as Lookup, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from huaxiang.collect.landing import Landing, Operation, file_sha256
from huaxiang.collect.load import Loader
from huaxiang.collect.match import propose
from huaxiang.collect.reading import Reading, open_file
from huaxiang.collect.report import ImportReport
from huaxiang.errors import InputError, NotFound, nearest
from huaxiang.model.mapping import Mapping, forms
from huaxiang.words import Message

_SAMPLE_ROWS = 500

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Look:
    """What a sheet looks like before it is imported: its mapping, and the first rows as a person sees them."""

    path: Path
    sheet: str | None
    mapping: Mapping
    header: tuple[str, ...]
    rows: list[dict[str, str]]
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Importer:
    """Imports into one workspace: its landing, its loader, and the mappings that people saved there."""

    landing: Landing
    loader: Loader
    saved_mappings: Path

    def look(self, path: Path, *, form: str | None = None, mapping: Mapping | None = None) -> list[Look]:
        """How each sheet of a file would be read. Raises :class:`InputError` for a file that cannot be read or that
        no form fits."""
        return [self._look_at(path, reading, form, mapping) for reading in open_file(path)]

    def run(
        self,
        looks: Sequence[Look],
        now: datetime,
        *,
        actor: str = "local",
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> list[ImportReport]:
        """Import what was looked at, in the given order. A sheet that was imported before adds nothing and says so."""
        reports = []
        for number, look in enumerate(looks):
            if progress:
                progress(look.path.name, number, len(looks))
            reports.append(self._one(look, now, actor, dry_run))
        return reports

    def finish_pending(self, progress: Progress | None = None) -> list[ImportReport]:
        """Load every accepted operation that the lake does not contain yet, in order."""
        done = self.loader.loaded()
        waiting = [one for one in self.landing.operations() if one.name not in done]
        reports = []
        for number, one in enumerate(waiting):
            if progress:
                progress(one.file_name, number, len(waiting))
            reports.append(self.loader.load(one, self.landing.file_of(one)))
        return reports

    def replay(
        self, import_id: str, fixes: Lookup[int, Lookup[str, str]], now: datetime, *, actor: str = "local"
    ) -> ImportReport:
        """Read rows of an import again with the cells that a person mended; a row that still fails waits on."""
        first = next((one for one in self.landing.operations() if one.name == import_id), None)
        if first is None:
            known = [one.name for one in self.landing.operations() if one.kind == "import"]
            raise NotFound("collect.no_such_import", given=import_id, nearest=nearest(import_id, known))
        name = f"{self.landing.next_number():06d}-replay"
        mended = {str(row): dict(cells) for row, cells in sorted(fixes.items())}
        operation = replace(first, name=name, kind="replay", known_at=self._local(now), fixes=mended, actor=actor)
        return self._accepted(operation)

    def _look_at(self, path: Path, reading: Reading, form: str | None, mapping: Mapping | None) -> Look:
        first = _first_rows(reading)
        sample = {name: [str(value) for value in first.column(name).to_pylist()] for name in reading.header}
        source = source_of(path, reading.sheet)
        chosen = mapping or self._saved(reading.header) or propose(reading.header, sample, source, form)
        missing = [match.header for match in chosen.columns.values() if match.header not in reading.header]
        if missing:
            raise InputError("mapping.header_missing", file=path.name, missing=", ".join(missing), header=", ".join(reading.header))
        return Look(path, reading.sheet, chosen, reading.header, first.slice(0, 20).to_pylist(), reading.messages)

    def _one(self, look: Look, now: datetime, actor: str, dry_run: bool) -> ImportReport:
        digest = file_sha256(look.path) if dry_run else self.landing.store(look.path)
        before = self.landing.import_operation(digest, look.sheet, look.mapping)
        if before:
            return _nothing_new(before, look)
        number = self.landing.next_number()
        name = f"{number:06d}-{digest[:8]}"
        mapping = look.mapping.model_dump(mode="json")
        operation = Operation(
            name, "import", name, digest, look.path.name, look.sheet, self._local(now), mapping, actor=actor
        )
        return self.loader.load(operation, look.path, dry_run=True) if dry_run else self._accepted(operation)

    def _accepted(self, operation: Operation) -> ImportReport:
        """Accept and load. What fails or is cancelled is taken back; what is killed is loaded by the next build."""
        self.landing.accept(operation)
        try:
            return self.loader.load(operation, self.landing.file_of(operation))
        except BaseException:
            if operation.name not in self.loader.loaded():
                self.landing.withdraw(operation)
            raise

    def _local(self, now: datetime) -> str:
        return now.astimezone(self.loader.settings.zone).replace(tzinfo=None).isoformat(timespec="seconds")

    def save_mapping(self, look: Look, mapping: Mapping) -> Path:
        """Keep a mapping for every later file with the same header."""
        self.saved_mappings.mkdir(parents=True, exist_ok=True)
        path = self.saved_mappings / f"{source_of(look.path, look.sheet)}.yaml"
        path.write_text(mapping.to_yaml(), encoding="utf-8")
        return path

    def _saved(self, header: Sequence[str]) -> Mapping | None:
        for path in sorted(self.saved_mappings.glob("*.yaml")):
            mapping = Mapping.from_yaml(path.read_text(encoding="utf-8"), str(path))
            if {match.header for match in mapping.columns.values()} <= set(header):
                return mapping
        return None


def source_of(path: Path, sheet: str | None) -> str:
    """The name of a source account from a file's name: dates, part numbers and copies do not make a new source."""
    stem = path.name.split(".")[0]
    bare = re.sub(r"([_\-\s(（]*(part|copy|副本|第)?[_\-\s]*\d+[月日年期号\])）]*)+$", "", stem, flags=re.I).strip(" _-")
    name = bare or stem
    return f"{name}/{sheet}" if sheet and not re.match(r"^(sheet|工作表)\s*\d*$", sheet, re.I) else name


def _first_rows(reading: Reading) -> pa.Table:
    for batch in reading.batches(_SAMPLE_ROWS):
        return pa.Table.from_batches([batch]).select(list(reading.header))
    return pa.table({name: pa.array([], pa.string()) for name in reading.header})


def _nothing_new(before: Operation, look: Look) -> ImportReport:
    return ImportReport(
        import_id=before.import_id, file_name=look.path.name, sheet=look.sheet, form=look.mapping.form, table=forms()[look.mapping.form].table,
        source=look.mapping.source, rows_read=0, rows_kept=0, rows_repaired=0, rows_quarantined=0, rows_already_there=0, rows_blank=0,
        rows_without_customer=0, amount_without_customer=None, reasons={}, repairs={},
        messages=(Message("collect.same_file", {"file": look.path.name, "known_at": before.known_at}),),
    )  # fmt: skip
