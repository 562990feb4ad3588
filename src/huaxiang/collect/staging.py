"""From the rows of a file to a staged Parquet file of typed fields, with every fault and repair written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from huaxiang.collect.cell_issues import ISSUE_SCHEMA, cell_issues, is_touched
from huaxiang.collect.convert import Converted, Reader, convert_column
from huaxiang.collect.convert.column import leaving
from huaxiang.collect.convert.kinds import reader_for
from huaxiang.collect.convert.usual import UsualForms
from huaxiang.collect.extra import extra_json
from huaxiang.collect.mended import Fixes, mended_rows
from huaxiang.collect.parties import account_keys
from huaxiang.collect.reading import Reading
from huaxiang.collect.row_faults import row_faults
from huaxiang.collect.waiting import Waiting, refused, unreadable
from huaxiang.model.mapping import Form, Mapping, forms, source_fields
from huaxiang.model.quality import QualityRules, quality_rules
from huaxiang.words import Message


@dataclass
class Staged:
    """What became of a file: the readable rows (Parquet), the cells mended or set aside, the rows that wait."""

    rows: Path
    issues: Path
    waiting: list[Waiting] = field(default_factory=list)
    rows_read: int = 0
    rows_blank: int = 0
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Stager:
    """Reads one sheet with one mapping, once."""

    mapping: Mapping
    zone: str
    now: datetime
    import_id: str
    usual: UsualForms = field(default_factory=UsualForms)
    quality: QualityRules = field(default_factory=quality_rules)

    @property
    def form(self) -> Form:
        """What a row of the file is."""
        return forms()[self.mapping.form]

    @cached_property
    def readers(self) -> dict[str, Reader]:
        """How the cells of each field of the form are read."""
        settings = {"mapping": self.mapping, "zone": self.zone, "now": self.now}
        return {
            name: leaving(reader_for(source_fields()[name], **settings), self.quality.not_mended(name))  # type: ignore[arg-type]
            for name in self.form.all_fields
        }

    def stage(self, reading: Reading, folder: Path, fixes: Fixes | None = None) -> Staged:
        """Convert every row, or with ``fixes`` only the rows in them, with their cells by row number and header."""
        staged = Staged(folder / "rows.parquet", folder / "issues.parquet")
        batches = reading.batches() if fixes is None else mended_rows(reading, fixes)
        with (
            pq.ParquetWriter(staged.rows, self._schema()) as rows,
            pq.ParquetWriter(staged.issues, ISSUE_SCHEMA) as issues,
        ):
            for batch in batches:
                self._one(batch, staged, rows, issues)
        if fixes is None:
            staged.waiting += unreadable(reading.rejected)
            staged.rows_read += len(reading.rejected)
            staged.rows_blank = reading.blank_rows
        staged.messages = self.usual.messages()
        return staged

    def _one(self, batch: pa.RecordBatch, staged: Staged, rows: pq.ParquetWriter, issues: pq.ParquetWriter) -> None:
        converted = {name: self._convert(name, batch) for name in self._mapped(batch)}
        reasons, fields = row_faults(batch, converted, self.form)
        kept = pc.is_null(reasons)
        for name, column in converted.items():
            raw = batch.column(self.mapping.header_of(name))
            issues.write_table(cell_issues(batch.column("source_row"), raw, name, column, kept, self.import_id))
        rows.write_table(self._rows(batch, converted).filter(kept))
        staged.rows_read += batch.num_rows
        staged.waiting += refused(batch, reasons, fields)

    def _mapped(self, batch: pa.RecordBatch) -> list[str]:
        names = set(batch.schema.names)
        return [name for name in self.form.all_fields if self.mapping.header_of(name) in names]

    def _convert(self, name: str, batch: pa.RecordBatch) -> Converted:
        header = str(self.mapping.header_of(name))
        raw = batch.column(header)
        return self.usual.settle(source_fields()[name], header, raw, convert_column(raw, self.readers[name]))

    def _rows(self, batch: pa.RecordBatch, converted: dict[str, Converted]) -> pa.Table:
        columns: dict[str, pa.Array] = {}
        for name, reader in self.readers.items():
            columns[name] = converted[name].values if name in converted else pa.nulls(batch.num_rows, reader.type)
        columns["account_key"] = account_keys(columns, self.mapping.source, batch.num_rows)
        columns["extra"] = extra_json(batch, {str(self.mapping.header_of(name)) for name in converted})
        columns["source_row"] = batch.column("source_row")
        columns["is_repaired"] = is_touched(batch.num_rows, converted.values())
        return pa.table(columns)

    def _schema(self) -> pa.Schema:
        fields = [pa.field(name, reader.type) for name, reader in self.readers.items()]
        extra = [
            ("account_key", pa.string()),
            ("extra", pa.string()),
            ("source_row", pa.int64()),
            ("is_repaired", pa.bool_()),
        ]
        return pa.schema([*fields, *(pa.field(*pair) for pair in extra)])
