"""What a file tells: its staged rows, and how they were read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from huaxiang.model.mapping import Mapping, vocabulary


@dataclass(frozen=True)
class Told:
    """The staged rows of a file, the mapping that they were read with, and the currency of amounts that name none."""

    rows: ir.Table
    mapping: Mapping
    home_currency: str

    def has(self, field: str) -> bool:
        """Whether a column of the file was taken for the field."""
        return field in self.mapping.columns

    def but(self, **columns: ir.Value) -> Told:
        """The same with other columns."""
        return replace(self, rows=self.rows.mutate(**columns))

    def currency(self, rows: ir.Table) -> ir.StringValue:
        """The currency of amounts: that of the row, the mapping or the workspace."""
        return ibis.coalesce(rows.currency, ibis.literal(self.mapping.currency or self.home_currency))


def names_a_test(text: ir.StringValue, *, anywhere: bool) -> ir.BooleanValue:
    """Whether a text speaks of a test, ``anywhere`` or at its beginning. Latin words count only when they stand alone:
    "latest" is no test."""
    words = vocabulary()["test_words"]
    latin = "|".join(word for word in words if word.isascii())
    other = "|".join(word for word in words if not word.isascii())
    pattern = f"(^|[^a-z])({latin})([^a-z]|$)|({other})" if anywhere else f"^({latin})([^a-z]|$)|^({other})"
    return text.lower().re_search(pattern).fill_null(False)
