"""What a segment is made of, beside everybody: the values of a few tags and the bands of net revenue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.crowd_sizes import REVENUE
from huaxiang.analyse.population import Population
from huaxiang.engine.interface import Engine, only
from huaxiang.model.conditions import Condition

_FIFTHS = (0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class Part:
    """One value of a tag (None: unknown) or one band: customers inside the segment and in all.

    A band holds what is above ``low`` and at most ``high``; None means without limit. Both are None for plain values.
    """

    value: str | None
    inside: int
    everyone: int
    low: float | None = None
    high: float | None = None


def contrast(population: Population, condition: Condition, keys: Sequence[str]) -> dict[str, tuple[Part, ...]]:
    """By tag the values with their customers, most frequent in all first and unknown last.

    Tags that the table lacks are left out.
    """
    told = [key for key in keys if key in population.table.columns]
    if not told:
        return {}
    # A portrait has over a hundred columns: those that nobody asks for only cost time.
    flagged = population.marked({"inside_segment": condition}, told)
    counted = [_counted(flagged, key) for key in told]
    rows = only(population.engine.arrow(ibis.union(*counted) if len(counted) > 1 else counted[0]))
    return {key: _in_order([row for row in rows if row["tag"] == key]) for key in told}


def revenue_bands(population: Population, condition: Condition) -> tuple[Part, ...]:
    """Net revenue in bands: nothing or less, then fifths of all customers with more than nothing; unknown last.

    The last customer of each fifth sets its upper end, so customers with equal revenue share a band.
    """
    cuts = _cuts(population.engine, population.table)
    flagged = population.marked({"inside": condition}, [REVENUE])
    revenue = flagged[REVENUE].cast("float64")
    limits = [(revenue <= cut, place) for place, cut in enumerate(cuts)]
    band = ibis.cases((revenue.isnull(), -1), *limits, else_=len(cuts))
    rows = flagged.mutate(band=band)
    counted = rows.group_by("band").aggregate(inside=rows.count(where=rows.inside), everyone=rows.count())
    by_band = {int(str(row["band"])): row for row in only(population.engine.arrow(counted))}
    bands = [_band(place, cuts, by_band.get(place)) for place in range(len(cuts) + 1)]
    return (*bands, *(_unknown(by_band[-1]) for _ in (1,) if -1 in by_band))


def _counted(flagged: ir.Table, key: str) -> ir.Table:
    rows = flagged.select(inside=flagged.inside_segment, tag=ibis.literal(key), value=flagged[key].cast("string"))
    return rows.group_by("tag", "value").aggregate(inside=rows.count(where=rows.inside), everyone=rows.count())


def _in_order(rows: list[dict[str, Any]]) -> tuple[Part, ...]:
    parts = [Part(row["value"], int(row["inside"]), int(row["everyone"])) for row in rows]
    return tuple(sorted(parts, key=lambda part: (part.value is None, -part.everyone, part.value or "")))


def _cuts(engine: Engine, table: ir.Table) -> list[float]:
    paid = table.filter(table[REVENUE] > 0).select("customer_id", REVENUE)
    place = ibis.row_number().over(ibis.window(order_by=[paid[REVENUE], paid.customer_id]))
    ranked = paid.mutate(place=place, customers=paid.count().over(ibis.window()))
    found = [ranked[REVENUE].max(where=ranked.place <= (ranked.customers - 1) * part) for part in _FIFTHS]
    row = only(engine.arrow(ranked.aggregate(**{f"cut_{number}": cut for number, cut in enumerate(found)})))[0]
    known = {float(cut) for cut in row.values() if isinstance(cut, Decimal | float | int)}
    return [0.0, *sorted(known)]


def _band(place: int, cuts: list[float], row: dict[str, Any] | None) -> Part:
    low = cuts[place - 1] if place else None
    high = cuts[place] if place < len(cuts) else None
    return Part(None, int(row["inside"]) if row else 0, int(row["everyone"]) if row else 0, low, high)


def _unknown(row: dict[str, Any]) -> Part:
    return Part(None, int(row["inside"]), int(row["everyone"]))
