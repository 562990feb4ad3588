"""Figures from fact tables: all golden values and statistics over one fact table in a single pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.evaluate import holds
from huaxiang.analyse.facts import end_of
from huaxiang.analyse.golden import standing, with_verified
from huaxiang.engine.interface import Engine
from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.facts import Fact, fact_named
from huaxiang.model.fields import Field
from huaxiang.model.rules import FactRule, Golden, Statistic
from huaxiang.model.tags import Tag

SEEN = "seen_"
#: How well a row stands for the golden value of the tag named behind it.
STANDING = "standing_"


@dataclass(frozen=True)
class Measured:
    """Tags of one fact table: one row per customer with the tags' columns, and one row that says what anybody has.

    ``seen`` has a boolean ``seen_<tag>`` for every tag that is 0 for customers without rows; None when there is none.
    """

    per_customer: ir.Table
    seen: ir.Table | None


def measured(engine: Engine, fact_name: str, tags: Sequence[Tag], rows: ir.Table, as_of: date) -> Measured:
    """The golden values and statistics of one fact table, computed together."""
    fact = fact_named(fact_name)
    golden = {tag.key: tag.rule for tag in tags if isinstance(tag.rule, Golden)}
    if golden:
        rows = with_verified(engine, rows, golden.values())
        rows = rows.mutate(newness=newness(rows, fact))
        rows = rows.mutate(
            **{STANDING + key: standing(rule, rows, meant(rule, rows, fact, as_of)) for key, rule in golden.items()}
        )
    figures = {tag.key: _figure(tag, rows, fact, as_of) for tag in tags}
    statistics = {tag.key: tag.rule for tag in tags if isinstance(tag.rule, Statistic)}
    zero = {key: rule for key, rule in statistics.items() if rule.missing == "zero"}
    counts = {SEEN + key: rows.count(where=_chosen(rule, rows, fact)) for key, rule in zero.items()}
    grouped = engine.keep(f"measured_{fact_name}", rows.group_by("customer_id").aggregate(**figures, **counts))
    seen = grouped.aggregate(**{name: grouped[name].max() > 0 for name in counts}) if counts else None
    columns = {tag.key: grouped[tag.key].cast(tag.field.ibis_type) for tag in tags}
    owned = grouped.filter(grouped.customer_id.notnull()).select("customer_id", **columns)
    return Measured(owned, seen)


def meant(rule: FactRule, rows: ir.Table, fact: Fact, as_of: date) -> ir.BooleanValue:
    """Whether a row counts for the rule: it is chosen by ``where`` and lies in the window. Never null."""
    chosen = _chosen(rule, rows, fact)
    window_days = getattr(rule, "window_days", None)
    if window_days is None or fact.at is None:
        return chosen
    at = rows[fact.at]
    return chosen & at.notnull() & (at >= ibis.literal(end_of(as_of) - timedelta(days=window_days)))


def newness(rows: ir.Table, fact: Fact) -> ir.IntegerValue:
    """The place of each row among the customer's rows from oldest to newest, without ties."""
    order = [ibis.asc(when(rows, fact), nulls_first=True)] if fact.at else []
    order += [ibis.asc(rows[name], nulls_first=True) for name in reversed(fact.evidence) if name in rows.columns]
    return ibis.row_number().over(ibis.window(group_by="customer_id", order_by=order))


def when(rows: ir.Table, fact: Fact) -> ir.TimestampValue:
    """When each row happened or, where that is not known, when it came in."""
    at = rows[fact.at]
    return at.coalesce(rows["known_at"]) if "known_at" in rows.columns else at


def column_of(fact: Fact, name: str | None, tag_or_rule: str) -> Field:
    """The column of a fact table that a rule names; :class:`DefinitionError` names the nearest ones."""
    if name is None or name not in fact.columns:
        known = nearest(name or "", fact.columns)
        raise DefinitionError("tag.unknown_column", tag=tag_or_rule, fact=fact.name, given=name or "—", nearest=known)
    return fact.columns[name]


def _chosen(rule: FactRule, rows: ir.Table, fact: Fact) -> ir.BooleanValue:
    return holds(rule.where, rows, fact.columns) if rule.where else ibis.literal(value=True)


def _figure(tag: Tag, rows: ir.Table, fact: Fact, as_of: date) -> ir.Value:
    rule: Any = tag.rule
    counts = meant(rule, rows, fact, as_of)
    if isinstance(rule, Golden):
        column = rows[rule.column]
        return column.argmax(rows[STANDING + tag.key], where=counts & column.notnull())
    figure = _MEASURES[rule.measure](rows[rule.column] if rule.column else rows, counts)
    # Nobody counts zero rows where "no rows" means "not known".
    return figure.nullif(0) if rule.missing == "unknown" and rule.measure in _COUNTS else figure


def _average(column: Any, counts: ir.BooleanValue) -> ir.Value:
    # Sums of decimals do not depend on the order of the rows, sums of floats do.
    total = column.cast("decimal(18, 6)").sum(where=counts).cast("float64")
    return total / column.count(where=counts).cast("float64").nullif(0)


_COUNTS = ("count", "distinct", "distinct_days")
_MEASURES: dict[str, Any] = {
    "count": lambda rows, counts: rows.count(where=counts),
    "sum": lambda column, counts: column.sum(where=counts),
    "average": _average,
    "least": lambda column, counts: column.min(where=counts),
    "greatest": lambda column, counts: column.max(where=counts),
    "distinct": lambda column, counts: column.nunique(where=counts),
    "distinct_days": lambda column, counts: column.date().nunique(where=counts),
}
