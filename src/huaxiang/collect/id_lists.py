"""The numbers and addresses in the columns of an uploaded file, each written in every way that a source may know it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.collect.convert import convert_column
from huaxiang.collect.convert.identities import EMAIL, ID, PHONE
from huaxiang.collect.reading import open_file
from huaxiang.errors import InputError

#: One row per row of the file and way to write its value.
VALUES = pa.schema([("source_row", pa.int64()), ("value", pa.string())])
MOST_ROWS = 1_000_000
_READERS = (ID, PHONE, EMAIL)


def listed_values(path: Path, header: str | None = None) -> dict[str, pa.Table]:
    """By column of the file's first sheet, in order: rows of :data:`VALUES` for all cells that say something.

    With ``header`` that column alone. A file without a header has its first row as a value. Raises
    :class:`InputError` for a file that cannot be read, that names nobody, has more than :data:`MOST_ROWS` rows, or has
    no such column.
    """
    reading = next(iter(open_file(path)))
    if header is not None and header not in reading.header:
        raise InputError("list.no_such_column", file=path.name, given=header, header=", ".join(reading.header))
    names = [header] if header else list(reading.header)
    parts: dict[str, list[pa.Table]] = {name: [] for name in names}
    for batch in reading.batches():
        for name in names:
            parts[name] += _ways(batch.column("source_row"), batch.column(name))
        if reading.rows_read > MOST_ROWS:
            raise InputError("list.too_many_rows", file=path.name, most=f"{MOST_ROWS:,}")
    found = {name: _together(tables) for name, tables in parts.items()}
    if not any(table.num_rows for table in found.values()):
        raise InputError("list.names_nobody", file=path.name)
    return found


def values_of(lines: Sequence[str]) -> pa.Table:
    """Rows of :data:`VALUES` for a list that is no file: a line is a row, one that says nothing is left out."""
    cells = pa.array([line.strip() or None for line in lines], pa.string())
    return _together(list(_ways(pa.array(range(1, len(lines) + 1), pa.int64()), cells)))


def rows_of(values: pa.Table) -> int:
    """How many rows of the file say something in the column."""
    return int(pc.count_distinct(values.column("source_row")).as_py())


def _ways(source_row: pa.Array, cells: pa.Array) -> Iterator[pa.Table]:
    for reader in _READERS:
        value = convert_column(cells, reader).values
        yield pa.table([source_row, value], schema=VALUES).filter(pc.is_valid(value))


def _together(tables: list[pa.Table]) -> pa.Table:
    # A plain number is written the same as a member number and as a phone.
    joined = pa.concat_tables(tables) if tables else VALUES.empty_table()
    return joined.group_by(VALUES.names, use_threads=False).aggregate([]).select(VALUES.names)
