"""Figures over the rows of a customer: how each measure is computed."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir


def _average(column: Any, counts: ir.BooleanValue) -> ir.Value:
    # Sums of decimals do not depend on the order of the rows, sums of floats do.
    total = column.cast("decimal(18, 6)").sum(where=counts).cast("float64")
    return total / column.count(where=counts).cast("float64").nullif(0)


#: By measure the figure over the rows that count, of a column (for ``count`` of the table, for ``distinct_days`` of the
#: column that says when).
FIGURES: dict[str, Any] = {
    "count": lambda rows, counts: rows.count(where=counts),
    "sum": lambda column, counts: column.sum(where=counts),
    "average": _average,
    "least": lambda column, counts: column.min(where=counts),
    "greatest": lambda column, counts: column.max(where=counts),
    "distinct": lambda column, counts: column.nunique(where=counts),
    "distinct_days": lambda column, counts: column.date().nunique(where=counts),
}
