"""An Ibis backend that words an expression in SQL once and plans it once: both take longer than computing on a small
shop's data."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

# Selects stay one in another, as they were built: engines merge them themselves, and to do it before takes a third of
# the wording.
ibis.options.sql.fuse_selects = False
#: How many expressions are remembered; a refresh words about four hundred.
_MOST = 4096


class _Worded(threading.local):
    """What one thread has worded. Ibis compares expressions in a way that threads must not share."""

    def __init__(self) -> None:
        self.texts: dict[ops.Node, str] = {}


_worded = _Worded()


class WordedOnce(Backend):  # type: ignore[misc] # Ibis ships no types
    """DuckDB behind Ibis. The SQL of an expression depends on nothing but the expression, so any session may use it."""

    def compile(
        self,
        expr: ir.Expr,
        /,
        *,
        limit: int | None = None,
        params: Mapping[ir.Expr, Any] | None = None,
        pretty: bool = False,
    ) -> str:
        """The statement that computes the expression."""
        if limit is not None or params or pretty:
            return str(super().compile(expr, limit=limit, params=params, pretty=pretty))
        known, asked = _worded.texts, expr.op()
        if asked not in known:
            text = str(super().compile(expr))
            if asked.find(ops.InMemoryTable):
                return text  # remembering it would keep its rows in memory
            if len(known) >= _MOST:
                known.clear()
            known[asked] = text
        return known[asked]

    def to_pyarrow(
        self,
        expr: ir.Expr,
        /,
        *,
        params: Mapping[ir.Scalar, Any] | None = None,
        limit: int | None = None,
        **_: Any,
    ) -> pa.Table:
        """The rows of the expression. A relation of DuckDB, which Ibis would ask, is planned when it is made and once
        more when it is read; planning is most of what a question about one customer costs."""
        # It loads pandas, which a command that asks nothing does without.
        from ibis.backends.duckdb.converter import DuckDBPyArrowData

        asked = expr.as_table()
        statement = self.compile(asked, limit=limit, params=params)
        if asked.op() not in _worded.texts:
            # It has rows of Python, to be registered; to look for them takes longer than many a question.
            self._run_pre_execute_hooks(expr)
        rows = self.con.execute(statement).to_arrow_table()
        return expr.__pyarrow_result__(rows, data_mapper=DuckDBPyArrowData)
