"""What keeps a whole row out: a subtotal line, an empty cell that is needed, a cell that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Lookup

import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.collect.convert import Converted
from huaxiang.model.mapping import Form, source_fields
from huaxiang.model.tables import canonical_table

_SUBTOTAL = r"^\s*(合计|总计|小计|共计|汇总|total|grand total|subtotal)\s*[:：]?\s*\d*\s*(条|行|笔)?\s*$"
#: Columns that are worked out when no field fills them.
_WORKED_OUT = frozenset({"order_status", "payment_status", "payment_kind", "event_family", "feedback_kind"})


def row_faults(batch: pa.RecordBatch, converted: Lookup[str, Converted], form: Form) -> tuple[pa.Array, pa.Array]:
    """Per row the first reason that keeps it out, and the field that it lies in; both null for a good row."""
    reasons = fields = pa.nulls(batch.num_rows, pa.string())
    for reason, name in [(_subtotals(batch), None), *_field_faults(converted, form)]:
        if reason.null_count == len(reason):
            continue
        fresh = pc.and_(pc.is_null(reasons), pc.is_valid(reason))
        reasons = pc.if_else(fresh, reason, reasons)
        fields = pc.if_else(fresh, pa.scalar(name, pa.string()), fields)
    return reasons, fields


def _field_faults(converted: Lookup[str, Converted], form: Form) -> Iterator[tuple[pa.Array, str]]:
    required = {form.field_of(name) for name in _required(form)}
    for name, column in converted.items():
        if source_fields()[name].on_bad == "quarantine":
            yield column.faults, name
        if name in required:
            missing = pc.and_(pc.is_null(column.values), pc.is_null(column.faults))
            yield _coded(missing, "required_missing"), name


def _required(form: Form) -> list[str]:
    table = canonical_table(form.table)
    names = [name for name, column in table.own_columns.items() if column.required and name not in _WORKED_OUT]
    when = form.columns.get("occurred_at")
    return [*names, *(["occurred_at"] if when and source_fields()[when].on_bad == "quarantine" else [])]


def _subtotals(batch: pa.RecordBatch) -> pa.Array:
    found = pa.repeat(pa.scalar(False), batch.num_rows)
    for name in [name for name in batch.schema.names if name != "source_row"][:2]:
        hits = pc.match_substring_regex(batch.column(name), _SUBTOTAL, ignore_case=True)
        found = pc.or_(found, pc.fill_null(hits, False))
    return _coded(found, "subtotal_row")


def _coded(mask: pa.Array, code: str) -> pa.Array:
    return pc.if_else(mask, pa.scalar(code), pa.scalar(None, pa.string()))
