"""All figures of the overview, computed once for each snapshot and store scope: a published snapshot never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.customers import in_stores
from huaxiang.analyse.headline import Headline, Recent, headline, recent
from huaxiang.analyse.health import Health, RunDifference, health, run_difference
from huaxiang.analyse.revenue_months import revenue_by_month
from huaxiang.analyse.tag_shares import shares
from huaxiang.engine import DuckEngine
from huaxiang.server.published import Portrait, latest
from huaxiang.server.snapshot_values import once_per_snapshot

MONTHS = 13
#: What is told of each element at a glance.
GLANCE = {
    "basic": ("age_band", "city_tier"),
    "purchasing": ("spending_level",),
    "behaviour": ("active_hours",),
    "social": ("social_level",),
    "psychological": ("mood",),
}
LIFECYCLE = "lifecycle"


@dataclass(frozen=True)
class Figures:
    """``shares`` by tag and ``rfm`` say how many customers have each value, the unknown ones under None."""

    as_of: date
    headline: Headline
    recent: Recent
    months: tuple[Mapping[str, Any], ...]
    shares: Mapping[str, Mapping[str | None, int]]
    rfm: Mapping[str | None, int]
    health: Health
    difference: RunDifference | None

    @property
    def net_revenue_total(self) -> Decimal:
        """Net revenue of the months told, guests included."""
        return sum((row["known"] + row["guests"] for row in self.months), Decimal(0))


def figures(engine: DuckEngine, stores: frozenset[str] | None) -> Figures:
    """The figures of the customers of these stores (None: everybody). Raises :class:`InputError` before a refresh."""
    return once_per_snapshot(engine, ("figures", stores), lambda: _computed(engine, latest(engine), stores))


def _computed(engine: DuckEngine, portrait: Portrait, stores: frozenset[str] | None) -> Figures:
    tables = portrait.tables
    profile = in_stores(tables["profile"], tables["sale"], stores)
    sale = _sales(tables["sale"], profile, stores)
    keys = [LIFECYCLE, *(key for group in GLANCE.values() for key in group)]
    known = [key for key in keys if key in tables["profile"].columns]
    return Figures(
        as_of=portrait.as_of,
        headline=headline(engine, profile),
        recent=recent(engine, sale, profile, portrait.as_of),
        months=tuple(revenue_by_month(engine, sale, portrait.as_of, MONTHS)),
        shares=shares(engine, profile, known),
        rfm=_grades(engine, tables, profile),
        health=health(engine, tables),
        difference=run_difference(engine, tables["run"]),
    )


def _grades(engine: DuckEngine, tables: Mapping[str, ir.Table], profile: ir.Table) -> dict[str | None, int]:
    """Customers by RFM class; empty where nobody has bought yet."""
    if "rfm" not in tables:
        return {}
    return shares(engine, tables["rfm"].semi_join(profile, "customer_id"), ["rfm_class"])["rfm_class"]


def _sales(sale: ir.Table, profile: ir.Table, stores: frozenset[str] | None) -> ir.Table:
    # Who sees some stores sees what their customers bought anywhere, and the guests of those stores.
    if stores is None:
        return sale
    guests = sale.filter(sale.customer_id.isnull(), sale.store_no.isin(sorted(stores)))
    return sale.semi_join(profile, "customer_id").union(guests)
