"""Judging the cells of a column by one rule: which rows are judged, and which of them fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.model.identity import IdentityRules, NameRules
from huaxiang.model.quality import Target
from huaxiang.model.tables import canonical_table, canonical_tables
from huaxiang.prepare.current import current
from huaxiang.prepare.distinct import with_worked_out

#: Columns of rows that were judged. ``value`` is the cell as text; times of arrival have no place in a file.
JUDGED = ("source", "import_id", "source_row", "account_key", "value", "fails")


@dataclass(frozen=True)
class Verdict:
    """``rows`` with what is judged: which rows count (``applies``), which of those fail, and their value as text."""

    rows: ir.Table
    value: ir.Value
    applies: ir.BooleanValue
    fails: ir.BooleanValue

    def judged(self) -> ir.Table:
        """The rows that count, with the columns of :data:`JUDGED`."""
        known = self.rows.mutate(
            value=self.value.cast("string"), fails=self.fails.fill_null(True), applies=self.applies.fill_null(False)
        )
        if "account_key" not in known.columns:
            known = known.mutate(account_key=ibis.null("string"))
        return known.filter(known.applies).select(*JUDGED)


@dataclass(frozen=True)
class Round:
    """One round of judging: an engine, the day of the data, and the rules that say what is no name or no value.

    ``name`` keeps the session tables of one column apart from those of another.
    """

    engine: Engine
    as_of: date
    identity: IdentityRules
    name: str = "quality"
    known: dict[str, ir.Table] = field(default_factory=dict)

    @property
    def names(self) -> NameRules:
        """How people are addressed, and what is no name."""
        return self.identity.names

    @cached_property
    def filled(self) -> frozenset[str]:
        """The canonical tables that have rows: there is nothing to judge in the others, and a small shop has few."""
        one_each = [self.engine.table(name).limit(1).select(name=ibis.literal(name)) for name in canonical_tables()]
        return frozenset(self.engine.arrow(ibis.union(*one_each)).column("name").to_pylist())

    def rows(self, target: Target) -> ir.Table:
        """The rows of the target that count: the newest version of each fact, where the other columns have the values
        that the target asks for."""
        if target.table not in self.known:
            self.known[target.table] = self._current(target.table)
        found = self.known[target.table]
        return (
            found.filter([found[column] == value for column, value in target.where.items()]) if target.where else found
        )

    def _current(self, table: str) -> ir.Table:
        rows = current(self.engine, table)
        if canonical_table(table).first_wins or not canonical_table(table).key:
            return rows
        # Versions are settled once for all rules.
        return self.engine.keep(f"{self.name}_{table}", rows.drop("extra", "row_key", "row_hash", "known_at"))

    def worked_out(self, rows: ir.Table, column: str, holds: Callable[[str], bool | None]) -> ir.Table:
        """``rows`` with the column ``holds``: what Python says of each distinct text; null for an empty cell."""
        return with_worked_out(self.engine, rows, column, holds, ("holds", pa.bool_()), f"{self.name}_{column}")
