"""Rows that cannot be taken as they are: why, and their text as it stood."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.collect.reading import RejectedRow
from huaxiang.model.operations import QUARANTINE


@dataclass(frozen=True)
class Waiting:
    """One row in quarantine: its number in the file, the field that it fails in (None: the row as a whole), the reason
    code with its values, and its text."""

    source_row: int
    field: str | None
    reason: str
    params: dict[str, Any]
    raw_text: str


def unreadable(rejected: Iterable[RejectedRow]) -> list[Waiting]:
    """The rows that could not even be cut into cells."""
    return [Waiting(one.source_row, None, one.reason, dict(one.params), one.raw_text) for one in rejected]


def refused(batch: pa.RecordBatch, reasons: pa.Array, fields: pa.Array) -> list[Waiting]:
    """The rows of a batch that have a reason; their text is a JSON object of header to cell."""
    bad = pc.is_valid(reasons)
    if not pc.any(bad).as_py():
        return []
    rows = batch.filter(bad).to_pylist()
    codes, names = reasons.filter(bad).to_pylist(), fields.filter(bad).to_pylist()
    return [
        Waiting(row.pop("source_row"), name, code, {}, json.dumps(row, ensure_ascii=False))
        for row, code, name in zip(rows, codes, names, strict=True)
    ]


def quarantine_rows(import_id: str, waiting: Iterable[Waiting]) -> pa.Table:
    """The rows of the table ``quarantine``, in the order of the file."""
    rows = [
        {
            "import_id": import_id,
            "source_row": one.source_row,
            "field": one.field,
            "reason": one.reason,
            "params": json.dumps(one.params, ensure_ascii=False, default=str),
            "raw_text": one.raw_text,
            "status": "waiting",
        }
        for one in sorted(waiting, key=lambda one: one.source_row)
    ]
    return pa.Table.from_pylist(rows, schema=ibis.schema(QUARANTINE).to_pyarrow())
