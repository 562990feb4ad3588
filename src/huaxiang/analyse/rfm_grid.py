"""The grid of RFM scores: customers and mean net revenue for every pair of recency and frequency scores."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, only


@dataclass(frozen=True)
class GridCell:
    """One pair of scores from 1 to 5 that somebody has; ``mean_net_revenue`` is per customer."""

    recency_score: int
    frequency_score: int
    customers: int
    mean_net_revenue: float


def score_grid(engine: Engine, members: ir.Table) -> tuple[GridCell, ...]:
    """The cells that hold customers, by recency and frequency score. ``members`` is the RFM result by customer."""
    cells = members.group_by("recency_score", "frequency_score").aggregate(
        customers=members.count(), total=members.net_revenue.sum().cast("float64")
    )
    rows = only(engine.arrow(cells.order_by("recency_score", "frequency_score")))
    return tuple(_cell({name: float(str(value)) for name, value in row.items()}) for row in rows)


def _cell(row: dict[str, float]) -> GridCell:
    mean = row["total"] / row["customers"]
    return GridCell(int(row["recency_score"]), int(row["frequency_score"]), int(row["customers"]), mean)
