"""Excel files, cell by cell with the type of the value: nothing is guessed, so nothing becomes a formula."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.errors import InputError
from huaxiang.release.cells import flat, is_text
from huaxiang.release.formulas import looks_like_formula

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_MAX_ROWS, _MAX_COLUMNS, _MAX_TEXT = 1_048_575, 16_384, 32_767
_EXACT_DIGITS = 15
_BATCH_ROWS = 10_000
_FIRST_EXCEL_DAY = date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was


def write_xlsx_file(table: pa.Table, path: Path) -> None:
    """Write the table as one sheet with a bold, frozen header row."""
    from xlsxwriter import Workbook

    cells = flat(table)
    _check_size(cells)
    options = {"constant_memory": True, "tmpdir": str(path.parent), "default_date_format": "yyyy-mm-dd hh:mm:ss"}
    with Workbook(str(path), options) as book:
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
        _Sheet(book, book.add_worksheet()).write(cells)


class _Sheet:
    def __init__(self, book: Workbook, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._header = book.add_format({"bold": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        # Excel shows such a cell with a quote in front, and it stays text even when somebody edits it.
        self._quoted = book.add_format({"quote_prefix": True})

    def write(self, table: pa.Table) -> None:
        for column, name in enumerate(table.column_names):
            self._sheet.write_string(0, column, name, self._header)
        self._sheet.freeze_panes(1, 0)
        for row, values in enumerate(_rows(table), start=1):
            for column, (value, risky) in enumerate(values):
                self._cell(row, column, value, risky=risky)

    def _cell(self, row: int, column: int, value: object, *, risky: bool) -> None:
        if value is None:
            return
        if isinstance(value, bool):
            self._sheet.write_boolean(row, column, value)
        elif isinstance(value, int | float | Decimal) and _is_exact(value):
            self._sheet.write_number(row, column, value)
        elif isinstance(value, date) and _is_excel_time(value):
            self._sheet.write_datetime(row, column, value, None if isinstance(value, datetime) else self._day)
        else:
            self._sheet.write_string(row, column, str(value), self._style(risky=risky))

    def _style(self, *, risky: bool) -> Format | None:
        return self._quoted if risky else None


def _rows(table: pa.Table) -> Iterator[tuple[tuple[object, bool], ...]]:
    for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
        yield from zip(*(_cells(column) for column in batch.columns), strict=True)


def _cells(column: pa.Array) -> list[tuple[object, bool]]:
    if not is_text(column.type):
        return [(value, False) for value in column.to_pylist()]
    return list(zip(column.to_pylist(), looks_like_formula(column).to_pylist(), strict=True))


def _is_exact(value: float | Decimal) -> bool:
    # Excel keeps fifteen digits and knows no infinity; what would not survive is written as text.
    number = Decimal(value)
    return number.is_finite() and (
        isinstance(value, float) or len(number.normalize().as_tuple().digits) <= _EXACT_DIGITS
    )


def _is_excel_time(value: date) -> bool:
    if isinstance(value, datetime):
        return value.tzinfo is None and value.date() >= _FIRST_EXCEL_DAY
    return value >= _FIRST_EXCEL_DAY


def _check_size(table: pa.Table) -> None:
    if table.num_rows > _MAX_ROWS or table.num_columns > _MAX_COLUMNS:
        raise InputError(
            "release.too_big_for_excel",
            rows=table.num_rows,
            columns=table.num_columns,
            max_rows=_MAX_ROWS,
            max_columns=_MAX_COLUMNS,
        )
    for position, field in enumerate(table.schema):
        if is_text(field.type) and _longest(table.column(position)) > _MAX_TEXT:
            raise InputError("release.cell_too_long", column=field.name, max=_MAX_TEXT)


def _longest(texts: pa.ChunkedArray) -> int:
    return pc.max(pc.utf8_length(texts)).as_py() or 0
