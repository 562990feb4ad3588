"""What an engine holds under a name stays there while it would come out the same: of one customer, laying it down
again takes longer than reading it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine

#: Whose rows a table has, and how many: the rows of a day are the first ones in time.
Stamp = tuple[str, int]


class _Came(NamedTuple):
    """What an expression came to, and the stamps of the tables that it read."""

    expr: ir.Table
    stamps: Mapping[str, Stamp]
    rows: ir.Table


class HeldRows:
    """Holds rows in an engine, under names that nobody else gives out there."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._came: dict[str, _Came] = {}
        self._brought: dict[str, tuple[pa.Table, ir.Table]] = {}

    def bring(self, name: str, rows: pa.Table) -> ir.Table:
        """Rows from Python; the same rows as the last time under that name are there already."""
        held = self._brought.get(name)
        if held is None or not (held[0].schema.equals(rows.schema) and held[0].equals(rows)):
            held = self._brought[name] = rows, self._engine.bring(name, rows)
        return held[1]

    def of_rows(self, name: str, expr: ir.Table, stamps: Mapping[str, Stamp], lay: Callable[[], ir.Table]) -> ir.Table:
        """What ``lay`` makes of the expression, once for the rows that the tables named by ``stamps`` have; it reads no
        others that could have changed."""
        came = self._came.get(name)
        if came is None or came.expr is not expr:
            tables = stamps.keys() & {one.name for one in expr.op().find(ops.DatabaseTable)}
        elif all(stamps[table] == was for table, was in came.stamps.items()):
            return came.rows
        else:
            tables = set(came.stamps)
        rows = lay()
        self._came[name] = _Came(expr, {table: stamps[table] for table in tables}, rows)
        return rows
