"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods), read by a child process into a nameless temporary file."""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.collect.reading import excel_child
from huaxiang.collect.reading.header import Layout, column_names, find_layout
from huaxiang.collect.reading.limits import Limits
from huaxiang.collect.reading.reading import Account, Reading, text_batch, without_blank
from huaxiang.collect.reading.workbook_guard import check_ole, check_zip
from huaxiang.errors import InputError
from huaxiang.words import Message

_SAMPLE_ROWS = 400


def open_workbook(path: Path, kind: str, limits: Limits) -> list[Reading]:
    """The tables of a workbook, one per sheet that has any text; hidden sheets are read too and say so.

    Raises :class:`InputError` when the workbook is encrypted, damaged, empty, or asks for more than the limits allow;
    the calling process is never at risk.
    """
    if kind == "zip":
        check_zip(path, limits)
    else:
        check_ole(path)
    with tempfile.TemporaryFile() as cells:
        _run_child(path, cells, limits)
        cells.seek(0, os.SEEK_END)
        mapped = mmap.mmap(cells.fileno(), 0, access=mmap.ACCESS_READ) if cells.tell() else b""
    readings = [_reading(path, sheet, limits) for sheet in _sheets(pa.py_buffer(mapped)) if sheet.columns]
    if not readings:
        raise InputError("reading.workbook_empty", file=path.name)
    return readings


@dataclass(frozen=True)
class _Sheet:
    """One sheet of the temporary file: its stream, and how many columns reach to the last one with text."""

    stream: pa.Buffer
    name: str
    hidden: bool
    columns: int

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The sheet's rows from row 1, cells as text, columns without any text at the right left out."""
        for batch in pa.ipc.open_stream(self.stream):
            yield batch.select(range(self.columns))


@dataclass(frozen=True)
class _SheetTable:
    """The table found on a sheet, ``above`` rows below its top."""

    sheet: _Sheet
    header: tuple[str, ...]
    above: int

    def batches(self, account: Account) -> Iterator[pa.RecordBatch]:
        """The rows below the header."""
        row = 1
        for batch in self.sheet.batches():
            skip = max(self.above - row + 1, 0)
            data = batch.slice(skip)
            rows = pa.array(range(row + skip, row + batch.num_rows), pa.int64())
            account.read += data.num_rows
            kept = without_blank(text_batch(self.header, data.columns, rows))
            account.blank += data.num_rows - kept.num_rows
            row += batch.num_rows
            if kept.num_rows:
                yield kept


def _sheets(streams: pa.Buffer) -> Iterator[_Sheet]:
    reader = pa.BufferReader(streams)
    while (start := reader.tell()) < streams.size:
        stream = pa.ipc.open_stream(reader)
        columns = max(map(_used_columns, stream), default=0)
        facts = stream.schema.metadata
        own = streams.slice(start, reader.tell() - start)
        yield _Sheet(own, facts[b"sheet"].decode(), facts[b"hidden"] == b"1", columns)


def _used_columns(batch: pa.RecordBatch) -> int:
    used = (
        place + 1
        for place in reversed(range(batch.num_columns))
        if pc.any(pc.not_equal(pc.utf8_trim_whitespace(batch.column(place)), "")).as_py()
    )
    return next(used, 0)


def _reading(path: Path, sheet: _Sheet, limits: Limits) -> Reading:
    rows = _first_rows(sheet)
    layout = find_layout(rows)
    cells = rows[layout.above]
    header = column_names(cells if layout.has_header else [], sheet.columns)
    table = _SheetTable(sheet, header, layout.above + layout.has_header)
    return Reading(
        name=path.name,
        sheet=sheet.name,
        header=header,
        original_header=tuple(cells) if layout.has_header else (),
        has_header=layout.has_header,
        encoding=None,
        dialect=None,
        messages=tuple(_messages(sheet, layout)),
        limits=limits,
        produce=table.batches,
    )


def _first_rows(sheet: _Sheet) -> list[list[str]]:
    """Rows from the sheet's top to enough of them with text for a look at the table."""
    rows: list[list[str]] = []
    for batch in sheet.batches():
        rows += map(list, zip(*(column.to_pylist() for column in batch.slice(0, _SAMPLE_ROWS).columns), strict=True))
        if any(cell.strip() for row in rows for cell in row):
            break
        rows += [[""]] * (batch.num_rows - min(batch.num_rows, _SAMPLE_ROWS))
    return rows


def _messages(sheet: _Sheet, layout: Layout) -> Iterator[Message]:
    if sheet.hidden:
        yield Message("reading.sheet_hidden", {"sheet": sheet.name})
    if layout.above:
        yield Message("reading.lines_above_skipped", {"lines": layout.above})
    if not layout.has_header:
        yield Message("reading.no_header", {"columns": sheet.columns})


def _run_child(path: Path, cells: IO[bytes], limits: Limits) -> None:
    # Run as a file and isolated, the child imports nothing of this package: it starts faster and knows less.
    bounds = [str(limits.workbook_memory_bytes), str(limits.max_workbook_cells)]
    command = [sys.executable, "-I", excel_child.__file__, str(path.absolute()), *bounds]
    # One arena and one thread keep its address space small.
    environment = os.environ | {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=cells,
            stderr=subprocess.PIPE,
            timeout=limits.workbook_seconds,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InputError("reading.workbook_too_slow", file=path.name, seconds=limits.workbook_seconds) from None
    if done.returncode == excel_child.REFUSED:
        raise InputError(done.stderr.decode(), file=path.name)
    if done.returncode:
        raise InputError("reading.workbook_too_heavy", file=path.name)
