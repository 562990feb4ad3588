"""Bringing one accepted operation into the lake: staged, judged against what is there, published in one transaction."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.collect.landing import Operation
from huaxiang.collect.reading import Reading, open_file
from huaxiang.collect.replaying import replayed
from huaxiang.collect.report import ImportReport, messages_json
from huaxiang.collect.staging import Staged, Stager
from huaxiang.collect.tally import conflicts, nobody, repair_counts, verdict_counts
from huaxiang.collect.told_elsewhere import without_known_orders
from huaxiang.collect.unfold import main_rows, side_rows
from huaxiang.collect.versions import verdicts, with_lineage
from huaxiang.collect.waiting import quarantine_rows
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.errors import InputError
from huaxiang.model.mapping import Mapping, forms
from huaxiang.model.operations import IMPORT
from huaxiang.model.quality import QualityRules, quality_rules
from huaxiang.model.tables import canonical_table
from huaxiang.settings import Settings
from huaxiang.words import Message

#: How the names of folders begin in which files are staged; a killed import leaves its folder behind.
STAGING = "import-"


@dataclass(frozen=True)
class _Judged:
    """The rows of an operation with their verdicts, what else they tell by table, and what is to be said about them."""

    main: ir.Table
    sides: dict[str, ir.Table]
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Loader:
    """Loads operations into the lake that ``engine`` writes; ``quality`` says which cells are mended."""

    engine: DuckEngine
    settings: Settings
    scratch: Path
    quality: QualityRules = field(default_factory=quality_rules)

    def load(self, operation: Operation, path: Path, *, dry_run: bool = False) -> ImportReport:
        """Read the original and publish its rows; nothing is published on a dry run.

        Raises :class:`InputError` when the file cannot be read to its end; nothing is published then.
        """
        mapping = operation.reading()
        reading = sheet_of(path, operation.sheet, operation.file_name)
        with self._folder() as folder:
            staged = self._stage(operation, mapping, reading, folder)
            judged = self._judge(operation, mapping, staged)
            report = self._report(operation, mapping, reading, staged, judged, dry_run)
            if not dry_run:
                self._publish(operation, staged, judged, report)
        return report

    def loaded(self) -> set[str]:
        """The names of the operations that the lake contains."""
        return {str(row["operation"]) for row in only(self.engine.arrow(self.engine.table("operation")))}

    def _stage(self, operation: Operation, mapping: Mapping, reading: Reading, folder: Path) -> Staged:
        fixes = {int(row): cells for row, cells in operation.fixes.items()} if operation.kind == "replay" else None
        now = datetime.fromisoformat(operation.known_at)
        stager = Stager(mapping, self.settings.timezone, now, operation.import_id, quality=self.quality)
        return stager.stage(reading, folder, fixes)

    def _judge(self, operation: Operation, mapping: Mapping, staged: Staged) -> _Judged:
        rows = self.engine.read_parquet([str(staged.rows)])
        main = self._verdicts(
            main_rows(rows, mapping, self.settings.currency), forms()[mapping.form].table, operation, mapping
        )
        taken = rows.semi_join(main.filter(main.verdict != "conflict"), "source_row")
        sides = side_rows(taken, mapping, self.settings.currency)
        sides, messages = without_known_orders(self.engine, sides, mapping)
        return _Judged(
            main, {name: self._verdicts(side, name, operation, mapping) for name, side in sides.items()}, messages
        )

    def _verdicts(self, rows: ir.Table, table: str, operation: Operation, mapping: Mapping) -> ir.Table:
        keyed = self.engine.keep(f"rows_{table}", with_lineage(rows, canonical_table(table), operation, mapping.source))
        place = ["source_row", "row_key"]
        found = verdicts(self.engine, keyed.select(*place, "row_hash"), table).select(*place, "verdict")
        return keyed.inner_join(self.engine.keep(f"verdict_{table}", found), place)

    def _report(
        self, operation: Operation, mapping: Mapping, reading: Reading, staged: Staged, judged: _Judged, dry_run: bool
    ) -> ImportReport:
        counts = verdict_counts(self.engine, judged.main)
        staged.waiting += conflicts(self.engine, judged.main)
        guests = nobody(self.engine, judged.main, mapping)
        waits = [Message("collect.rows_waiting", {"count": len(staged.waiting)})] if staged.waiting else []
        return ImportReport(
            import_id=operation.import_id,
            file_name=operation.file_name,
            sheet=operation.sheet,
            form=mapping.form,
            table=forms()[mapping.form].table,
            source=mapping.source,
            rows_read=staged.rows_read,
            rows_kept=counts["new", False],
            rows_repaired=counts["new", True],
            rows_quarantined=len(staged.waiting),
            rows_already_there=counts["already_there", False] + counts["already_there", True],
            rows_blank=staged.rows_blank,
            rows_without_customer=guests.count,
            amount_without_customer=guests.amount,
            reasons=dict(Counter(one.reason for one in staged.waiting)),
            repairs=repair_counts(self.engine, staged),
            messages=(*reading.messages, *staged.messages, *judged.messages, *guests.messages(), *waits),
            dry_run=dry_run,
        )

    def _publish(self, operation: Operation, staged: Staged, judged: _Judged, report: ImportReport) -> None:
        append = {name: _fresh(rows, name) for name, rows in {report.table: judged.main, **judged.sides}.items()}
        append["cell_issue"] = self.engine.read_parquet([str(staged.issues)])
        waiting = self.engine.bring("waiting", quarantine_rows(operation.import_id, staged.waiting))
        done = {"operation": [operation.name], "kind": [operation.kind], "import_id": [operation.import_id]}
        append["operation"] = self.engine.bring("done", pa.table(done))
        replace = {}
        if operation.kind == "import":
            append |= {
                "quarantine": waiting,
                "import": self.engine.bring("report", self._import_row(operation, report, judged)),
            }
        else:
            replace = replayed(self.engine, operation, report)
            replace["quarantine"] = replace["quarantine"].union(waiting)
        self.engine.publish({name: self.engine.keep(f"next_{name}", rows) for name, rows in replace.items()}, append)

    def _import_row(self, operation: Operation, report: ImportReport, judged: _Judged) -> pa.Table:
        main = judged.main
        span = only(self.engine.arrow(main.aggregate(first=main.occurred_at.min(), last=main.occurred_at.max())))[0]
        body = report.to_dict() | {
            "table_name": report.table,
            "sha256": operation.sha256,
            "known_at": datetime.fromisoformat(operation.known_at),
            "amount_without_customer": report.amount_without_customer,
            "first_occurred_at": span["first"],
            "last_occurred_at": span["last"],
            "messages": messages_json(report.messages),
            "mapping": json.dumps(operation.mapping, ensure_ascii=False),
        }
        return pa.Table.from_pylist([{name: body[name] for name in IMPORT}], schema=ibis.schema(IMPORT).to_pyarrow())

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp(prefix=STAGING, dir=self.scratch))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sheet_of(path: Path, sheet: str | None, file_name: str) -> Reading:
    """The sheet of that name (None: the only one) of a file."""
    readings = open_file(path)
    for reading in readings:
        if sheet is None or reading.sheet == sheet:
            return reading
    known = ", ".join(str(one.sheet) for one in readings)
    raise InputError("collect.no_such_sheet", file=file_name, given=sheet, known=known)


def _fresh(judged: ir.Table, name: str) -> ir.Table:
    return judged.filter(judged.verdict == "new").select(*canonical_table(name).columns)
