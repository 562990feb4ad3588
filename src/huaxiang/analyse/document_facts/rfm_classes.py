"""Facts about the eight classes of RFM: customers and revenue of each, and the cuts between high and low."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.document_facts.book import FactBook, Kind, safe
from huaxiang.analyse.document_facts.state import State
from huaxiang.analyse.rfm_scores import MEASURES, classes
from huaxiang.words import Message


def rfm_classes(book: FactBook, state: State) -> None:
    """Enter customers and revenue by class, and the medians that part high from low; nobody who bought gives zeros."""
    members = state.engine.table("rfm") if "rfm" in state.engine.tables() else _nobody(state)
    _classes(book, state, members)
    _cuts(book, state, members)


def _nobody(state: State) -> ir.Table:
    profile = state.engine.table("profile")
    none = profile.filter(ibis.literal(value=False))
    money = ibis.literal(0).cast("decimal(18, 4)")
    return none.select(
        "customer_id", rfm_class=ibis.literal(""), days_since_last_order=0, order_days=0, net_revenue=money
    )


def _classes(book: FactBook, state: State, members: ir.Table) -> None:
    query = "rfm.classes"
    grouped = members.group_by("rfm_class").aggregate(customers=members.count(), net_revenue=members.net_revenue.sum())
    everyone, revenue = (grouped[name].sum().over(ibis.window()) for name in ("customers", "net_revenue"))
    shares = grouped.mutate(
        share=grouped.customers / everyone.nullif(0),
        revenue_share=grouped.net_revenue.cast("float64") / revenue.cast("float64").nullif(0),
        everyone=everyone,
    )
    rows = {row["rfm_class"]: row for row in book.ask(state.engine, query, shares.order_by("rfm_class"))}
    n = max((int(row["everyone"]) for row in rows.values()), default=0)
    found = {
        key: rows.get(key, {"customers": 0, "net_revenue": 0, "share": 0.0, "revenue_share": 0.0}) for key in classes()
    }
    open_ = safe([int(row["customers"]) for row in found.values()], state.smallest_cell)
    for (key, row), may in zip(found.items(), open_, strict=True):
        _class(book, key, row, n, is_hidden=not may)


def _class(book: FactBook, key: str, row: dict[str, Any], n: int, *, is_hidden: bool) -> None:
    named, query = classes()[key].name, "rfm.classes"
    said = {"name": named.message}
    book.add(f"rfm.{key}.name", key, "text", Message("document.fact.rfm.name", said), query, "rfm_class", label=named)
    kinds: dict[str, Kind] = {"customers": "count", "share": "share", "net_revenue": "money", "revenue_share": "share"}
    for column, kind in kinds.items():
        means = Message(f"document.fact.rfm.{column}", said)
        book.add(f"rfm.{key}.{column}", row[column], kind, means, query, column, n=n, is_hidden=is_hidden)


def _cuts(book: FactBook, state: State, members: ir.Table) -> None:
    for name in MEASURES:
        query = f"rfm.cut_{name}"
        row = book.ask(state.engine, query, _median(members, name))[0]
        kind: Kind = "money" if name == "net_revenue" else "number"
        book.add(query, row["cut"], kind, Message(f"document.fact.{query}"), query, "cut", n=int(row["customers"] or 0))


def _median(members: ir.Table, name: str) -> ir.Table:
    window = ibis.window(order_by=[members[name], members.customer_id])
    ranked = members.mutate(place=ibis.row_number().over(window), customers=members.count().over(ibis.window()))
    middle = ranked.filter((ranked.place == (ranked.customers - 1) // 2) | (ranked.place == ranked.customers // 2))
    return middle.aggregate(cut=middle[name].cast("float64").mean(), customers=middle.customers.max())
