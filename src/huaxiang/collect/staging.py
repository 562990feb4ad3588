"""From the rows of a file to a staged Parquet file of typed fields, with every fault and repair written down."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping as Lookup
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from huaxiang.collect.convert import Converted, convert_column
from huaxiang.collect.convert.kinds import reader_for
from huaxiang.collect.extra import extra_json
from huaxiang.collect.parties import account_keys
from huaxiang.collect.reading import Reading
from huaxiang.model.mapping import Form, Mapping, SourceField, forms, source_fields
from huaxiang.model.operations import CELL_ISSUE

_SUBTOTAL = r"^\s*(合计|总计|小计|共计|汇总|total|grand total|subtotal)\s*[:：]?\s*\d*\s*(条|行|笔)?\s*$"
_ISSUE_SCHEMA = pa.schema([(name, pa.int64() if kind == "int64" else pa.string()) for name, kind in CELL_ISSUE.items()])


@dataclass(frozen=True)
class Waiting:
    """A row that cannot be taken as it is: why, and its text as it stood."""

    source_row: int
    field: str | None
    reason: str
    params: dict[str, Any]
    raw_text: str


@dataclass
class Staged:
    """What became of a file: the readable rows (Parquet), the cells mended or set aside (Parquet), the rows that wait."""

    rows: Path
    issues: Path
    waiting: list[Waiting] = field(default_factory=list)
    rows_read: int = 0
    rows_blank: int = 0


@dataclass(frozen=True)
class Stager:
    """Reads one sheet with one mapping."""

    mapping: Mapping
    zone: str
    now: datetime
    import_id: str

    @property
    def form(self) -> Form:
        """What a row of the file is."""
        return forms()[self.mapping.form]

    def stage(self, reading: Reading, folder: Path, fixes: Lookup[int, Lookup[str, str]] | None = None, only_fixed: bool = False) -> Staged:
        """Convert every row; ``fixes`` replaces cells by row number and header, ``only_fixed`` takes no other rows."""
        staged = Staged(folder / "rows.parquet", folder / "issues.parquet")
        schema = self._schema()
        with pq.ParquetWriter(staged.rows, schema) as rows, pq.ParquetWriter(staged.issues, _ISSUE_SCHEMA) as issues:
            for batch in _batches(reading, fixes or {}, only_fixed):
                self._one(batch, staged, rows, issues)
        refused = [one for one in reading.rejected if one.source_row not in (fixes or {}) and not only_fixed]
        staged.waiting += [Waiting(one.source_row, None, one.reason, dict(one.params), one.raw_text) for one in refused]
        staged.rows_read += len(refused)
        staged.rows_blank = 0 if only_fixed else reading.blank_rows
        return staged

    def _one(self, batch: pa.RecordBatch, staged: Staged, rows: pq.ParquetWriter, issues: pq.ParquetWriter) -> None:
        converted = {name: self._convert(name, batch) for name in self._mapped(batch)}
        reasons, fields = self._row_faults(batch, converted)
        good = pc.is_null(reasons)
        issues.write_table(self._issues(batch, converted, good))
        rows.write_table(self._rows(batch, converted).filter(good))
        staged.rows_read += batch.num_rows
        staged.waiting += _waiting(batch, reasons, fields)

    def _mapped(self, batch: pa.RecordBatch) -> list[str]:
        names = set(batch.schema.names)
        return [name for name in self.form.all_fields if self.mapping.header_of(name) in names]

    def _convert(self, name: str, batch: pa.RecordBatch) -> Converted:
        reader = reader_for(source_fields()[name], self.mapping, zone=self.zone, now=self.now)
        return convert_column(batch.column(self.mapping.header_of(name)), reader)

    def _row_faults(self, batch: pa.RecordBatch, converted: dict[str, Converted]) -> tuple[pa.Array, pa.Array]:
        """Per row the first reason that keeps it out, and the field that it lies in."""
        nothing = pa.nulls(batch.num_rows, pa.string())
        reasons, fields = nothing, nothing
        for reason, name in [(_subtotals(batch), None), *self._field_faults(converted)]:
            fresh = pc.and_(pc.is_null(reasons), pc.is_valid(reason))
            reasons = pc.if_else(fresh, reason, reasons)
            fields = pc.if_else(fresh, pa.scalar(name, pa.string()), fields)
        return reasons, fields

    def _field_faults(self, converted: dict[str, Converted]) -> Iterator[tuple[pa.Array, str]]:
        required = {self.form.field_of(name) for name in _required(self.form)}
        for name, column in converted.items():
            spec: SourceField = source_fields()[name]
            if spec.on_bad == "quarantine":
                yield column.faults, name
            if name in required:
                missing = pc.and_(pc.is_null(column.values), pc.is_null(column.faults))
                yield pc.if_else(missing, pa.scalar("required_missing"), pa.scalar(None, pa.string())), name

    def _issues(self, batch: pa.RecordBatch, converted: dict[str, Converted], good: pa.Array) -> pa.Table:
        parts = [_ISSUE_SCHEMA.empty_table()]
        for name, column in converted.items():
            raw = batch.column(self.mapping.header_of(name))
            for codes, handling in ((column.repairs, "repaired"), (column.faults, "set_aside")):
                if codes.null_count < len(codes):
                    parts.append(_issue_rows(batch, raw, codes, pc.and_(good, pc.is_valid(codes)), name, handling, self.import_id))
        return pa.concat_tables(parts)

    def _rows(self, batch: pa.RecordBatch, converted: dict[str, Converted]) -> pa.Table:
        columns: dict[str, pa.Array] = {}
        for name in self.form.all_fields:
            kind = self._type(name)
            columns[name] = converted[name].values.cast(kind) if name in converted else pa.nulls(batch.num_rows, kind)
        columns["account_key"] = account_keys(columns, self.mapping.source, batch.num_rows)
        columns["extra"] = extra_json(batch, {self.mapping.header_of(name) for name in converted} - {None})
        columns["source_row"] = batch.column("source_row")
        columns["is_repaired"] = _any(batch.num_rows, converted)
        return pa.table(columns)

    def _schema(self) -> pa.Schema:
        fields = [pa.field(name, self._type(name)) for name in self.form.all_fields]
        extra = [("account_key", pa.string()), ("extra", pa.string()), ("source_row", pa.int64()), ("is_repaired", pa.bool_())]
        return pa.schema([*fields, *(pa.field(*pair) for pair in extra)])

    def _type(self, name: str) -> pa.DataType:
        return reader_for(source_fields()[name], self.mapping, zone=self.zone, now=self.now).type


def _required(form: Form) -> list[str]:
    from huaxiang.model.tables import canonical_table

    derived = {"order_status", "payment_status", "payment_kind", "event_family", "feedback_kind"}
    table = canonical_table(form.table)
    names = [name for name, column in table.own_columns.items() if column.required and name not in derived]
    when = form.columns.get("occurred_at")
    return [*names, *(["occurred_at"] if when and source_fields()[when].on_bad == "quarantine" else [])]


def _batches(reading: Reading, fixes: Lookup[int, Lookup[str, str]], only_fixed: bool) -> Iterator[pa.RecordBatch]:
    for batch in reading.batches():
        if not fixes:
            yield batch
            continue
        numbers = batch.column("source_row")
        touched = pc.is_in(numbers, value_set=pa.array(list(fixes), pa.int64()))
        if not only_fixed:
            yield batch.filter(pc.invert(touched))
        if pc.any(touched).as_py():
            yield _mended(batch.filter(touched), fixes)
    refused = [one for one in reading.rejected if one.source_row in fixes]
    if refused:
        empty = [{name: None for name in reading.header} | {"source_row": one.source_row} for one in refused]
        schema = pa.schema([*((name, pa.string()) for name in reading.header), ("source_row", pa.int64())])
        yield _mended(pa.RecordBatch.from_pylist(empty, schema), fixes)


def _mended(batch: pa.RecordBatch, fixes: Lookup[int, Lookup[str, str]]) -> pa.RecordBatch:
    rows = [row | dict(fixes[row["source_row"]]) for row in batch.to_pylist()]
    return pa.RecordBatch.from_pylist(rows, batch.schema)


def _subtotals(batch: pa.RecordBatch) -> pa.Array:
    found = pa.repeat(pa.scalar(False), batch.num_rows)
    for name in [name for name in batch.schema.names if name != "source_row"][:2]:
        found = pc.or_(found, pc.fill_null(pc.match_substring_regex(batch.column(name), _SUBTOTAL, ignore_case=True), False))
    return pc.if_else(found, pa.scalar("subtotal_row"), pa.scalar(None, pa.string()))


def _issue_rows(batch: pa.RecordBatch, raw: pa.Array, codes: pa.Array, mask: pa.Array, name: str, handling: str, import_id: str) -> pa.Table:
    numbers, reasons, texts = (column.filter(mask) for column in (batch.column("source_row"), codes, raw.cast(pa.string())))
    count = len(numbers)
    same = {"import_id": import_id, "field": name, "handling": handling}
    columns = {"source_row": numbers, "reason": reasons, "raw_value": texts, **{k: pa.repeat(pa.scalar(v), count) for k, v in same.items()}}
    return pa.table([columns[item] for item in _ISSUE_SCHEMA.names], schema=_ISSUE_SCHEMA)


def _any(count: int, converted: dict[str, Converted]) -> pa.Array:
    touched = pa.repeat(pa.scalar(False), count)
    for column in converted.values():
        for codes in (column.repairs, column.faults):
            if codes.null_count < count:
                touched = pc.or_(touched, pc.is_valid(codes))
    return touched


def _waiting(batch: pa.RecordBatch, reasons: pa.Array, fields: pa.Array) -> list[Waiting]:
    bad = pc.is_valid(reasons)
    if not pc.any(bad).as_py():
        return []
    rows = batch.filter(bad).to_pylist()
    codes, names = reasons.filter(bad).to_pylist(), fields.filter(bad).to_pylist()
    return [
        Waiting(row.pop("source_row"), name, code, {}, json.dumps(row, ensure_ascii=False)) for row, code, name in zip(rows, codes, names, strict=True)
    ]
