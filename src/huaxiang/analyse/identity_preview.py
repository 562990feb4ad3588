"""What a merge or split would change, before anybody decides it: computed for the customers touched, published nowhere.
The profiles are those that the next refresh of the same day would give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.facts import is_other_currency
from huaxiang.analyse.identity_moved import Moved, facts_after, touched
from huaxiang.analyse.identity_records import Tables
from huaxiang.analyse.order import full_only
from huaxiang.analyse.population import Population
from huaxiang.analyse.portrait import portrait_fields
from huaxiang.analyse.profile import profile
from huaxiang.analyse.registry import analysis_named
from huaxiang.analyse.rfm_scores import MEASURES, cuts_of, measures, scored
from huaxiang.engine.interface import Engine, only
from huaxiang.errors import DefinitionError
from huaxiang.model.conditions import OnList, fields_named, leaves
from huaxiang.model.formulas import Arithmetic, Written
from huaxiang.model.rules import Everyone, Formula
from huaxiang.model.segment_order import asks_everybody, crowds_named
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags
from huaxiang.prepare.current import current
from huaxiang.prepare.unify import Unified


@dataclass(frozen=True)
class Preview:
    """What would change. ``before`` and ``after`` are profiles by customer id of all customers touched.

    ``moved_orders`` and ``moved_revenue`` belong to another customer than before. ``tags`` are those whose values
    change: key to the values by customer, before and after. ``segments`` likewise: key to the customers inside.
    ``later``: the segments whose rule rests on a cap, an uploaded list or tags that depend on everybody, which only
    the next refresh knows; the values of those tags in ``after`` are not what it will give. ``uncountable``: those
    whose rule names something that is not there, as a retired tag. ``consents``: ``purpose, customer_id`` (after),
    ``is_given`` (the stricter), ``statements`` by customer before. ``waiting``: how many decisions wait for the next
    refresh; what they change counts, too.
    """

    before: Mapping[str, Mapping[str, Any]]
    after: Mapping[str, Mapping[str, Any]]
    moved_accounts: int
    moved_orders: int
    moved_revenue: Decimal
    tags: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]]
    segments: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    later: tuple[str, ...]
    uncountable: tuple[str, ...]
    consents: tuple[Mapping[str, Any], ...]
    waiting: int = 0


@dataclass(frozen=True)
class Definition:
    """The definitions that a preview computes with, and its day."""

    tags: Tags
    segments: Segments
    as_of: date


def preview(engine: Engine, tables: Tables, found: Unified, defined: Definition) -> Preview:
    """What the customers of ``found`` change against the published ``tables``."""
    moved = touched(engine, tables, found)
    before = _before(engine, tables, moved)
    facts = facts_after(engine, tables, found, moved)
    wide = _profiled(engine, tables, facts, defined, sorted(before))
    after = {str(row.pop("customer_id")): row for row in only(engine.arrow(wide))}
    orders, revenue = _moved_sales(engine, tables["sale"], moved)
    known = of_their_own(defined.tags)
    later = _later(defined, known)
    uncountable = tuple(key for key in _uncountable(engine, tables, defined) if key not in later)
    segments = {key: one for key, one in defined.segments.items() if key not in (*later, *uncountable)}
    inside = _inside(engine, tables, facts, wide, replace(defined, segments=segments), moved)
    return Preview(
        before=before,
        after=after,
        moved_accounts=sum(old != new for old, new in moved.values()),
        moved_orders=orders,
        moved_revenue=revenue,
        tags=_changed(before, after, known),
        segments=inside,
        later=later,
        uncountable=uncountable,
        consents=_consents(engine, moved, defined.as_of),
    )


def _before(engine: Engine, tables: Tables, moved: Moved) -> dict[str, dict[str, Any]]:
    wide = tables["profile"]
    rows = only(engine.arrow(wide.filter(wide.customer_id.isin(sorted({old for old, _ in moved.values()} or {""})))))
    return {str(row.pop("customer_id")): row for row in rows}


def _profiled(engine: Engine, tables: Tables, facts: Tables, defined: Definition, before: list[str]) -> ir.Table:
    """The profiles of the customers touched. Figures over all customers are computed from what is published of the
    others, so a first round tells what those touched add to them."""
    wide = tables["profile"]
    others = wide.filter(~wide.customer_id.isin(before or [""]))
    zero = _with_averages(engine, others.limit(0), others.limit(0), defined.tags)
    first = engine.keep("preview_first", profile(engine, zero, defined.as_of, facts))
    tags = _with_averages(engine, others, first, defined.tags)
    return engine.keep("preview_profile", profile(engine, tags, defined.as_of, facts))


def _with_averages(engine: Engine, others: ir.Table, mine: ir.Table, tags: Tags) -> Tags:
    """The tags with each figure over all customers as a number."""
    found = dict(tags)
    for key, tag in tags.items():
        if isinstance(tag.rule, Everyone):
            figure = _average(engine, [others, mine], tag.rule.divide, tag.rule.by)
            found[key] = tag.model_copy(update={"rule": Formula(kind="formula", formula=figure)})
    return found


def of_their_own(tags: Tags) -> Tags:
    """The tags that the customers touched have by themselves, or against an average; of places among all customers
    only the next refresh knows."""
    number = Formula(kind="formula", formula=0)
    alone = {
        key: tag.model_copy(update={"rule": number}) if isinstance(tag.rule, Everyone) else tag
        for key, tag in tags.items()
    }
    others = full_only(alone)
    return {key: tag for key, tag in tags.items() if key not in others}


def _later(defined: Definition, known: Tags) -> tuple[str, ...]:
    """The segments that have a cap, or name a list, a tag of :func:`full_only` or another such segment."""
    rules = {key: one.condition for key, one in defined.segments.items()}
    unknown = defined.tags.keys() - known.keys()
    found = {key for key, rule in rules.items() if any(isinstance(leaf, OnList) for leaf in leaves(rule))}
    while more := {
        key
        for key, rule in rules.items()
        if key not in found
        and (
            asks_everybody(rule, {})
            or unknown.intersection(fields_named(rule))
            or found.intersection(crowds_named(rule))
        )
    }:
        found |= more
    return tuple(key for key in rules if key in found)


def _uncountable(engine: Engine, tables: Tables, defined: Definition) -> Iterator[str]:
    rows = tables["profile"]
    asked = Population(engine, rows, portrait_fields(defined.tags), defined.as_of, tables, defined.segments)
    for key, segment in defined.segments.items():
        try:
            asked.check(segment.condition)
        except DefinitionError:
            yield key


def _average(engine: Engine, parts: list[ir.Table], divide: str, by: str) -> Written:
    rows = ibis.union(
        *(part.select(*(part[key].cast("decimal(18, 6)").name(key) for key in (divide, by))) for part in parts)
    )
    both = rows.filter(rows[divide].notnull() & rows[by].notnull())
    sums = only(engine.arrow(both.aggregate(above=both[divide].sum(), below=both[by].sum())))[0]
    # Nothing divided by nothing is how a formula says unknown.
    return (
        float(str(sums["above"])) / float(str(sums["below"]))
        if sums["below"]
        else Arithmetic(act="divide", parts=(0, 0))
    )


def _changed(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]], tags: Tags
) -> dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    found = {}
    for key in tags:
        old, new = ({id_: row.get(key) for id_, row in side.items()} for side in (before, after))
        if old != new and {*map(str, old.values())} | {*map(str, new.values())} != {"None"}:
            found[key] = (old, new)
    return {
        key: sides for key, sides in found.items() if len({*map(str, [*sides[0].values(), *sides[1].values()])}) > 1
    }


def _inside(
    engine: Engine, tables: Tables, facts: Tables, wide: ir.Table, defined: Definition, moved: Moved
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The segments whose members change, with the customers touched that are in them before and after."""
    old_ids = sorted({old for old, _ in moved.values()} or {""})
    old = tables["profile"].filter(lambda t: t.customer_id.isin(old_ids))
    if "rfm" in tables:
        scores = tables["rfm"]
        old, wide = _scored(old, scores), _scored(wide, _rescored(engine, tables, facts, defined.as_of, old_ids))
    was, now = (_members(engine, rows, own, defined) for rows, own in ((old, tables), (wide, facts)))
    return {key: (was[key], now[key]) for key in defined.segments if was[key] != now[key]}


def _members(engine: Engine, rows: ir.Table, facts: Tables, defined: Definition) -> dict[str, tuple[str, ...]]:
    asked = Population(engine, rows, portrait_fields(defined.tags), defined.as_of, facts, defined.segments)
    marks = {key: one.condition for key, one in defined.segments.items()}
    found = only(engine.arrow(asked.marked(marks).order_by("customer_id")))
    return {key: tuple(str(row["customer_id"]) for row in found if row[key]) for key in marks}


def _scored(rows: ir.Table, scores: ir.Table) -> ir.Table:
    columns = [name for name in scores.columns if name not in rows.columns or name == "customer_id"]
    return rows.left_join(scores.select(columns), "customer_id").drop("customer_id_right")


def _rescored(engine: Engine, tables: Tables, facts: Tables, as_of: date, gone: list[str]) -> ir.Table:
    """RFM of everybody, the customers touched with their new figures."""
    params = analysis_named("rfm").complete({})
    others = tables["rfm"].filter(lambda t: ~t.customer_id.isin(gone)).select("customer_id", *MEASURES)
    mine = measures(engine, facts, params["window_days"], as_of).select("customer_id", *MEASURES)
    fresh = mine.select([mine[name].cast(others[name].type()).name(name) for name in others.columns])
    everyone = engine.keep("preview_measures", others.union(fresh))
    return engine.keep("preview_rfm", scored(everyone, cuts_of(engine, everyone, params)))


def _moved_sales(engine: Engine, sale: ir.Table, moved: Moved) -> tuple[int, Decimal]:
    keys = sorted(key for key, (old, new) in moved.items() if old != new) or [""]
    rows = sale.filter(sale.account_key.isin(keys))
    revenue = rows.net_revenue.sum(where=~is_other_currency(rows))
    found = only(engine.arrow(rows.aggregate(orders=rows.count(), revenue=revenue)))[0]
    return int(str(found["orders"])), Decimal(str(found["revenue"] or 0))


def _consents(engine: Engine, moved: Moved, as_of: date) -> tuple[Mapping[str, Any], ...]:
    """Purposes about which customers that would become one said different things last; the stricter one counts."""
    rows = current(engine, "consent", as_of)
    mine = rows.filter(rows.account_key.isin(sorted(moved) or [""]))
    newest = [ibis.asc(mine.occurred_at, nulls_first=True), mine.known_at, mine.import_id, mine.source_row]
    said: dict[tuple[str, str], dict[str, bool]] = {}
    for row in only(engine.arrow(mine.order_by(newest).select("account_key", "purpose", "is_given"))):
        old, new = moved[str(row["account_key"])]
        said.setdefault((str(row["purpose"]), new), {})[old] = bool(row["is_given"])
    return tuple(
        {"purpose": purpose, "customer_id": new, "is_given": False, "statements": by}
        for (purpose, new), by in sorted(said.items())
        if len({*by.values()}) > 1
    )
