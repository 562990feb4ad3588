"""How large segments are: customers and net revenue of several conditions in one pass over the portrait."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.evaluate import holds
from huaxiang.analyse.segments import Composition
from huaxiang.engine.interface import Engine, only
from huaxiang.model.conditions import All, Condition, Test, leaves
from huaxiang.model.fields import Fields


def crowd_sizes(
    engine: Engine, table: ir.Table, conditions: Mapping[str, Condition], fields: Fields
) -> dict[str, Composition]:
    """The customers and net revenue of each condition beside everybody's, by the names given.

    Raises :class:`DefinitionError` for a condition that does not fit the fields.
    """
    names = list(conditions)
    asked: dict[str, ir.Value] = {"everyone": table.count(), "all_revenue": table.net_revenue_total.sum()}
    for place, name in enumerate(names):
        inside = holds(conditions[name], table, fields)
        asked[f"inside_{place}"] = table.count(where=inside)
        asked[f"known_{place}"] = table.count(where=holds(_all_known(conditions[name]), table, fields))
        asked[f"revenue_{place}"] = table.net_revenue_total.sum(where=inside)
    row = only(engine.arrow(table.aggregate(**asked)))[0]
    return {name: _size(row, place) for place, name in enumerate(names)}


def _all_known(condition: Condition) -> Condition:
    named = sorted({test.field for test in leaves(condition)})
    return All(all=tuple(Test(field=key, op="is known") for key in named))


def _size(row: Mapping[str, Any], place: int) -> Composition:
    everyone, inside = int(row["everyone"]), int(row[f"inside_{place}"] or 0)
    total, revenue = row["all_revenue"], row[f"revenue_{place}"]
    if total is not None and revenue is None:
        revenue = Decimal(0)
    return Composition(
        customers=inside,
        all_customers=everyone,
        known=int(row[f"known_{place}"] or 0),
        share=inside / everyone if everyone else None,
        net_revenue_total=revenue,
        revenue_share=float(revenue / total) if revenue is not None and total and total > 0 else None,
    )
