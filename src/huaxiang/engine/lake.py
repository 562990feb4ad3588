"""The lake: Parquet files with a DuckLake catalogue, in the ``lake`` folder of a workspace.

Several processes may read while one writes; a snapshot is published whole or not at all.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import duckdb

from huaxiang.engine.extensions import connection_settings, load_extensions
from huaxiang.engine.no_rows import note_tables_without_rows
from huaxiang.model.operations import OPERATION_TABLES
from huaxiang.model.tables import canonical_tables

#: The name under which the lake is attached in every session.
ALIAS = "lake"


@dataclass(frozen=True)
class Lake:
    """Where one lake lives and how much of the machine a session over it may use."""

    folder: Path
    scratch: Path
    memory_limit: str = "6GB"
    temp_limit: str = "40GB"
    threads: int | None = None

    @property
    def catalogue(self) -> Path:
        """The SQLite file that says which Parquet files make which table."""
        return self.folder / "catalog.sqlite"

    @property
    def data(self) -> Path:
        """The folder of the Parquet files."""
        return self.folder / "data"

    def create(self) -> None:
        """Make the lake with every canonical table empty; an existing lake gets the tables that it lacks."""
        self.data.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(config=connection_settings())
        try:
            self.attach(connection)
            connection.execute("BEGIN")
            for name, schema in {
                **{t.name: t.ibis_schema for t in canonical_tables().values()},
                **OPERATION_TABLES,
            }.items():
                columns = ", ".join(f'"{column}" {_duck_type(kind)}' for column, kind in schema.items())
                connection.execute(f'CREATE TABLE IF NOT EXISTS {ALIAS}.main."{name}" ({columns})')
            connection.execute("COMMIT")
            note_tables_without_rows(connection, ALIAS)
        finally:
            connection.close()
        self._write_ahead()

    def attach(self, connection: duckdb.DuckDBPyConnection, *, read_only: bool = False) -> None:
        """Attach the lake to a fresh DuckDB connection, bounded in memory, files and network."""
        load_extensions(connection)
        mode = ", READ_ONLY" if read_only else ""
        connection.execute(
            f"ATTACH 'ducklake:sqlite:{_quoted(self.catalogue)}' AS {ALIAS} "
            f"(DATA_PATH '{_quoted(self.data)}', DATA_INLINING_ROW_LIMIT 0, OVERRIDE_DATA_PATH true{mode})"
        )
        self._bound(connection)

    def spill_to(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        """Let the connection put what does not fit into memory into a folder of its own.

        Two connections that spill into one folder overwrite each other's files: wrong rows, or a crash.
        """
        connection.execute(f"SET temp_directory = '{_quoted(folder)}'")
        connection.execute(f"SET max_temp_directory_size = '{self.temp_limit}'")

    def _bound(self, connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute(f"SET memory_limit = '{self.memory_limit}'")
        connection.execute("SET temp_directory = ''")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET enable_progress_bar = false")
        if self.threads:
            connection.execute(f"SET threads = {int(self.threads)}")

    def _write_ahead(self) -> None:
        # Without it readers and the writer of the catalogue lock each other out.
        with sqlite3.connect(self.catalogue) as catalogue:
            catalogue.execute("PRAGMA journal_mode = WAL")
        catalogue.close()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _duck_type(ibis_type: str) -> str:
    names = {
        "string": "VARCHAR",
        "int64": "BIGINT",
        "boolean": "BOOLEAN",
        "timestamp(6)": "TIMESTAMP",
        "date": "DATE",
        "float64": "DOUBLE",
    }
    return names.get(ibis_type, ibis_type.upper())
