"""Segments measured on a profile: how many, who, and what part of customers and revenue they are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.evaluate import holds
from huaxiang.analyse.portrait import portrait_fields
from huaxiang.engine.interface import Engine, only
from huaxiang.model.compared import check
from huaxiang.model.conditions import All, Condition, Test, leaves
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags


@dataclass(frozen=True)
class Composition:
    """A segment against all customers of the profile.

    ``known`` are the customers for whom every tag of the condition is known. Shares are 0 to 1 and None where they
    would divide by nothing; ``revenue_share`` also where total net revenue is not above 0. Revenue is
    ``net_revenue_total``, None where no revenue is known.
    """

    customers: int
    all_customers: int
    known: int
    share: float | None
    net_revenue_total: Decimal | None
    revenue_share: float | None


def segment_members(profile: ir.Table, condition: Condition, tags: Tags) -> ir.Table:
    """The profile rows of the customers for whom the condition is true.

    Raises :class:`DefinitionError` for unknown tags and operators and for values that do not fit.
    """
    return profile.filter(holds(condition, profile, portrait_fields(tags)))


def segment_count(engine: Engine, profile: ir.Table, condition: Condition, tags: Tags) -> int:
    """How many customers are in the segment."""
    return int(_one(engine, segment_members(profile, condition, tags).count().name("n").as_table())["n"])


def composition(engine: Engine, profile: ir.Table, condition: Condition, tags: Tags) -> Composition:
    """The segment's customers and revenue beside everybody's, in one pass over the profile."""
    inside = holds(condition, profile, portrait_fields(tags))
    known = holds(_all_known(condition), profile, portrait_fields(tags))
    revenue = profile.net_revenue_total if "net_revenue_total" in profile.columns else None
    sums = {} if revenue is None else {"revenue": revenue.sum(where=inside), "all_revenue": revenue.sum()}
    row = _one(
        engine,
        profile.aggregate(
            inside=profile.count(where=inside), everyone=profile.count(), known=profile.count(where=known), **sums
        ),
    )
    return _composed(row)


def check_segments(segments: Segments, tags: Tags) -> None:
    """Raise :class:`DefinitionError` at the first segment whose condition does not fit the tags."""
    for segment in segments.values():
        check(segment.condition, portrait_fields(tags))


def _all_known(condition: Condition) -> Condition:
    named = sorted({test.field for test in leaves(condition)})
    return All(all=tuple(Test(field=key, op="is known") for key in named))


def _composed(row: dict[str, Any]) -> Composition:
    everyone, all_revenue = int(row["everyone"]), row.get("all_revenue")
    inside = int(row["inside"] or 0)
    revenue = row.get("revenue") or (Decimal(0) if all_revenue is not None else None)
    return Composition(
        customers=inside,
        all_customers=everyone,
        known=int(row["known"] or 0),
        share=inside / everyone if everyone else None,
        net_revenue_total=revenue,
        revenue_share=float(revenue / all_revenue) if revenue is not None and all_revenue and all_revenue > 0 else None,
    )


def _one(engine: Engine, expr: ir.Table) -> dict[str, Any]:
    return only(engine.arrow(expr))[0]
