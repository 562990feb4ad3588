"""Rows in quarantine as the command line shows them: each with the cell at fault, personal cells masked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from huaxiang.engine.interface import only
from huaxiang.model.mapping import source_fields
from huaxiang.release.masking import mask_value
from huaxiang.workspace import Workspace

#: Kinds of cell that a mask fits; every other cell is free of personal data but for numbers inside its text.
_MASKS = {"phone": "phone", "email": "email", "id_card": "id_card", "name": "name", "birth_date": "birth_date"}
_MASKED_FIELDS = {"address": "address", "openid": "openid", "unionid": "openid", "device_id": "openid"}
WHOLE_LINE = "-"


@dataclass(frozen=True)
class WaitingRow:
    """One row in quarantine: ``cells`` by header as they stood (a line that no reader could split is the cell ``-``),
    ``masked`` the same for people, ``header`` that of the cell at fault, empty when it is the whole row."""

    import_id: str
    source_row: int
    file_name: str
    reason: str
    params: Mapping[str, Any]
    header: str
    cells: Mapping[str, str]
    masked: Mapping[str, str]

    def __hash__(self) -> int:
        return hash((self.import_id, self.source_row, self.reason))

    def document(self) -> dict[str, Any]:
        """The row for machines, masked."""
        return {
            "import_id": self.import_id, "row": self.source_row, "file": self.file_name, "reason": self.reason,
            "params": self.params, "header": self.header, "cells": self.masked,
        }  # fmt: skip


def waiting_rows(workspace: Workspace, import_id: str | None, limit: int | None) -> list[WaitingRow]:
    """The rows that wait, in the order of the files."""
    headers = _headers_by_import(workspace)
    return [_row(row, headers.get(str(row["import_id"]), {})) for row in only(workspace.quarantine(import_id, limit))]


def rows_for_mending(rows: list[WaitingRow], reasons: Mapping[WaitingRow, str], *, raw: bool) -> pa.Table:
    """The table for a spreadsheet: one line per waiting row, with an empty column for the new value."""
    lines = [
        {
            "import_id": row.import_id,
            "row": row.source_row,
            "file": row.file_name,
            "reason": reasons[row],
            "header": row.header,
            "text": (row.cells if raw else row.masked).get(row.header or WHOLE_LINE, ""),
            "new_value": "",
        }
        for row in rows
    ]
    names = ("import_id", "row", "file", "reason", "header", "text", "new_value")
    kinds = {name: pa.int64() if name == "row" else pa.string() for name in names}
    return pa.Table.from_pylist(lines, schema=pa.schema(list(kinds.items())))


def _headers_by_import(workspace: Workspace) -> dict[str, dict[str, str]]:
    """By import: header to field."""
    found = {}
    for row in only(workspace.imports()):
        columns = json.loads(str(row["mapping"]))["columns"]
        found[str(row["import_id"])] = {match["header"]: field for field, match in columns.items()}
    return found


def _row(row: Mapping[str, Any], fields: Mapping[str, str]) -> WaitingRow:
    cells = _cells(str(row["raw_text"] or ""))
    header = next((name for name, field in fields.items() if field == row["field"]), "")
    masked = {name: _masked(name, text, fields) for name, text in cells.items()}
    params = json.loads(row["params"] or "{}")
    return WaitingRow(
        row["import_id"], row["source_row"], row["file_name"], row["reason"], params, header, cells, masked
    )


def _cells(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        return {WHOLE_LINE: text}
    if not isinstance(found, dict):
        return {WHOLE_LINE: text}
    return {name: "" if value is None else str(value) for name, value in found.items()}


def _masked(header: str, text: str, fields: Mapping[str, str]) -> str:
    # The columns of a row that contradicts an earlier one carry our names for fields instead of headers.
    field = fields.get(header, header)
    if header == WHOLE_LINE:
        return mask_value(text, "all") or ""
    known = source_fields().get(field)
    kind = _MASKED_FIELDS.get(field) or (_MASKS.get(known.kind) if known else None)
    return mask_value(text, "account" if field == "account_key" else kind or "text") or ""
