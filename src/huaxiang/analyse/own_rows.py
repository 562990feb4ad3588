"""The lake as if one customer were alone in it, on a day: whatever is computed there reads a handful of rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import NoReturn

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.analyse.facts import end_of
from huaxiang.engine.interface import Engine, Exchange, only
from huaxiang.errors import EngineError
from huaxiang.model.tables import canonical_tables

_ACCOUNTS = ("account_key", "referrer_account_key")
#: Tables whose rows name no account but an order.
_OF_ORDERS = ("order_line", "payment")


class OwnRows:
    """An engine over the rows of one customer that had happened by the end of a day.

    ``tables`` are the published ones. Of canonical tables there are the rows of the customer's accounts, and of the
    orders that have the same numbers as theirs: a number that several sources use must stay ambiguous. Rows are read
    once; every day then takes its own of them. It publishes nothing.
    """

    def __init__(self, engine: Engine, tables: Mapping[str, ir.Table], customer_id: str) -> None:
        self._engine, self._tables, self._customer_id = engine, tables, customer_id
        self.name, self.lake = engine.name, engine.lake
        # A handful of rows is one batch in any case, and fewer joins are worded sooner.
        self.outer_joins_part_batches = False
        self._read: dict[str, pa.Table] = {}
        self._shown: dict[str, ir.Table] = {}
        self._shown_count: dict[str, int] = {}
        self._end: pa.Scalar | None = None
        self._accounts = self._texts(
            tables["account"].filter(tables["account"].customer_id == customer_id), _ACCOUNTS[0]
        )
        self._numbers: list[str] | None = None

    def turn_to(self, day: date) -> None:
        """Let everything that happened after that day be gone; tables and what was built on them stay valid."""
        self._end = pa.scalar(end_of(day), pa.timestamp("us"))
        for name in self._read:
            self._show(name)

    def table(self, name: str) -> ir.Table:
        """The customer's rows of the published table; a table that tells of no customer comes whole."""
        if name not in self._shown:
            own = self._own(name)
            if own is None:
                return self._tables[name]
            self._read[name] = self._engine.arrow(own)
            self._show(name)
        return self._shown[name]

    def tables(self) -> list[str]:
        """Names of all published tables, sorted."""
        return sorted(self._tables)

    def bring(self, name: str, rows: pa.Table) -> ir.Table:
        """Rows from Python, under a name of their own."""
        return self._engine.bring(f"own_{name}", rows)

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """The expression computed once, under a name of its own."""
        return self._engine.keep(f"own_{name}", expr)

    def view(self, name: str, expr: ir.Table) -> ir.Table:
        """The expression under a name of its own, computed whenever it is asked for."""
        return self._engine.view(f"own_{name}", expr)

    def arrow(self, expr: ir.Table | ir.Column | ir.Scalar) -> pa.Table:
        """The rows of the expression."""
        return self._engine.arrow(expr)

    def sql(self, expr: ir.Table) -> str:
        """The statement that the engine underneath would run."""
        return self._engine.sql(expr)

    def snapshot(self) -> int:
        """The number of the snapshot underneath."""
        return self._engine.snapshot()

    def publish(
        self,
        replace: Mapping[str, ir.Table],
        append: Mapping[str, ir.Table] | None = None,
        exchange: Mapping[str, Exchange] | None = None,
    ) -> NoReturn:
        """Refused: these rows are a part of what was published."""
        raise EngineError("engine.publish_failed", reason=", ".join([*replace, *(append or {}), *(exchange or {})]))

    def cancel(self) -> None:
        """Stop what is being computed."""
        self._engine.cancel()

    def close(self) -> None:
        """Nothing: the engine underneath goes on."""

    def _show(self, name: str) -> None:
        rows = self._read[name]
        if self._end is not None and name in canonical_tables():
            at = rows.column("occurred_at")
            rows = rows.filter(pc.or_kleene(pc.is_null(at), pc.less(at, self._end)))
        # The rows of a day are the first ones in time: as many of them are the same ones.
        if self._shown_count.get(name) != rows.num_rows:
            self._shown[name] = self._engine.bring(f"own_rows_{name}", rows)
            self._shown_count[name] = rows.num_rows

    def _own(self, name: str) -> ir.Table | None:
        rows = self._tables[name]
        if name == "orders" or name in _OF_ORDERS:
            return rows.filter(rows.order_no.isin(self._order_numbers()))
        if name in canonical_tables():
            keys = [rows[column].isin(self._accounts) for column in _ACCOUNTS if column in rows.columns]
            return rows.filter(reduce(or_, keys)) if keys else None
        return rows.filter(rows.customer_id == self._customer_id) if "customer_id" in rows.columns else None

    def _order_numbers(self) -> Collection[str]:
        if self._numbers is None:
            orders = self._tables["orders"]
            self._numbers = self._texts(orders.filter(orders.account_key.isin(self._accounts)), "order_no")
        return self._numbers

    def _texts(self, rows: ir.Table, column: str) -> list[str]:
        named = rows.filter(rows[column].notnull()).select(column).distinct().order_by(column)
        # An empty list of values is no condition; no account and no order is called by nothing.
        return [str(row[column]) for row in only(self._engine.arrow(named))] or [""]
