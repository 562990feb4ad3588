"""The accounts of one customer, to be told apart by people: where each comes from, since when, what it bought."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.identity_records import Tables
from huaxiang.engine.interface import Engine

_BOUGHT = ("orders", "net_revenue")


def account_rows(engine: Engine, tables: Tables, customer_id: str) -> dict[str, dict[str, Any]]:
    """By account key: ``person_name``, ``sources`` (names, sorted), ``first_at`` and ``last_at`` (of anything known of
    it; null when nothing is dated), ``orders`` and ``net_revenue`` as the tags of the customer count them. Unmasked.
    """
    account, known, sale, act = (
        tables[name].filter(tables[name].customer_id == customer_id)
        for name in ("account", "customer_identifier", "sale", "act")
    )
    seen = account.select("account_key", "person_name", first_at="first_seen_at", last_at="first_seen_at")
    found = {row["account_key"]: row | {"sources": (), **dict.fromkeys(_BOUGHT, 0)} for row in _rows(engine, seen)}
    told = known.select("account_key", "source").distinct().order_by("account_key", "source")
    for row in _rows(engine, told):
        found[row["account_key"]]["sources"] += (row["source"],)
    for row in (*_rows(engine, _sold(sale)), *_rows(engine, _acted(act))):
        if row["account_key"] in found:
            _add(found[row["account_key"]], row)
    return found


def _sold(sale: ir.Table) -> ir.Table:
    return sale.group_by("account_key").agg(
        first_at=sale.ordered_at.min(),
        last_at=sale.ordered_at.max(),
        orders=sale.is_purchase.fill_null(False).sum(),
        net_revenue=sale.net_revenue.sum(where=sale.is_counted & ~sale.is_other_currency),
    )


def _acted(act: ir.Table) -> ir.Table:
    return act.group_by("account_key").agg(first_at=act.occurred_at.min(), last_at=act.occurred_at.max())


def _add(known: dict[str, Any], row: dict[str, Any]) -> None:
    firsts, lasts = ([one[name] for one in (known, row) if one[name]] for name in ("first_at", "last_at"))
    known |= {"first_at": min(firsts, default=None), "last_at": max(lasts, default=None)}
    known |= {name: row[name] for name in _BOUGHT if row.get(name) is not None}


def _rows(engine: Engine, rows: ir.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = engine.arrow(rows).to_pylist()
    return found
