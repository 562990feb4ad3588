"""How large segments are: customers and net revenue of one or several conditions in one pass over the portrait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.population import Population
from huaxiang.engine.interface import count_of, only
from huaxiang.model.conditions import Condition

REVENUE = "net_revenue_total"


@dataclass(frozen=True)
class Composition:
    """A segment against all customers of the portrait.

    ``known`` are the customers of whom everything is known that the condition looks at. Shares are 0 to 1 and None
    where they would divide by nothing; ``revenue_share`` also where total net revenue is not above 0. Revenue is
    ``net_revenue_total``, None where no revenue is known.
    """

    customers: int
    all_customers: int
    known: int
    share: float | None
    net_revenue_total: Decimal | None
    revenue_share: float | None


def crowd_sizes(population: Population, conditions: Mapping[str, Condition]) -> dict[str, Composition]:
    """The customers and net revenue of each condition beside everybody's, by the names given.

    Raises :class:`DefinitionError` for a condition that does not fit the fields.
    """
    if not conditions:
        return {}
    names = list(conditions)
    marks = {f"inside_{place}": conditions[name] for place, name in enumerate(names)}
    rows = population.marked(marks, [REVENUE], with_known=True)
    row = only(population.engine.arrow(rows.aggregate(**_asked(rows, len(names)))))[0]
    return {name: _size(row, place) for place, name in enumerate(names)}


def composition(population: Population, condition: Condition) -> Composition:
    """The customers and net revenue of one condition beside everybody's."""
    return crowd_sizes(population, {"it": condition})["it"]


def crowd_count(population: Population, condition: Condition) -> int:
    """For how many customers the condition is true."""
    return count_of(population.engine, population.members(condition))


def _asked(rows: ir.Table, crowds: int) -> dict[str, ir.Value]:
    revenue = rows[REVENUE] if REVENUE in rows.columns else None
    asked: dict[str, ir.Value] = {"everyone": rows.count()}
    if revenue is not None:
        asked["all_revenue"] = revenue.sum()
    for place in range(crowds):
        asked[f"inside_{place}"] = rows.count(where=rows[f"inside_{place}"])
        asked[f"known_{place}"] = rows.count(where=rows[f"inside_{place}_known"])
        if revenue is not None:
            asked[f"revenue_{place}"] = revenue.sum(where=rows[f"inside_{place}"])
    return asked


def _size(row: Mapping[str, Any], place: int) -> Composition:
    everyone, inside, known = (int(row[name] or 0) for name in ("everyone", f"inside_{place}", f"known_{place}"))
    return sized(everyone, inside, known, row.get("all_revenue"), row.get(f"revenue_{place}"))


def sized(everyone: int, inside: int, known: int, total: Decimal | None, revenue: Decimal | None) -> Composition:
    """What was counted, with the shares that follow; ``total`` is everybody's net revenue, ``revenue`` the crowd's."""
    own = revenue_of(total, revenue)
    return Composition(
        customers=inside,
        all_customers=everyone,
        known=known,
        share=inside / everyone if everyone else None,
        net_revenue_total=own,
        revenue_share=revenue_share(total, own),
    )


def revenue_of(total: Decimal | None, revenue: Decimal | None) -> Decimal | None:
    """The crowd's revenue: 0 where only that of others is known, None where nobody's is."""
    return Decimal(0) if revenue is None and total is not None else revenue


def revenue_share(total: Decimal | None, revenue: Decimal | None) -> float | None:
    """Its share, 0 to 1; None where there is no total above 0."""
    return float(revenue / total) if revenue is not None and total and total > 0 else None
