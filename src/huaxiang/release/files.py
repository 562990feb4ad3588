"""Files that leave: CSV and Excel, safe to open, complete under their name or not there at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from huaxiang.release.csv_format import write_csv_bytes
from huaxiang.release.ndjson_format import write_ndjson_bytes
from huaxiang.release.xlsx_format import write_xlsx_file
from huaxiang.words import Message


@dataclass(frozen=True)
class ExportFile:
    """A finished file: where, how many data rows, its SHA-256 and size. ``machine``: values raw, not for Excel."""

    path: Path
    rows: int
    sha256: str
    bytes: int
    machine: bool = False

    @property
    def notice(self) -> Message | None:
        """What the person must know before opening the file; None when it is safe to open."""
        return Message("release.machine_file", {"file": self.path.name}) if self.machine else None


def write_csv(table: pa.Table, path: Path, *, machine: bool = False) -> ExportFile:
    """Write a CSV file: UTF-8 with BOM, CRLF, text quoted, a ``'`` before text that Excel would run as a formula.

    ``machine=True`` keeps every value as it is and leaves out the BOM: for programs, not to be opened in Excel.
    Nulls are empty, empty text is ``""``. Readable only by the account that runs Huaxiang.
    """
    with staged_csv(table, path, machine=machine) as file:
        return file


def write_xlsx(table: pa.Table, path: Path) -> ExportFile:
    """Write an Excel file: text stays text (never a formula), numbers stay numbers unless Excel would round them.

    The same table gives the same bytes. More than 1,048,575 rows, 16,384 columns or 32,767 characters in one cell do
    not fit: :class:`huaxiang.errors.InputError`.
    """
    with staged_xlsx(table, path) as file:
        return file


@contextmanager
def staged_csv(table: pa.Table, path: Path, *, machine: bool = False) -> Iterator[ExportFile]:
    """Write the CSV under a temporary name; it takes its own name when the block ends without an error."""
    with _staged(path) as temporary:
        with temporary.open("wb") as stream:
            write_csv_bytes(table, stream, machine=machine)
        yield _described(temporary, path, table.num_rows, machine=machine)


@contextmanager
def staged_xlsx(table: pa.Table, path: Path) -> Iterator[ExportFile]:
    """Write the Excel file under a temporary name; it takes its own name when the block ends without an error."""
    with _staged(path) as temporary:
        write_xlsx_file(table, temporary)
        yield _described(temporary, path, table.num_rows, machine=False)


@contextmanager
def staged_ndjson(table: pa.Table, path: Path) -> Iterator[ExportFile]:
    """Write one JSON object per line under a temporary name; it takes its own name when the block ends well."""
    with _staged(path) as temporary:
        with temporary.open("wb") as stream:
            write_ndjson_bytes(table, stream)
        yield _described(temporary, path, table.num_rows, machine=True)


@contextmanager
def _staged(path: Path) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _described(temporary: Path, path: Path, rows: int, *, machine: bool) -> ExportFile:
    with temporary.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
    return ExportFile(path, rows, digest, temporary.stat().st_size, machine)
