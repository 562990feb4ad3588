"""One ID in figures: how many accounts became how many customers, by what, and what was held back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, only

Tables = Mapping[str, ir.Table]
#: Customers are counted by their number of accounts in these bands: from, up to and including (None: and more).
SIZES: tuple[tuple[int, int | None], ...] = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, None))
LARGEST = 10


@dataclass(frozen=True)
class LinkFigures:
    """``links`` by identifier type, ``holds`` by reason, ``sizes`` in the order of :data:`SIZES` and ``largest`` (rows
    of ``customer_id`` and ``account_count``) tell what came out of the unification that was published last."""

    accounts: int
    customers: int
    joined_customers: int
    links: Mapping[str, int]
    holds: Mapping[str, int]
    sizes: tuple[int, ...]
    largest: tuple[Mapping[str, Any], ...]


def link_figures(engine: Engine, tables: Tables) -> LinkFigures:
    """The figures over ``customer, identity_link, identity_hold`` as published; all zero while there is nobody."""
    customer = tables["customer"]
    count = customer.account_count
    bands = {f"size_{place}": customer.count(where=_within(count, *band)) for place, band in enumerate(SIZES)}
    sums: dict[str, Any] = only(
        engine.arrow(
            customer.aggregate(
                accounts=count.sum(), customers=customer.count(), joined=customer.count(where=count > 1), **bands
            )
        )
    )[0]
    largest = customer.filter(count > 1).select("customer_id", "account_count")
    shown = largest.order_by([largest.account_count.desc(), "customer_id"]).limit(LARGEST)
    return LinkFigures(
        accounts=int(sums["accounts"] or 0),
        customers=sums["customers"],
        joined_customers=sums["joined"],
        links=_counted(engine, tables["identity_link"], "identifier_type"),
        holds=_counted(engine, tables["identity_hold"], "reason"),
        sizes=tuple(sums[name] for name in bands),
        largest=tuple(only(engine.arrow(shown))),
    )


def _within(count: ir.IntegerValue, least: int, most: int | None) -> ir.BooleanValue:
    return count >= least if most is None else (count >= least) & (count <= most)


def _counted(engine: Engine, rows: ir.Table, column: str) -> dict[str, int]:
    counted = rows.group_by(name=rows[column]).aggregate(n=rows.count())
    found: list[dict[str, Any]] = only(engine.arrow(counted.order_by([counted.n.desc(), "name"])))
    return {row["name"]: row["n"] for row in found}
