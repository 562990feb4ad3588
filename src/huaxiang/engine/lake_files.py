"""The lake seen as files: for an engine that reads and writes Parquet itself and leaves the catalogue to DuckLake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import ibis.expr.schema as sch
import sqlglot
from ibis.backends.sql.datatypes import DuckDBType

from huaxiang.engine.duck import DuckEngine
from huaxiang.engine.lake import ALIAS
from huaxiang.engine.no_rows import note_tables_without_rows
from huaxiang.errors import EngineError


@dataclass(frozen=True)
class NewFiles:
    """Parquet files written for one table and not yet part of it.

    ``replaces`` gives the columns of the table that these files replace as a whole; None adds the files' rows to it.
    """

    table: str
    paths: tuple[Path, ...]
    replaces: sch.Schema | None = None


class LakeFiles(DuckEngine):
    """A DuckDB session that hands out a table's files and takes in new ones."""

    def schema(self, table: str) -> sch.Schema:
        """The columns of a published table; :class:`NotFound` names the nearest tables."""
        return self.table(table).schema()

    def files(self, table: str) -> list[str]:
        """The Parquet files that make up the table now, none when it is empty.

        Raises :class:`EngineError` when rows have been marked deleted beside the files: whoever read the files alone
        would see those rows again.
        """
        listed = self._duck.execute(
            "SELECT data_file, delete_file FROM ducklake_list_files(?, ?) ORDER BY data_file", [ALIAS, table]
        ).fetchall()
        if any(delete_file is not None for _, delete_file in listed):
            raise EngineError("spark.deleted_rows", table=table)
        return [str(data_file) for data_file, _ in listed]

    def commit(self, changes: Iterable[NewFiles]) -> int:
        """Take all the files into the catalogue in one transaction and give the number of the new snapshot.

        Raises :class:`EngineError` when it could not be done; nothing has changed then.
        """
        try:
            self._duck.execute("BEGIN")
            for change in changes:
                self._take_in(change)
            self._duck.execute("COMMIT")
        except duckdb.Error as problem:
            self._roll_back()
            raise EngineError("engine.publish_failed", reason=str(problem)) from problem
        note_tables_without_rows(self._duck, ALIAS)
        return self.snapshot()

    def sweep(self) -> int:
        """Remove the Parquet files that no snapshot knows, left by a build that was killed; give how many they were.

        Only for the holder of the builder lock: the files of a build that still runs look the same.
        """
        removed = self._duck.execute("CALL ducklake_delete_orphaned_files(?, cleanup_all => true)", [ALIAS]).fetchall()
        for folder in sorted(self.lake.data.rglob("*"), reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        return len(removed)

    def _take_in(self, change: NewFiles) -> None:
        if change.replaces is not None:
            self._duck.execute(f"CREATE OR REPLACE TABLE {_full(change.table)} ({_columns(change.replaces)})")
        for path in change.paths:
            self._duck.execute("CALL ducklake_add_data_files(?, ?, ?)", [ALIAS, change.table, str(path)])


def _full(table: str) -> str:
    return f"{ALIAS}.main.{_quoted(table)}"


def _columns(schema: sch.Schema) -> str:
    return ", ".join(f"{_quoted(name)} {DuckDBType.to_string(kind)}" for name, kind in schema.items())


def _quoted(name: str) -> str:
    return sqlglot.exp.to_identifier(name, quoted=True).sql("duckdb")
