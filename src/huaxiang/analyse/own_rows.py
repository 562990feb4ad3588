"""The lake as if one customer were alone in it, on a day: whatever is computed there reads a handful of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import NoReturn

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.analyse.facts import end_of
from huaxiang.analyse.held_rows import HeldRows, Stamp
from huaxiang.engine.interface import Engine, Exchange
from huaxiang.errors import EngineError
from huaxiang.model.tables import canonical_tables

#: Lays something down in the engine, with the rows that are shown when it is called.
Step = Callable[[], ir.Table]
_ACCOUNTS = ("account_key", "referrer_account_key")
#: Tables whose rows name no account but an order.
_OF_ORDERS = ("order_line", "payment")


class OwnRows:
    """An engine over the rows of one customer that had happened by the end of a day.

    ``tables`` are the published ones. Of canonical tables there are the rows of the customer's accounts, and of the
    orders that have the same numbers as theirs: a number that several sources use must stay ambiguous. Rows are read
    once; every day then takes its own of them. It publishes nothing. What it holds in the engine begins with its
    ``purpose``: of one purpose and engine, the latest is the only one that can be used.
    """

    def __init__(self, engine: Engine, tables: Mapping[str, ir.Table], customer_id: str, purpose: str = "own") -> None:
        self._engine, self._tables, self._purpose = engine, tables, purpose
        self.name, self.lake = engine.name, engine.lake
        # A handful of rows is one batch in any case, and fewer joins are worded sooner.
        self.outer_joins_part_batches = False
        self._read: dict[str, pa.Table] = {}
        self._shown: dict[str, ir.Table] = {}
        self._stamps: dict[str, Stamp] = {}
        self._held = HeldRows(engine)
        self._asked = set[str]()
        self._steps: list[Step] | None = None
        self.be(customer_id)

    def be(self, customer_id: str) -> None:
        """Let it be all rows of that customer; tables and what was built on them stay valid."""
        self._customer_id = customer_id
        self._end: pa.Scalar | None = None
        self._numbers: list[str] | None = None
        self._waiting = set(self._read)
        self._account = self._engine.having(self._tables["account"], {"customer_id": [customer_id]})
        self._accounts = _texts(self._account, _ACCOUNTS[0])

    def noted(self) -> set[str]:
        """A set that from now on takes the names of the tables that are asked for, until the next one is taken."""
        self._asked = set()
        return self._asked

    def read(self, names: Iterable[str]) -> None:
        """Let the tables of these names, on which something was built, have the rows of who is shown."""
        for name in names:
            self.table(name)

    @contextmanager
    def recording(self) -> Iterator[list[Step]]:
        """A list that takes, while the block runs, every step of bringing, keeping and viewing: who repeats them has
        what was built in the block for another customer, or with the rows of another day."""
        outer, self._steps = self._steps, list[Step]()
        try:
            yield self._steps
        finally:
            self._steps = outer

    def has_rows(self, name: str) -> bool:
        """Whether a table that was asked for has a row."""
        return name not in self._read or self._read[name].num_rows > 0

    def turn_to(self, day: date) -> None:
        """Let everything that happened after that day be gone; tables and what was built on them stay valid."""
        self._end = pa.scalar(end_of(day), pa.timestamp("us"))
        for name in self._read.keys() - self._waiting:
            self._show(name)

    def table(self, name: str) -> ir.Table:
        """The customer's rows of the published table; a table that tells of no customer comes whole."""
        self._asked.add(name)
        if name not in self._shown or name in self._waiting:
            values = self._values(name)
            if values is None:
                return self._tables[name]
            is_account = name == "account"
            self._read[name] = self._account if is_account else self._engine.having(self._tables[name], values)
            self._waiting.discard(name)
            self._show(name)
        return self._shown[name]

    def tables(self) -> list[str]:
        """Names of all published tables, sorted."""
        return sorted(self._tables)

    def bring(self, name: str, rows: pa.Table) -> ir.Table:
        """Rows from Python, under a name of their own."""
        return self._laid(partial(self._held.bring, f"{self._purpose}_{name}", rows))

    def work_out(self, name: str, expr: ir.Table, work: Callable[[pa.Table], pa.Table]) -> ir.Table:
        """What Python makes of the rows of the expression, under a name of its own."""
        named = f"{self._purpose}_{name}"
        return self._laid(
            lambda: self._held.of_rows(named, expr, self._stamps, lambda: self._engine.work_out(named, expr, work))
        )

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """The expression computed once, under a name of its own."""
        return self._laid(partial(self._engine.keep, f"{self._purpose}_{name}", expr))

    def keep_of_rows(self, name: str, expr: ir.Table) -> ir.Table:
        """As :meth:`keep`, for an expression that rests on rows alone: while they are those of the last time, nothing
        is computed again. In most months nothing happens to most customers."""
        named = f"{self._purpose}_{name}"
        return self._laid(lambda: self._held.of_rows(named, expr, self._stamps, lambda: self._engine.keep(named, expr)))

    def view(self, name: str, expr: ir.Table) -> ir.Table:
        """The expression under a name of its own, computed whenever it is asked for."""
        return self._laid(partial(self._engine.view, f"{self._purpose}_{name}", expr))

    def arrow(self, expr: ir.Table | ir.Column | ir.Scalar) -> pa.Table:
        """The rows of the expression."""
        return self._engine.arrow(expr)

    def having(
        self, rows: ir.Table, values: Mapping[str, Sequence[str]], columns: Sequence[str] | None = None
    ) -> pa.Table:
        """Those of the rows that have, in one of the columns of ``values``, one of its values."""
        return self._engine.having(rows, values, columns)

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

    def _laid(self, step: Step) -> ir.Table:
        if self._steps is not None:
            self._steps.append(step)
        return step()

    def _name(self, table: str) -> str:
        return f"{self._purpose}_rows_{table}"

    def _show(self, name: str) -> None:
        rows = self._read[name]
        if self._end is not None and name in canonical_tables():
            at = rows.column("occurred_at")
            rows = rows.filter(pc.or_kleene(pc.is_null(at), pc.less(at, self._end)))
        stamp = (self._customer_id if rows.num_rows else "", rows.num_rows)
        if self._stamps.get(self._name(name)) != stamp:
            self._shown[name] = self._engine.bring(self._name(name), rows)
            self._stamps[self._name(name)] = stamp

    def _values(self, name: str) -> Mapping[str, Sequence[str]] | None:
        """What says that a row of the table is the customer's: the column, and its values; None where nothing does."""
        columns = self._tables[name].columns
        if name == "orders" or name in _OF_ORDERS:
            return {"order_no": self._order_numbers()}
        if name in canonical_tables():
            return {column: self._accounts for column in _ACCOUNTS if column in columns} or None
        return {"customer_id": [self._customer_id]} if "customer_id" in columns else None

    def _order_numbers(self) -> list[str]:
        if self._numbers is None:
            own = self._engine.having(self._tables["orders"], {"account_key": self._accounts})
            self._numbers = _texts(own, "order_no")
        return self._numbers


def _texts(rows: pa.Table, column: str) -> list[str]:
    # An empty list of values is no condition; no account and no order is called by nothing.
    return sorted({str(text) for text in rows.column(column).to_pylist() if text is not None}) or [""]
