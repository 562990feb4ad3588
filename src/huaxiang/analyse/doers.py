"""Who did something: the customers for whom an event leaf of a condition is true, as a column of customer ids."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.evaluate import column_of, holds, tested
from huaxiang.analyse.events import Events
from huaxiang.analyse.figures import FIGURES
from huaxiang.analyse.sequences import in_sequence
from huaxiang.analyse.windows import Rows
from huaxiang.model.conditions import WITHOUT_COLUMN, Did, First, Last, Measured, Sequence
from huaxiang.model.facts import Fact
from huaxiang.model.measured import column_meant, fact_meant, figure_field

EventLeaf = Did | First | Last | Sequence


def doers(leaf: EventLeaf, events: Events) -> ir.Column | None:
    """The customers, some perhaps more than once and never null; None where the workspace has no such data."""
    match leaf:
        case Did():
            return _did(leaf, events)
        case First() | Last():
            return _edge(leaf, events)
        case Sequence():
            return in_sequence(leaf, events)


def facts_of(leaf: EventLeaf) -> tuple[str, ...]:
    """The fact tables that the leaf looks at, each once; not those of what must not lie between."""
    match leaf:
        case Did():
            return (leaf.did,)
        case First():
            return (leaf.first,)
        case Last():
            return (leaf.last,)
        case Sequence():
            return tuple(dict.fromkeys(step.event for step in leaf.sequence))


def _did(leaf: Did, events: Events) -> ir.Column | None:
    rows = events.meant(leaf.did, leaf.where, leaf.during)
    if rows is None or leaf.is_plain:
        return None if rows is None else rows.customer_id
    figure, measured = figure_field(leaf), _measured(leaf, rows)
    return measured.filter(tested(leaf.compared, measured, {leaf.measure: figure}, events.as_of)).customer_id


def figures(measured: Measured, events: Events) -> ir.Table | None:
    """One row per customer with such rows: ``customer_id, figure``; None where the workspace has no such data."""
    rows = events.meant(measured.did, measured.where, measured.during)
    return None if rows is None else _measured(measured, rows).rename(figure=measured.measure)


def _measured(leaf: Measured, rows: ir.Table) -> ir.Table:
    return rows.group_by("customer_id").aggregate(**{leaf.measure: _figure(leaf, rows)})


def _figure(leaf: Measured, rows: ir.Table) -> ir.Value:
    every = rows.customer_id.notnull()
    if leaf.measure in WITHOUT_COLUMN:
        at = fact_meant(leaf.did).at
        given = rows if leaf.measure == "count" else rows[at]
    else:
        fact = fact_meant(leaf.did)
        given = column_of(column_meant(str(leaf.column), fact, fact.columns, leaf.measure), rows)
    return FIGURES[leaf.measure](given, every)


def edges(leaf: First | Last, events: Events) -> ir.Table | None:
    """The first or last row of each customer, of those meant: one row each with its columns; None without data."""
    near = _near_edges(leaf, events)
    if near is None:
        return None
    order = near.place if isinstance(leaf, First) else ibis.desc("place")
    ranked = near.mutate(rank=ibis.row_number().over(ibis.window(group_by=near.customer_id, order_by=order)))
    return ranked.filter(ranked["rank"] == 0)


def _edge(leaf: First | Last, events: Events) -> ir.Column | None:
    near = _near_edges(leaf, events)
    if near is None:
        return None
    fact = _fact_of(leaf)
    near = near.mutate(has=holds(leaf.has, near, fact.columns, events.as_of))
    has = near.has.argmin(near.place) if isinstance(leaf, First) else near.has.argmax(near.place)
    found = near.group_by("customer_id").aggregate(has=has)
    return found.filter(found.has).customer_id


def _near_edges(leaf: First | Last, events: Events) -> ir.Table | None:
    """The rows of each customer's first or last moment with their ``place`` from oldest to newest."""
    fact = _fact_of(leaf)
    rows = events.meant(fact.name, leaf.where, leaf.during, timed=True)
    if rows is None:
        return None
    # Only the rows of each customer's first or last moment are put in order: usually one.
    at = rows[fact.at]
    ends = rows.group_by("customer_id").aggregate(end_at=at.min() if isinstance(leaf, First) else at.max())
    near = rows.semi_join(ends, [rows.customer_id == ends.customer_id, at == ends.end_at])
    return near.mutate(place=Rows(near, fact, events.as_of).newness())


def _fact_of(leaf: First | Last) -> Fact:
    return fact_meant(leaf.first if isinstance(leaf, First) else leaf.last)
