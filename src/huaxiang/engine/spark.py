"""The engine for data that outgrow one machine: Spark, over the same lake."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import ibis
import ibis.expr.operations as ops
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa
from ibis.common.exceptions import IbisError
from ibis.formats.pyarrow import PyArrowData

from huaxiang.engine.durable import make_durable
from huaxiang.engine.interface import Exchange
from huaxiang.engine.lake import Lake
from huaxiang.engine.lake_files import LakeFiles, NewFiles
from huaxiang.engine.spark_alike import alike
from huaxiang.engine.spark_types import as_schema, portable, settled, spark_schema
from huaxiang.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: What makes Spark answer as DuckDB does: overflow and failed casts are errors, timestamps have no zone.
_AS_THE_LAKE = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.writeLegacyFormat": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.files.ignoreCorruptFiles": "false",
}
_GLOB = re.compile(r"([\\*?\[\]{}])")


class SparkEngine:
    """One Spark session over a lake. Not shared between threads: each thread opens its own.

    The driver and every executor must see the lake's folder under the same path. A table shows the rows that were
    published when :meth:`table` was called.
    """

    name = "spark"
    outer_joins_part_batches = False

    def __init__(self, lake: Lake, session: SparkSession, *, read_only: bool = False) -> None:
        self.lake = lake
        self._files = LakeFiles(lake, read_only=read_only)
        self._spark = session.newSession()
        self._ibis = ibis.pyspark.connect(self._spark, **_AS_THE_LAKE)
        self._jobs = f"huaxiang-{uuid4().hex}"
        self._views: set[str] = set()
        self._seen: dict[str, int] = {}

    def table(self, name: str) -> ir.Table:
        """The published table of that name; :class:`NotFound` names the nearest ones."""
        latest = self.snapshot()
        if self._seen.get(name) != latest:
            schema = self._files.schema(name)
            self._show(f"lake_{name}", self._read(self._files.files(name), schema))
            self._seen[name] = latest
        return self._ibis.table(f"lake_{name}")

    def tables(self) -> list[str]:
        """Names of all published tables, sorted."""
        return self._files.tables()

    def bring(self, name: str, rows: pa.Table) -> ir.Table:
        """Rows from Python as a table of this session; a second one replaces the first."""
        with self._computing():
            return self._show(f"own_{name}", self._spark.createDataFrame(portable(rows)))

    def work_out(self, name: str, expr: ir.Table, work: Callable[[pa.Table], pa.Table]) -> ir.Table:
        """What Python makes of the rows of the expression, brought under that name."""
        return self.bring(name, work(self.arrow(expr)))

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """The expression computed once and held for this session."""
        with self._computing():
            frame, _ = settled(self._frame(expr), expr.schema())
            return self._show(f"own_{name}", self._held(frame))

    def view(self, name: str, expr: ir.Table) -> ir.Table:
        """The expression under a name, computed as far and as often as it is asked for."""
        with self._computing():
            return self._show(f"own_{name}", settled(self._frame(expr), expr.schema())[0])

    def read_parquet(self, paths: list[str]) -> ir.Table:
        """Staged Parquet files of this workspace as a table."""
        with self._computing():
            frame = self._spark.read.parquet(*[_plain(path) for path in paths])
            return self._show(f"read_{uuid4().hex}", frame)

    def arrow(self, expr: ir.Table | ir.Column | ir.Scalar) -> pa.Table:
        """The rows of the expression, in Arrow."""
        table = expr if isinstance(expr, ir.Table) else expr.as_table()
        with self._computing():
            frame, schema = settled(self._frame(table), table.schema())
            return PyArrowData.convert_table(frame.toArrow(), schema)

    def having(
        self, rows: ir.Table, values: Mapping[str, Sequence[str]], columns: Sequence[str] | None = None
    ) -> pa.Table:
        """Those of the rows that have, in one of the columns of ``values``, one of its values."""
        found = rows.filter(reduce(or_, [rows[column].isin(own) for column, own in values.items()]))
        return self.arrow(found if columns is None else found.select(*columns))

    def publish(
        self,
        replace: Mapping[str, ir.Table],
        append: Mapping[str, ir.Table] | None = None,
        exchange: Mapping[str, Exchange] | None = None,
    ) -> int:
        """Write all the tables in one transaction and give the number of the new snapshot.

        The files are written beside the current ones; until the catalogue takes them in nobody sees them. Those of
        a build that was killed stay behind for :meth:`LakeFiles.sweep`.
        """
        written: list[Path] = []
        whole = {name: self._exchanged(name, changed) for name, changed in (exchange or {}).items()}
        try:
            changes = [self._write_new(name, rows, written) for name, rows in {**replace, **whole}.items()]
            changes += [self._write_more(name, rows, written) for name, rows in (append or {}).items()]
        except BaseException:
            for folder in written:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        return self._files.commit(changes)

    def _exchanged(self, name: str, changed: Exchange) -> ir.Table:
        stays = self.table(name).anti_join(changed.gone, "customer_id")
        return stays.union(changed.rows.select(stays.columns))

    def sql(self, expr: ir.Table) -> str:
        """The Spark statement that computes the expression."""
        return str(self._ibis.compile(alike(expr)))

    def snapshot(self) -> int:
        """The number of the latest published snapshot."""
        return self._files.snapshot()

    def cancel(self) -> None:
        """Stop what this engine is computing, from another thread."""
        self._spark.sparkContext.cancelJobGroup(self._jobs)

    def close(self) -> None:
        """Let go of this engine's tables; the Spark session that it was given runs on."""
        for view in self._views:
            self._spark.catalog.dropTempView(view)
        self._files.close()

    def _frame(self, table: ir.Table) -> DataFrame:
        for rows in table.op().find(ops.InMemoryTable):
            here = rows.data.to_pyarrow(rows.schema)
            self._spark.createDataFrame(portable(here)).createOrReplaceTempView(rows.name)
        return self._spark.sql(self.sql(table))

    def _show(self, view: str, frame: DataFrame) -> ir.Table:
        frame.createOrReplaceTempView(view)
        self._views.add(view)
        return self._ibis.table(view)

    def _read(self, paths: list[str], schema: sch.Schema) -> DataFrame:
        if not paths:
            # Spark sees at once that there are no rows, and plans nothing for what is joined to them; rows from a list,
            # even of none, it would have a Python process hand over at every look.
            return as_schema(self._spark.range(0).limit(0).select(), schema)
        return self._spark.read.schema(spark_schema(schema)).parquet(*[_plain(path) for path in paths])

    def _held(self, frame: DataFrame) -> DataFrame:
        # A checkpoint, not a cache: plans built on kept tables stay short.
        if self._spark.sparkContext.getCheckpointDir():
            return frame.checkpoint()
        return frame.localCheckpoint()

    def _write_new(self, name: str, rows: ir.Table, written: list[Path]) -> NewFiles:
        with self._computing("engine.publish_failed"):
            frame, schema = settled(self._frame(rows), rows.schema())
            return NewFiles(name, self._write(name, frame, written), schema)

    def _write_more(self, name: str, rows: ir.Table, written: list[Path]) -> NewFiles:
        if name not in self.tables():
            raise EngineError("spark.append_to_nothing", table=name)
        schema = self._files.schema(name)
        if unknown := [column for column in rows.columns if column not in schema]:
            raise EngineError("spark.append_unknown_columns", table=name, columns=", ".join(unknown))
        with self._computing("engine.publish_failed"):
            return NewFiles(name, self._write(name, as_schema(self._frame(rows), schema), written))

    def _write(self, table: str, frame: DataFrame, written: list[Path]) -> tuple[Path, ...]:
        folder = self.lake.data / "main" / table / f"spark-{uuid4().hex}"
        written.append(folder)
        frame.write.parquet(str(folder))
        return make_durable(folder)

    @contextmanager
    def _computing(self, code: str = "engine.failed") -> Iterator[None]:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        self._spark.sparkContext.setJobGroup(self._jobs, "huaxiang", interruptOnCancel=True)
        try:
            yield
        except (PySparkException, Py4JError, IbisError, pa.ArrowException) as problem:
            raise EngineError(code, reason=_reason(problem)) from problem


def _reason(problem: Exception) -> str:
    """The first sentence of what went wrong, without the Java stack below it."""
    lines = str(problem).splitlines()
    java = [line.removeprefix(": ") for line in lines if line.startswith(": ")]
    return (java or lines or [type(problem).__name__])[0]


def _plain(path: str) -> str:
    """The path with nothing in it that Spark would take for a pattern."""
    return _GLOB.sub(r"\\\1", path)
