"""The embedded engine: DuckDB in this process, over the lake."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.sql.datatypes import DuckDBType

from huaxiang.engine.extensions import connection_settings
from huaxiang.engine.in_use import InUse
from huaxiang.engine.interface import Exchange
from huaxiang.engine.lake import ALIAS, Lake
from huaxiang.engine.no_rows import note_tables_without_rows
from huaxiang.engine.spill import SpillFolder
from huaxiang.engine.straight import Files, files_of
from huaxiang.engine.worded_once import WordedOnce
from huaxiang.errors import Cancelled, EngineError, HuaxiangError, NotFound, nearest

#: What rows from Python are called while they are being copied.
_BROUGHT = "brought_rows"
#: Files whose last snapshot was forgotten, and files that never had one.
_REMOVALS = ("ducklake_cleanup_old_files", "ducklake_delete_orphaned_files")


class DuckEngine:
    """One DuckDB session over a lake. Not shared between threads: each thread opens its own."""

    name = "duckdb"
    outer_joins_part_batches = True

    def __init__(self, lake: Lake, *, read_only: bool = False) -> None:
        self.lake = lake
        self._ibis = WordedOnce().connect(**connection_settings())
        self._duck: duckdb.DuckDBPyConnection = self._ibis.con
        self._known: dict[str, ir.Table] = {}
        self._files: dict[str, Files | None] = {}
        self._known_at = -1
        self._held: int | None = None
        try:
            self._lake_mark = InUse(lake.folder)
            lake.attach(self._duck, read_only=read_only)
        except (OSError, duckdb.Error) as problem:
            raise EngineError("engine.lake_unreadable", folder=str(lake.folder), reason=str(problem)) from problem
        self._spill = SpillFolder(lake.scratch)
        lake.spill_to(self._duck, self._spill.path)
        self._lock_down()

    def table(self, name: str) -> ir.Table:
        """The published table of that name; :class:`NotFound` names the nearest ones."""
        with _told():
            self._forget_if_changed()
            try:
                if name not in self._known:
                    self._known[name] = self._ibis.table(name, database=(ALIAS, "main"))
                return self._known[name]
            except (ibis.common.exceptions.TableNotFound, duckdb.CatalogException):
                raise NotFound("engine.unknown_table", given=name, nearest=nearest(name, self.tables())) from None

    def tables(self) -> list[str]:
        """Names of all published tables, sorted."""
        with _told():
            found = self._duck.execute("SELECT table_name FROM ducklake_table_info($1)", [ALIAS])
            return sorted(row[0] for row in found.fetchall())

    def bring(self, name: str, rows: pa.Table) -> ir.Table:
        """Rows from Python as a table of this session; a second one replaces the first."""
        try:
            with _told():
                self._duck.register(_BROUGHT, rows)
                self._duck.execute(f"CREATE OR REPLACE TEMP TABLE {_quoted(name)} AS FROM {_BROUGHT}")
                return self._kept(name, ibis.Schema.from_pyarrow(rows.schema))
        finally:
            self._duck.unregister(_BROUGHT)

    def work_out(self, name: str, expr: ir.Table, work: Callable[[pa.Table], pa.Table]) -> ir.Table:
        """What Python makes of the rows of the expression, brought under that name."""
        return self.bring(name, work(self.arrow(expr)))

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """The expression computed once and held for this session."""
        with _told():
            self._duck.execute(f"CREATE OR REPLACE TEMP TABLE {_quoted(name)} AS {self._declared(expr)}")
            return self._kept(name, expr.schema())

    def view(self, name: str, expr: ir.Table) -> ir.Table:
        """The expression under a name, computed as far and as often as it is asked for."""
        with _told():
            self._duck.execute(f"CREATE OR REPLACE TEMP VIEW {_quoted(name)} AS {self._declared(expr)}")
            return self._kept(name, expr.schema())

    def read_parquet(self, paths: list[str]) -> ir.Table:
        """Staged Parquet files of this workspace as a table."""
        return self._ibis.read_parquet(paths)

    def arrow(self, expr: ir.Table | ir.Column | ir.Scalar) -> pa.Table:
        """The rows of the expression, in Arrow."""
        with _told():
            return self._ibis.to_pyarrow(expr.as_table() if not isinstance(expr, ir.Table) else expr)

    def having(
        self, rows: ir.Table, values: Mapping[str, Sequence[str]], columns: Sequence[str] | None = None
    ) -> pa.Table:
        """Those of the rows that have, in one of the columns of ``values``, one of its values."""
        wanted = rows.columns if columns is None else columns
        parts = [f"{_quoted(column)} IN ({', '.join('?' * len(own))})" for column, own in values.items()]
        with _told():
            files = self._files_of(rows)
            source = self.sql(rows) if files is None else files.source(values)
            if source is None:
                return rows.select(wanted).schema().to_pyarrow().empty_table()
            told = ", ".join(map(_quoted, wanted))
            statement = f"SELECT {told} FROM ({source}) WHERE {' OR '.join(parts)}"  # noqa: S608 - quoted names
            return self._duck.execute(statement, [value for own in values.values() for value in own]).to_arrow_table()

    def batches(self, expr: ir.Table, rows: int) -> pa.RecordBatchReader:
        """The rows of the expression in batches of about so many, for what does not fit into memory at once."""
        with _told():
            return self._ibis.to_pyarrow_batches(expr, chunk_size=rows)

    def publish(
        self,
        replace: Mapping[str, ir.Table],
        append: Mapping[str, ir.Table] | None = None,
        exchange: Mapping[str, Exchange] | None = None,
    ) -> int:
        """Write all the tables in one transaction and give the number of the new snapshot."""
        statements = [
            f"CREATE OR REPLACE TABLE {_name(name)} AS {self._declared(rows)}" for name, rows in replace.items()
        ]
        for name, rows in (append or {}).items():
            statements.append(f"INSERT INTO {_name(name)} BY NAME {self._declared(rows)}")
        for name, changed in (exchange or {}).items():
            gone = self.sql(changed.gone.select("customer_id"))
            statements.append(f"DELETE FROM {_name(name)} WHERE customer_id IN ({gone})")  # noqa: S608
            statements.append(f"INSERT INTO {_name(name)} BY NAME {self._declared(changed.rows)}")
        try:
            with _told("engine.publish_failed"):
                self._duck.execute("BEGIN")
                for statement in statements:
                    self._duck.execute(statement)
                self._duck.execute("COMMIT")
        except (HuaxiangError, KeyboardInterrupt):
            self._roll_back()
            raise
        note_tables_without_rows(self._duck, ALIAS)
        return self.snapshot()

    def forget(self, keep: Collection[int]) -> int:
        """Forget every snapshot but those of ``keep`` and the latest, remove the files that only they had, and give the
        number of files removed. Files that no snapshot knows, left by a build that was killed, go too.

        Only for the holder of the builder lock: the files of a build that still runs look the same. A query that still
        reads a forgotten snapshot fails.
        """
        old = sorted(self._snapshots() - {*keep, self.snapshot()})
        with _told("engine.cleanup_failed"):
            if old:
                self._duck.execute("CALL ducklake_expire_snapshots(?, versions => ?)", [ALIAS, old])
            calls = [f"CALL {removal}(?, cleanup_all => true)" for removal in _REMOVALS]
            return sum(len(self._duck.execute(call, [ALIAS]).fetchall()) for call in calls)

    def sql(self, expr: ir.Table) -> str:
        """The DuckDB statement that computes the expression."""
        return str(self._ibis.compile(expr))

    def snapshot(self) -> int:
        """The number of the latest published snapshot."""
        return self._latest() if self._held is None else self._held

    def hold(self) -> None:
        """Ask the catalogue once what is published, and no more until :meth:`let_go`: each question takes milliseconds,
        and whoever writes one answer asks many times."""
        self._held = self._latest()

    def let_go(self) -> None:
        """See again what others publish."""
        self._held = None

    def cancel(self) -> None:
        """Stop what this engine is computing, from another thread."""
        self._duck.interrupt()

    def close(self) -> None:
        """Let go of the session and its temporary tables."""
        self._ibis.disconnect()
        self._spill.remove()
        self._lake_mark.lift()

    def _snapshots(self) -> set[int]:
        with _told():
            found = self._duck.execute("SELECT snapshot_id FROM ducklake_snapshots($1)", [ALIAS])
            return {int(row[0]) for row in found.fetchall()}

    def _latest(self) -> int:
        with _told():
            row = self._duck.execute("SELECT id FROM ducklake_current_snapshot($1)", [ALIAS]).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def _forget_if_changed(self) -> None:
        if (latest := self.snapshot()) != self._known_at:
            self._known, self._files, self._known_at = {}, {}, latest

    def _files_of(self, rows: ir.Table) -> Files | None:
        """The files of a published table; None for another expression, and where the files do not tell all."""
        table = rows.op()
        if not (isinstance(table, ops.DatabaseTable) and table.namespace.catalog == ALIAS):
            return None
        self._forget_if_changed()
        if table.name not in self._files:
            self._files[table.name] = files_of(self._duck, ALIAS, table.name)
        return self._files[table.name]

    def _kept(self, name: str, kinds: ibis.Schema) -> ir.Table:
        if not all(map(_is_exact, kinds.types)):
            return self._ibis.table(name, database=("temp", "main"))
        stored = {column: _as_stored(kind) for column, kind in kinds.items()}
        place = ops.Namespace(catalog="temp", database="main")
        return ops.DatabaseTable(name, schema=ibis.schema(stored), source=self._ibis, namespace=place).to_expr()

    def _declared(self, rows: ir.Table) -> str:
        # DuckDB's own types are not those of the expression: a sum of integers is stored as a rounded float.
        columns = [
            f"CAST({quoted} AS {_declared_type(kind)}) AS {quoted}" if _is_exact(kind) else quoted
            for name, kind in rows.schema().items()
            for quoted in [_quoted(name)]
        ]
        return f"SELECT {', '.join(columns)} FROM ({self.sql(rows)})"  # noqa: S608 - quoted names and compiled text

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


@contextmanager
def _told(code: str = "engine.failed") -> Iterator[None]:
    """What DuckDB says of a failure, as one of ours: :class:`Cancelled` where it was stopped."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException) as problem:
        if isinstance(problem, duckdb.InterruptException) or "INTERRUPT Error" in str(problem):
            raise Cancelled("engine.cancelled") from problem
        raise EngineError(code, reason=str(problem)) from problem


def _is_exact(kind: dt.DataType) -> bool:
    return not (isinstance(kind, dt.Null) or (isinstance(kind, dt.Decimal) and kind.precision is None))


@lru_cache(maxsize=1024)
def _declared_type(kind: dt.DataType) -> str:
    return str(DuckDBType.to_string(kind))


@lru_cache(maxsize=1024)
def _as_stored(kind: dt.DataType) -> dt.DataType:
    """The type that DuckDB names when it is asked about a column declared with that one."""
    return DuckDBType.from_string(_declared_type(kind), nullable=True)


def _name(table: str) -> str:
    return f"{ALIAS}.main.{_quoted(table)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
