"""The process that opens a workbook: it may be killed, run out of memory or abort without harm to the one that asked.

Run as ``python -I excel_child.py FILE MEMORY_BYTES CELLS`` it writes one Arrow stream per non-empty sheet to standard
output, one after another; each schema carries the sheet's name. Every cell is text. On a workbook that cannot be opened
it writes a code of words to standard error and ends with status 3. It imports nothing of this package.
"""

from __future__ import annotations

import datetime as dt
import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

REFUSED = 3
_CELLS_PER_BATCH = 500_000


def main(arguments: list[str]) -> int:
    """Run the process; the result is its exit status."""
    path, memory, cells = arguments
    _bound_memory(int(memory))
    try:
        write_sheets(path, int(cells), sys.stdout.buffer)
    except PasswordError:
        return _refuse("reading.workbook_encrypted")
    except MemoryError:
        return _refuse("reading.workbook_too_heavy")
    except (CalamineError, XmlError, ZipError):
        return _refuse("reading.workbook_damaged")
    return 0


def write_sheets(path: str, max_cells: int, out: IO[bytes]) -> None:
    """Write the cells of every worksheet that has any, as text, to a stream.

    Raises :class:`MemoryError` when a sheet reaches over more cells than that.
    """
    # From a stream the content decides the format; from a path its name would.
    with Path(path).open("rb") as stream:
        workbook = CalamineWorkbook.from_filelike(stream)
    for meta in workbook.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        if sheet.total_height * sheet.width > max_cells:
            raise MemoryError
        if sheet.start is not None and sheet.width:
            _write_sheet(sheet, meta.name, meta.visible != SheetVisibleEnum.Visible, out)


def cell_text(value: Any) -> str:
    """A cell as exact text: dates ISO 8601, whole numbers without a fraction, others with every digit they have."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case dt.datetime():
            return value.isoformat(" ")
        case dt.timedelta():
            return _duration(value)
        case dt.date() | dt.time():
            return value.isoformat()
    return str(value)


def _duration(value: dt.timedelta) -> str:
    """Hours, minutes and seconds, as a spreadsheet shows ``[h]:mm:ss``."""
    sign = "-" if value < dt.timedelta() else ""
    minutes, seconds = divmod(abs(value).total_seconds(), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{sign}{hours}:{minutes:02d}:{seconds:02.0f}"


def _write_sheet(sheet: CalamineSheet, name: str, hidden: bool, out: IO[bytes]) -> None:
    schema = pa.schema(
        [pa.field(str(place), pa.string()) for place in range(sheet.width)],
        metadata={"sheet": name, "hidden": str(int(hidden))},
    )
    with pa.ipc.new_stream(out, schema) as stream:
        for rows in _chunks(sheet, max(1, _CELLS_PER_BATCH // sheet.width)):
            columns = [pa.array(map(cell_text, column), pa.string()) for column in zip(*rows, strict=True)]
            stream.write_batch(pa.record_batch(columns, schema=schema))


def _chunks(sheet: CalamineSheet, size: int) -> Iterator[list[list[Any]]]:
    chunk: list[list[Any]] = []
    for row in sheet.iter_rows():
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _bound_memory(extra: int) -> None:
    """Allow so many bytes of address space beyond what is in use now, and no core file."""
    if sys.platform == "win32":
        return
    resource = importlib.import_module("resource")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limit = _address_space() + extra
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _address_space() -> int:
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 0


def _refuse(code: str) -> int:
    sys.stderr.write(code)
    return REFUSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
