"""A row that waits, as people see it: its cells masked, or in full for whoever mends it."""

from __future__ import annotations

import json
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from typing import Any

from huaxiang.model.mapping import Mapping, forms, source_fields
from huaxiang.release.identifier_masks import hide
from huaxiang.release.roles import Access
from huaxiang.server.imports.counts import reason_words, sheet_title
from huaxiang.server.imports.protection import cells_of, masked_rows


@dataclass(frozen=True)
class WaitingCell:
    """One cell: its header, its text, the field it is read as (empty when unused), and whether the fault lies in it."""

    header: str
    text: str
    field: str
    is_at_fault: bool


@dataclass(frozen=True)
class WaitingRow:
    """One row that waits. ``line`` is its text when it could not be split into cells, else empty."""

    import_id: str
    source_row: int
    file: str
    reason: str
    cells: tuple[WaitingCell, ...]
    line: str


def masked(row: Lookup[str, Any], access: Access, lang: str) -> WaitingRow:
    """The row with personal cells masked."""
    mapping = Mapping.model_validate_json(row["mapping"])
    # Of a line that has no columns nobody can say where the names are.
    line = hide(row["raw_text"]) if cells_of(row["raw_text"]) is None else ""
    return _shown(row, mapping, masked_rows([_by_header(row, mapping)], mapping, access)[0], line, lang)


def in_full(row: Lookup[str, Any], lang: str) -> WaitingRow:
    """The row as it stands in the file; the caller has logged that it is shown."""
    mapping = Mapping.model_validate_json(row["mapping"])
    line = row["raw_text"] if cells_of(row["raw_text"]) is None else ""
    return _shown(row, mapping, _by_header(row, mapping), line, lang)


def changed_cells(row: Lookup[str, Any], typed: list[str]) -> dict[str, str]:
    """Header to text of the cells that a person changed; ``typed`` holds a text for every cell in order."""
    before = _by_header(row, Mapping.model_validate_json(row["mapping"]))
    return {header: text for (header, old), text in zip(before.items(), typed, strict=False) if text != old}


def _shown(row: Lookup[str, Any], mapping: Mapping, cells: dict[str, str], line: str, lang: str) -> WaitingRow:
    fields = {match.header: field for field, match in mapping.columns.items()}
    params = json.loads(row["params"] or "{}")
    return WaitingRow(
        import_id=row["import_id"],
        source_row=row["source_row"],
        file=sheet_title(row["file_name"], row["sheet"]),
        reason=reason_words(row["reason"], lang, params),
        cells=tuple(
            WaitingCell(header, text, _title(fields.get(header), lang), fields.get(header) == row["field"] is not None)
            for header, text in cells.items()
        ),
        line=line,
    )


def _title(field: str | None, lang: str) -> str:
    return getattr(source_fields()[field], lang) if field in source_fields() else ""


def _by_header(row: Lookup[str, Any], mapping: Mapping) -> dict[str, str]:
    """Header to text. A row that contradicts an earlier one is kept by canonical column, a broken line not at all."""
    cells = cells_of(row["raw_text"])
    if cells is None:
        return {match.header: "" for match in mapping.columns.values()}
    if row["reason"] != "told_otherwise_before":
        return cells
    form = forms()[mapping.form]
    columns = {form.field_of(column): column for column in (*form.columns, *cells)}
    return {match.header: cells.get(columns.get(field, field), "") for field, match in mapping.columns.items()}
