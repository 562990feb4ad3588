"""Writing raw files as such systems export them; every dirty row is noted with its line."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter

from huaxiang.town.columns import Bools, Ints, Rows
from huaxiang.town.dirt import REPAIRED, Mark, Soiled, Stain

Dirt = dict[str, list[str] | list[int]]
_HEADER = Stain("header_whitespace", REPAIRED, 0, lambda text, _: text, column="*")


class RawFile(Protocol):
    """One raw file that grows block by block."""

    name: str
    rows: int

    def add(self, soiled: Soiled) -> Dirt:
        """Write a block; what comes back is its dirty rows with their numbers in the file (header is row 1)."""

    def close(self) -> None:
        """Finish the file."""


class CsvFile:
    """A CSV export; ``rows`` counts the records written, blank and broken ones included, the header not."""

    def __init__(self, path: Path, header: list[str], encoding: str = "utf-8", newline: str = "\r\n") -> None:
        self.name, self.rows = path.name, 0
        self._encoding, self._newline = encoding, newline
        self._file = path.open("wb")
        self._next = 2
        self._file.write((",".join(header) + newline).encode(encoding))

    def add(self, soiled: Soiled) -> Dirt:
        """Write a block; what comes back is its dirty rows with their line numbers."""
        lines = _spoiled_lines(_lines(soiled.rows), soiled.lines)
        height = pc.add(pc.count_substring(lines, "\n"), 1).to_numpy(zero_copy_only=False).astype(np.int64)
        first = self._next + np.cumsum(height) - height
        self._next += int(height.sum())
        self.rows += len(lines)
        self._write(pc.binary_join_element_wise(lines, pa.scalar(self._newline), ""))
        return dirt_rows(self.name, soiled.marks, first)

    def add_line(self, text: str) -> int:
        """Write one line as it stands; what comes back is its number."""
        self._file.write((text + self._newline).encode(self._encoding))
        self.rows += 1
        self._next += 1
        return self._next - 1

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def _write(self, lines: pa.Array) -> None:
        content = b"".join(lines.cast(pa.binary()).to_pylist()) if lines.offset else _content(lines)
        same = self._encoding in ("utf-8", "utf-8-sig")
        self._file.write(content if same else bytes(content).decode("utf-8").encode(self._encoding))


class ExcelFile:
    """An XLSX export with one sheet of texts and a few numbers that are dates. The same bytes for the same rows."""

    def __init__(self, path: Path, header: list[str], stamp: datetime) -> None:
        self.name, self.rows = path.name, 0
        self._book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False})
        self._book.set_properties({"created": stamp})
        self._sheet = self._book.add_worksheet("会员")
        self._sheet.write_row(0, 0, header)

    def add(self, soiled: Soiled) -> Dirt:
        """Write a block; what comes back is its dirty rows with their sheet rows."""
        start, serials = self.rows + 1, _serials(soiled)
        for place, cells in enumerate(zip(*(column.to_pylist() for column in soiled.rows.values()), strict=True)):
            self.rows += 1
            if place in soiled.lines and soiled.lines[place].reason == "blank_row":
                continue
            for column, cell in enumerate(cells):
                if (place, column) in serials:
                    self._sheet.write_number(self.rows, column, float(cell))
                elif cell:
                    self._sheet.write_string(self.rows, column, cell)
        return dirt_rows(self.name, soiled.marks, start + 1 + np.arange(self.rows - start + 1))

    def close(self) -> None:
        """Finish the file."""
        self._book.close()


def _serials(soiled: Soiled) -> set[tuple[int, int]]:
    """Row and column of the dates that a spreadsheet keeps as numbers."""
    columns = list(soiled.rows)
    return {(mark.place, columns.index(mark.stain.column)) for mark in soiled.marks
            if mark.stain.reason == "date_form" and re.fullmatch(r"\d{5}(\.\d+)?", mark.written)}  # fmt: skip


def dirt_rows(file: str, marks: list[Mark], number: Ints) -> Dirt:
    """Rows of the truth table ``dirty_rows``."""
    return {
        "file": [file for _ in marks], "row_number": [int(number[mark.place]) for mark in marks],
        "reason": [mark.stain.reason for mark in marks], "handling": [mark.stain.handling for mark in marks],
        "column": [mark.stain.column for mark in marks], "written": [mark.written for mark in marks],
        "meant": [mark.meant for mark in marks],
    }  # fmt: skip


def header_dirt(file: str) -> Dirt:
    """The record of a header row whose names carry blanks."""
    return dirt_rows(file, [Mark(0, _HEADER, "", "")], np.array([1]))


def _lines(rows: Rows) -> pa.Array:
    cells = [_quoted(column) for column in rows.values()]
    return pc.binary_join_element_wise(*cells, ",", null_handling="replace", null_replacement="")


def _quoted(column: pa.Array) -> pa.Array:
    """Cells with a comma, a quote or a line break in quotes; the raw bytes are looked through first, which is quick."""
    raw = bytes(column.buffers()[2] or b"")
    if not any(mark in raw for mark in (b",", b'"', b"\n")):
        return column
    needed: Bools = pc.match_substring_regex(column, '[,"\n]').fill_null(False)
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(needed, pc.binary_join_element_wise('"', doubled, '"', ""), column)


def _spoiled_lines(lines: pa.Array, stains: dict[int, Stain]) -> pa.Array:
    broken = {place: stain for place, stain in sorted(stains.items()) if stain.reason != "duplicate_row"}
    mask = np.zeros(len(lines), dtype=np.bool_)
    mask[list(broken)] = True
    texts = [_broken(lines[place].as_py(), stain.reason) for place, stain in broken.items()]
    return pc.replace_with_mask(lines, pa.array(mask), pa.array(texts, pa.string()))


def _broken(line: str, reason: str) -> str:
    if reason == "blank_row":
        return ""
    return ",".join(line.split(",")[:3]) if reason == "too_few_fields" else f"{line},多余,2,x"


def _content(lines: pa.Array) -> memoryview:
    _, offsets, data = lines.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32, count=len(lines) + 1)
    return memoryview(data)[ends[0] : ends[-1]] if data is not None else memoryview(b"")
