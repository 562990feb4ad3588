"""The embedded engine: DuckDB in this process, over the lake."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot

from huaxiang.engine.lake import ALIAS, Lake
from huaxiang.errors import EngineError, NotFound, nearest


class DuckEngine:
    """One DuckDB session over a lake. Not shared between threads: each thread opens its own."""

    name = "duckdb"

    def __init__(self, lake: Lake, *, read_only: bool = False) -> None:
        self.lake = lake
        self._ibis = ibis.duckdb.connect()
        self._duck: duckdb.DuckDBPyConnection = self._ibis.con
        lake.attach(self._duck, read_only=read_only)
        self._lock_down()

    def table(self, name: str) -> ir.Table:
        """The published table of that name; :class:`NotFound` names the nearest ones."""
        try:
            return self._ibis.table(name, database=(ALIAS, "main"))
        except (ibis.common.exceptions.TableNotFound, duckdb.CatalogException):
            raise NotFound("engine.unknown_table", given=name, nearest=nearest(name, self.tables())) from None

    def tables(self) -> list[str]:
        """Names of all published tables, sorted."""
        found = self._duck.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = $1", [ALIAS])
        return sorted(row[0] for row in found.fetchall())

    def bring(self, name: str, rows: pa.Table) -> ir.Table:
        """Rows from Python as a table of this session; a second one replaces the first."""
        return self._temporary(name, rows)

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """The expression computed once and held for this session."""
        return self._temporary(name, expr)

    def read_parquet(self, paths: list[str]) -> ir.Table:
        """Staged Parquet files of this workspace as a table."""
        return self._ibis.read_parquet(paths)

    def arrow(self, expr: ir.Table | ir.Column | ir.Scalar) -> pa.Table:
        """The rows of the expression, in Arrow."""
        try:
            table = expr.as_table() if not isinstance(expr, ir.Table) else expr
            return self._ibis.to_pyarrow(table)
        except duckdb.Error as problem:
            raise EngineError("engine.failed", reason=str(problem)) from problem

    def publish(self, replace: Mapping[str, ir.Table], append: Mapping[str, ir.Table] | None = None) -> int:
        """Write all the tables in one transaction and give the number of the new snapshot."""
        statements = [f"CREATE OR REPLACE TABLE {_name(name)} AS {self.sql(rows)}" for name, rows in replace.items()]
        for name, rows in (append or {}).items():
            statements.append(f"INSERT INTO {_name(name)} BY NAME {self.sql(rows)}")
        try:
            self._duck.execute("BEGIN")
            for statement in statements:
                self._duck.execute(statement)
            self._duck.execute("COMMIT")
        except duckdb.Error as problem:
            self._roll_back()
            raise EngineError("engine.publish_failed", reason=str(problem)) from problem
        return self.snapshot()

    def sql(self, expr: ir.Table) -> str:
        """The DuckDB statement that computes the expression."""
        return str(self._ibis.compile(expr))

    def snapshot(self) -> int:
        """The number of the latest published snapshot."""
        row = self._duck.execute("SELECT max(snapshot_id) FROM ducklake_snapshots($1)", [ALIAS]).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def cancel(self) -> None:
        """Stop what this engine is computing, from another thread."""
        self._duck.interrupt()

    def close(self) -> None:
        """Let go of the session and its temporary tables."""
        self._ibis.disconnect()

    def _temporary(self, name: str, rows: pa.Table | ir.Table) -> ir.Table:
        try:
            return self._ibis.create_table(name, rows, temp=True, overwrite=True)
        except duckdb.Error as problem:
            raise EngineError("engine.failed", reason=str(problem)) from problem

    def _lock_down(self) -> None:
        folders = [str(path) for path in (self.lake.folder, self.lake.scratch)]
        self._duck.execute("SET allowed_directories = $folders", {"folders": folders})
        self._duck.execute("SET enable_external_access = false")
        self._duck.execute("SET lock_configuration = true")

    def _roll_back(self) -> None:
        try:
            self._duck.execute("ROLLBACK")
        except duckdb.TransactionException:
            return  # the failed statement had already ended the transaction


def _name(table: str) -> str:
    return f"{ALIAS}.main.{sqlglot.exp.to_identifier(table, quoted=True).sql('duckdb')}"
