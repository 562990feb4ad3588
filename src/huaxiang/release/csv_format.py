"""CSV as spreadsheets and programs read it."""

from __future__ import annotations

import codecs
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv

from huaxiang.release.cells import flat, is_text
from huaxiang.release.formulas import defused

_OPTIONS = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed", eol="\r\n")


def write_csv_bytes(table: pa.Table, stream: BinaryIO, *, machine: bool) -> None:
    """Write the table as CSV; for people (not ``machine``) with a BOM and with formulas made text."""
    cells = flat(table)
    names = pa.array(cells.column_names, pa.string())
    if not machine:
        stream.write(codecs.BOM_UTF8)
        names, cells = defused(names), _defused_table(cells)
    stream.write((",".join(_quoted(name) for name in names.to_pylist()) + "\r\n").encode())
    pyarrow.csv.write_csv(cells, stream, _OPTIONS)


def _defused_table(table: pa.Table) -> pa.Table:
    for position, field in enumerate(table.schema):
        if is_text(field.type):
            table = table.set_column(position, field.name, defused(table.column(position)))
    return table


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
