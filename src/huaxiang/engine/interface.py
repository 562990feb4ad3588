"""What every engine offers: read published tables, compute Ibis expressions, publish several tables at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.lake import Lake


class Exchange(NamedTuple):
    """The rows of a table that change: those of the ``customer_id`` in ``gone`` give way, ``rows`` come. Both are kept
    tables of the engine."""

    gone: ir.Table
    rows: ir.Table


class Engine(Protocol):
    """An analytical engine over one lake.

    Expressions built from :meth:`table`, :meth:`bring` and :meth:`keep` of one engine belong to that engine.
    """

    name: str
    lake: Lake
    #: Whether an outer join hands on those whom it finds and those whom it does not in batches of their own.
    outer_joins_part_batches: bool

    def table(self, name: str) -> ir.Table:
        """The published table of that name; :class:`NotFound` names the nearest ones."""

    def tables(self) -> list[str]:
        """Names of all published tables, sorted."""

    def bring(self, name: str, rows: pa.Table) -> ir.Table:
        """Rows from Python as a table of this session, seen by nobody else; a second one replaces the first."""

    def work_out(self, name: str, expr: ir.Table, work: Callable[[pa.Table], pa.Table]) -> ir.Table:
        """What Python makes of the rows of the expression, brought under that name."""

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """The expression computed once and held for this session under that name."""

    def view(self, name: str, expr: ir.Table) -> ir.Table:
        """The expression under that name, which no kept table has; computed as far and as often as it is asked for."""

    def arrow(self, expr: ir.Table | ir.Column | ir.Scalar) -> pa.Table:
        """The rows of the expression, in Arrow."""

    def having(
        self, rows: ir.Table, values: Mapping[str, Sequence[str]], columns: Sequence[str] | None = None
    ) -> pa.Table:
        """Those of the rows that have, in one of the columns of ``values``, one of its values; of them the ``columns``,
        by default all. There is at least one column with one value."""

    def publish(
        self,
        replace: Mapping[str, ir.Table],
        append: Mapping[str, ir.Table] | None = None,
        exchange: Mapping[str, Exchange] | None = None,
    ) -> int:
        """Write all the tables in one transaction and give the number of the new snapshot.

        ``replace`` names get exactly these rows, ``append`` names these rows in addition, of ``exchange`` names the
        rows of some customers are others. No expression may read another table that the same call replaces: engines
        differ in whether they see the old or the new. Readers see all of it or none of it. Raises
        :class:`EngineError` when it could not be written; nothing has changed then.
        """

    def sql(self, expr: ir.Table) -> str:
        """The statement that this engine would run, to be read by a person."""

    def snapshot(self) -> int:
        """The number of the latest published snapshot."""

    def cancel(self) -> None:
        """Stop what this engine is computing, from another thread."""

    def close(self) -> None:
        """Let go of everything held."""


def only(rows: pa.Table) -> list[dict[str, object]]:
    """The rows as dictionaries, for results small enough to read."""
    return list(_dicts(rows.to_batches()))


def count_of(engine: Engine, rows: ir.Table) -> int:
    """How many rows the expression has."""
    return int(str(only(engine.arrow(rows.aggregate(n=rows.count())))[0]["n"]))


def _dicts(batches: Iterable[pa.RecordBatch]) -> Iterable[dict[str, object]]:
    for batch in batches:
        yield from batch.to_pylist()
