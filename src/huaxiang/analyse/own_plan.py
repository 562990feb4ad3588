"""Questions about one customer that are built without asking, so that they are asked of one customer after the other.

Building a question takes much longer than its answer, for a customer has a handful of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.own_rows import OwnRows
from huaxiang.engine.interface import Exchange
from huaxiang.errors import EngineError


class LooksMeanwhile(Exception):
    """What is being built depends on what the customer's rows say."""


class OwnPlan:
    """The rows of :class:`OwnRows` as an engine that computes nothing.

    ``names`` are the tables that were asked for. Whatever would have to be computed to go on raises
    :class:`LooksMeanwhile`.
    """

    def __init__(self, own: OwnRows) -> None:
        self.name, self.lake = own.name, own.lake
        self.outer_joins_part_batches = own.outer_joins_part_batches
        self.names = set[str]()
        self._own = own

    def table(self, name: str) -> ir.Table:
        """The customer's rows of the published table."""
        self.names.add(name)
        return self._own.table(name)

    def tables(self) -> list[str]:
        """Names of all published tables, sorted."""
        return self._own.tables()

    def keep(self, name: str, expr: ir.Table) -> ir.Table:  # noqa: ARG002
        """The expression itself."""
        return expr

    def view(self, name: str, expr: ir.Table) -> ir.Table:  # noqa: ARG002
        """The expression itself."""
        return expr

    def sql(self, expr: ir.Table) -> str:
        """The statement that the engine underneath would run."""
        return self._own.sql(expr)

    def snapshot(self) -> int:
        """The number of the snapshot underneath."""
        return self._own.snapshot()

    def bring(self, name: str, rows: pa.Table) -> ir.Table:
        """A table without rows; any others were made of the customer's."""
        if rows.num_rows:
            raise LooksMeanwhile
        return self._own.bring(name, rows)

    def arrow(self, expr: ir.Table | ir.Column | ir.Scalar) -> NoReturn:  # noqa: ARG002
        """Refused: nothing is computed."""
        raise LooksMeanwhile

    def having(
        self,
        rows: ir.Table,  # noqa: ARG002
        values: Mapping[str, Sequence[str]],  # noqa: ARG002
        columns: Sequence[str] | None = None,  # noqa: ARG002
    ) -> NoReturn:
        """Refused: nothing is computed."""
        raise LooksMeanwhile

    def publish(
        self,
        replace: Mapping[str, ir.Table],
        append: Mapping[str, ir.Table] | None = None,
        exchange: Mapping[str, Exchange] | None = None,
    ) -> NoReturn:
        """Refused: these rows are a part of what was published."""
        raise EngineError("engine.publish_failed", reason=", ".join([*replace, *(append or {}), *(exchange or {})]))

    def cancel(self) -> None:
        """Nothing is being computed."""

    def close(self) -> None:
        """Nothing: the engine underneath goes on."""
