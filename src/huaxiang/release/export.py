"""An export: through the door, into a file, with an entry in the ledger before the file has its name."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from huaxiang.errors import InputError
from huaxiang.ledger import Ledger
from huaxiang.release.door import ColumnPolicy, Released, pass_through
from huaxiang.release.files import ExportFile, staged_csv, staged_ndjson, staged_xlsx
from huaxiang.release.purposes import purpose_named
from huaxiang.release.roles import Access, require


@dataclass(frozen=True)
class ExportRequest:
    """What is wanted: a ``.csv`` or ``.xlsx`` file, for what; ``raw``: without masks; ``machine``: as in write_csv,
    or an ``.ndjson`` file."""

    path: Path
    purpose: str
    raw: bool = False
    machine: bool = False


@dataclass(frozen=True)
class Exported:
    """A finished export: its id in the ledger, the file, and what the door removed and masked."""

    export_id: str
    file: ExportFile
    released: Released


def export(
    table: pa.Table,
    columns: Iterable[ColumnPolicy],
    access: Access,
    request: ExportRequest,
    *,
    ledger: Ledger,
    at: datetime,
) -> Exported:
    """Write what the asker may have to the requested file and log who took what, for which purpose.

    Masked data need ``export_masked``, raw data ``export_raw``. When the ledger cannot be written no file appears;
    a file that was there before is replaced.
    """
    require(access, "export_raw" if request.raw else "export_masked")
    purpose_named(request.purpose)
    released = pass_through(table, columns, access, purpose=request.purpose, raw=request.raw)
    with _staged(released.table, request) as file:
        export_id = f"{at:%Y%m%dT%H%M%S%f}-{file.sha256[:12]}"
        ledger.append("export.created", _body(export_id, request, file, released), at=at, actor=access.user)
    return Exported(export_id, file, released)


def _staged(table: pa.Table, request: ExportRequest) -> AbstractContextManager[ExportFile]:
    suffix = request.path.suffix.lower()
    if suffix == ".csv":
        return staged_csv(table, request.path, machine=request.machine)
    if suffix == ".xlsx" and not request.machine:
        return staged_xlsx(table, request.path)
    if suffix == ".ndjson" and request.machine:
        return staged_ndjson(table, request.path)
    expected = ".csv, .ndjson" if request.machine else ".csv, .xlsx"
    raise InputError("release.format", given=request.path.name, expected=expected)


def _body(export_id: str, request: ExportRequest, file: ExportFile, released: Released) -> dict[str, object]:
    return {
        "export_id": export_id,
        "purpose": request.purpose,
        "rows": file.rows,
        "columns": released.table.column_names,
        "masked_columns": released.masked_columns,
        "outside_scope": released.outside_scope,
        "without_consent": released.without_consent,
        "raw": request.raw,
        "machine": file.machine,
        "sha256": file.sha256,
        "bytes": file.bytes,
    }
