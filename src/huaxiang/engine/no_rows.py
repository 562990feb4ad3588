"""The figures of tables without rows, which DuckLake does not write down by itself.

DuckLake notes figures of a table with its first rows. While there are none, it asks its catalogue for them again, for
every column, whenever the table is read: ten times slower than a table with rows. What is written here is what DuckLake
goes on from when the first rows come.
"""

from __future__ import annotations

import duckdb

_TABLES = """
INSERT INTO {catalogue}.ducklake_table_stats (table_id, record_count, next_row_id, file_size_bytes)
SELECT table_id, 0, 0, 0 FROM {catalogue}.ducklake_table
WHERE end_snapshot IS NULL AND table_id NOT IN (SELECT table_id FROM {catalogue}.ducklake_table_stats)
"""
_COLUMNS = """
INSERT INTO {catalogue}.ducklake_table_column_stats (table_id, column_id, contains_null)
SELECT table_id, column_id, false FROM {catalogue}.ducklake_column AS one
WHERE end_snapshot IS NULL
  AND table_id IN (SELECT table_id FROM {catalogue}.ducklake_table_stats WHERE record_count = 0)
  AND table_id NOT IN (SELECT table_id FROM {catalogue}.ducklake_table_column_stats)
  AND column_id NOT IN (SELECT parent_column FROM {catalogue}.ducklake_column AS part
                        WHERE part.table_id = one.table_id AND parent_column IS NOT NULL)
"""


def note_tables_without_rows(connection: duckdb.DuckDBPyConnection, alias: str) -> None:
    """Write into the catalogue of the lake attached as ``alias`` that the tables without figures have no rows. Doing so
    twice is harmless.

    It goes through the connection that has the lake: a second library of SQLite in the same process would break the
    locks of the first, and with them the file.
    """
    for statement in (_TABLES, _COLUMNS):
        connection.execute(statement.format(catalogue=f"__ducklake_metadata_{alias}"))
