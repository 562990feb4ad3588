"""Facts about crowds: how many customers each saved segment has, and what part of customers and revenue they are."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.document_facts.book import FactBook, Kind, safe
from huaxiang.analyse.document_facts.state import State
from huaxiang.analyse.population import Population, published_population
from huaxiang.model.segments import Segment
from huaxiang.words import Message

_KINDS: dict[str, Kind] = {
    "customers": "count",
    "share": "share",
    "net_revenue_365d": "money",
    "revenue_share": "share",
    "known": "count",
    "known_share": "share",
}


def crowds(book: FactBook, state: State) -> None:
    """Enter size, share, revenue of 365 days and share of it, and for how many the rule can be judged, by segment."""
    population = published_population(state.engine, state.tags, state.segments, state.as_of, lists=state.lists)
    for segment in state.segments.values():
        query = f"crowd.{segment.key}"
        row = book.ask(state.engine, query, composition(population, segment))[0]
        _enter(book, state, segment, row)


def composition(population: Population, segment: Segment) -> ir.Table:
    """One row: the segment's customers and revenue beside everybody's."""
    rows = population.marked({"inside": segment.condition}, ["net_revenue_365d"], with_known=True)
    sums = rows.aggregate(
        customers=rows.count(where=rows.inside),
        everyone=rows.count(),
        known=rows.count(where=rows.inside_known),
        net_revenue_365d=rows.net_revenue_365d.sum(where=rows.inside),
        all_revenue=rows.net_revenue_365d.sum(),
    )
    return sums.mutate(
        share=sums.customers / sums.everyone.nullif(0),
        known_share=sums.known / sums.everyone.nullif(0),
        revenue_share=sums.net_revenue_365d.cast("float64") / sums.all_revenue.cast("float64").nullif(0),
    )


def _enter(book: FactBook, state: State, segment: Segment, row: dict[str, Any]) -> None:
    query, said = f"crowd.{segment.key}", {"name": segment.name.message}
    everyone, inside, known = (int(row[name] or 0) for name in ("everyone", "customers", "known"))
    few = not all(safe([inside, everyone - inside], state.smallest_cell))
    few_known = not all(safe([known, everyone - known], state.smallest_cell))
    means = Message("document.fact.crowd.name", said)
    book.add(f"{query}.name", segment.key, "text", means, query, "definition", label=segment.name)
    for column, kind in _KINDS.items():
        hidden = few_known if column.startswith("known") else few
        found = int(row[column] or 0) if kind == "count" else row[column]
        means = Message(f"document.fact.crowd.{column}", said)
        book.add(f"{query}.{column}", found, kind, means, query, column, n=everyone, is_hidden=hidden)
