"""The rows of one customer that put them into a layer: of what they did, as far as that made the condition true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.doers import EventLeaf, doers
from huaxiang.analyse.events import Events
from huaxiang.analyse.evidence import MOST_ROWS, Evidence, Witness
from huaxiang.analyse.windows import Rows
from huaxiang.engine.interface import count_of, only
from huaxiang.model.conditions import Condition, Did, First, Last, Not, Sequence, fields_named, parts
from huaxiang.model.extra_columns import is_extra
from huaxiang.model.measured import fact_meant
from huaxiang.model.rules import Layers

#: What people typed themselves, or what names an account, is told of nobody here.
_UNTOLD = frozenset({"search_words", "account_key"})
#: Where a row stands, by what that is called in tables that keep the first of several versions.
_PLACES = {"import_id": ("first_import_id", "string"), "source_row": ("first_source_row", "int64")}


def layer_rows(witness: Witness, rule: Layers, value: Any) -> Evidence:
    """The rows behind the layer that the customer is in, newest first, at most 50 of all: ``fact, at, value`` and where
    each stands. ``value`` is what its condition looks at first; what must not have happened has no rows."""
    events = Events(witness.engine, witness.facts, witness.as_of, (witness.customer_id,))
    asked = dict.fromkeys(leaf for layer in rule.layers if layer.value == value for leaf in _stated(layer.when))
    found = [rows for leaf in asked if _is_true(leaf, events) for rows in _rows(leaf, events)]
    if not found:
        return Evidence((), 0, None, witness.as_of, None)
    every = ibis.union(*found) if len(found) > 1 else found[0]
    order = [ibis.desc(every.at), every.fact, every.import_id, every.source_row]
    shown = tuple(only(witness.engine.arrow(every.order_by(order).limit(MOST_ROWS))))
    count = len(shown) if len(shown) < MOST_ROWS else count_of(witness.engine, every)
    return Evidence(shown, count, None, witness.as_of, None)


def _stated(condition: Condition, *, negated: bool = False) -> Iterator[EventLeaf]:
    """What a condition says that a customer did, not what it says they did not."""
    if isinstance(condition, EventLeaf) and not negated:
        yield condition
    for part in parts(condition):
        yield from _stated(part, negated=negated ^ isinstance(condition, Not))


def _is_true(leaf: EventLeaf, events: Events) -> bool:
    found = doers(leaf, events)
    return found is not None and events.engine.arrow(found.as_table().limit(1)).num_rows > 0


def _rows(leaf: EventLeaf, events: Events) -> Iterator[ir.Table]:
    match leaf:
        case Did():
            meant = [(leaf.did, leaf.where, leaf.during)]
        case First() | Last():
            meant = [(leaf.first if isinstance(leaf, First) else leaf.last, leaf.where, leaf.during)]
        case Sequence():
            meant = [(step.event, step.where, leaf.during) for step in leaf.sequence]
    for fact, where, during in meant:
        rows = events.meant(fact, where, during, timed=not isinstance(leaf, Did))
        if rows is not None:
            yield _shown(_end(rows, leaf, events), fact, _named(leaf, where))


def _end(rows: ir.Table, leaf: EventLeaf, events: Events) -> ir.Table:
    """Of a first or last time only that row."""
    if not isinstance(leaf, First | Last):
        return rows
    fact = fact_meant(leaf.first if isinstance(leaf, First) else leaf.last)
    placed = rows.mutate(place=Rows(rows, fact, events.as_of).newness())
    return placed.order_by(placed.place.asc() if isinstance(leaf, First) else placed.place.desc()).limit(1)


def _named(leaf: EventLeaf, where: Condition | None) -> str | None:
    """The column that the leaf looks at first: what it measures, what the row must be like, or what picks it."""
    own = [leaf.column] if isinstance(leaf, Did) else []
    has = fields_named(leaf.has) if isinstance(leaf, First | Last) else ()
    named = [*own, *has, *(fields_named(where) if where is not None else ())]
    return next((name for name in named if name and name not in _UNTOLD and not is_extra(name)), None)


def _shown(rows: ir.Table, name: str, column: str | None) -> ir.Table:
    at = fact_meant(name).at
    place = {
        key: next((rows[one].cast(kind) for one in (key, first) if one in rows.columns), ibis.null(kind)).name(key)
        for key, (first, kind) in _PLACES.items()
    }
    told = rows[column].cast("string") if column and column in rows.columns else ibis.null("string")
    return rows.select(
        fact=ibis.literal(name),
        at=rows[at].cast("timestamp(6)") if at else ibis.null("timestamp(6)"),
        value=told,
        **place,
    )
