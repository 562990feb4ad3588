"""Which Parquet files of a published table can have the rows of one customer.

DuckLake asks its catalogue for the files of a table whenever the table is read, which takes longer than reading a
customer's rows from them. While one snapshot is published the files stay the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import duckdb

#: Columns added to a table since it was made, which its older files lack, and files of which rows are deleted.
_CHANGED = """
SELECT count(*) FROM {catalogue}.ducklake_table AS told JOIN {catalogue}.ducklake_column AS one USING (table_id)
WHERE told.table_name = ? AND told.end_snapshot IS NULL AND one.end_snapshot IS NULL
  AND one.begin_snapshot > told.begin_snapshot
"""
#: By file the least and greatest text of a column; null where a piece of the file does not tell.
_SPANS = """
SELECT file_name,
       CASE WHEN count(*) = count(stats_min_value) THEN min(stats_min_value) END,
       CASE WHEN count(*) = count(stats_max_value) THEN max(stats_max_value) END
FROM parquet_metadata({files}) WHERE path_in_schema = ? GROUP BY file_name
"""


class Span(NamedTuple):
    """A file with the least and the greatest text that one of its columns has; None where nobody knows."""

    file: str
    least: str | None
    greatest: str | None

    def can_have(self, values: Sequence[str]) -> bool:
        """Whether one of the texts can be in the column."""
        if self.least is None or self.greatest is None:
            return True
        return any(self.least <= value <= self.greatest for value in values)


class Files:
    """The files of one table in one snapshot, ``columns`` of which are the table's."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, columns: Sequence[str], files: Sequence[str]) -> None:
        self._connection, self._files = connection, files
        self._columns = ", ".join(f'"{name}"' for name in columns)
        self._spans: dict[str, list[Span]] = {}

    def source(self, values: Mapping[str, Sequence[str]]) -> str | None:
        """A statement with all rows that have, in one of these columns, one of its values, and with others; None where
        no file can have such a row."""
        wanted = {span.file for column, own in values.items() for span in self._of(column) if span.can_have(own)}
        return f"SELECT {self._columns} FROM read_parquet({_listed(sorted(wanted))})" if wanted else None  # noqa: S608

    def _of(self, column: str) -> list[Span]:
        if not self._files:
            return []
        if column not in self._spans:
            found = self._connection.execute(_SPANS.format(files=_listed(self._files)), [column]).fetchall()
            self._spans[column] = [Span(*row) for row in found]
        return self._spans[column]


def files_of(connection: duckdb.DuckDBPyConnection, alias: str, table: str) -> Files | None:
    """The files of a table of the lake attached as ``alias``; None where the files alone do not say what the table
    does: rows of them are deleted, or columns came later."""
    told = "SELECT data_file, delete_file FROM ducklake_list_files(?, ?) ORDER BY data_file"
    listed = connection.execute(told, [alias, table]).fetchall()
    files = [str(file) for file, _ in listed]
    changed = connection.execute(_CHANGED.format(catalogue=f"__ducklake_metadata_{alias}"), [table]).fetchall()
    if any(deleted for _, deleted in listed) or changed[0][0]:
        return None
    if not files:
        return Files(connection, [], [])
    kinds = _kinds(connection, f'{alias}.main."{table}"')
    there = _kinds(connection, f"read_parquet({_listed(files[:1])})")
    return Files(connection, list(kinds), files) if kinds.items() <= there.items() else None


def _kinds(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, str]:
    told = connection.execute(f"DESCRIBE SELECT * FROM {source}")  # noqa: S608 - a table of the lake, or its files
    return {str(row[0]): str(row[1]) for row in told.fetchall()}


def _listed(files: Sequence[str]) -> str:
    quoted = ("'" + file.replace("'", "''") + "'" for file in files)
    return f"[{', '.join(quoted)}]"
