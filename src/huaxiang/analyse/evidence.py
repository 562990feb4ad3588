"""The rows of one customer behind a value that was computed from fact tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import reduce
from operator import add, or_
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.confidence import SURE, has_confidence
from huaxiang.analyse.fact_tags import fact_tags, joined, rows_of
from huaxiang.analyse.facts import Tables
from huaxiang.analyse.further_columns import reading, told
from huaxiang.analyse.golden import standing, with_verified
from huaxiang.analyse.kept_last import keeps_last, last_window
from huaxiang.analyse.order import full_only
from huaxiang.analyse.windows import Rows
from huaxiang.engine.interface import Engine, count_of, only
from huaxiang.model.rules import Favourite, Golden, OneFactRule, Preference
from huaxiang.model.tags import Tag

MOST_ROWS = 50
_NEWEST_FIRST = "newness"


@dataclass(frozen=True)
class Evidence:
    """Rows that count, newest first, at most 50 of ``count``; the days of the window; how sure the value is."""

    rows: tuple[Mapping[str, Any], ...]
    count: int
    first_day: date | None
    last_day: date
    confidence: float | None


@dataclass(frozen=True)
class Witness:
    """Finds the rows of one customer of the portrait as it was on a day."""

    engine: Engine
    facts: Tables
    customer_id: str
    as_of: date

    def evidence(self, tag: Tag, value: Any) -> Evidence:
        """The rows behind the value of a tag that is computed from fact tables."""
        names = told(tag)
        every = rows_of(self.engine, {tag.key: tag}, self.as_of, self.facts)
        own = {name: self._own(rows) for name, rows in every.items()}
        tag = reading(tag)
        rule: Any = tag.rule
        first, last = rule.days(self.as_of)
        if isinstance(rule, Preference):
            counted = _weighing(rule, own, value)
        elif rule.fact in own:
            rows = own[rule.fact]
            if keeps_last(tag) and not count_of(self.engine, evidence_rows(self.engine, rule, rows, value)):
                rows = last_window(tag, rows)
                first, last = self._kept_days(rows, rule.window_days, first, last)
            counted = evidence_rows(self.engine, rule, rows, value).select(_shown(rule, rows))
            counted = counted.rename({names[name]: name for name in counted.columns if name in names})
        else:
            counted = None
        found, count = self._read(counted)
        return Evidence(found, count, first, last, self._confidence(tag, own, every))

    def _own(self, rows: Rows) -> Rows:
        return replace(rows, table=rows.table.filter(rows.table.customer_id == self.customer_id))

    def _kept_days(self, rows: Rows, days: int, first: date | None, last: date) -> tuple[date | None, date]:
        end = only(self.engine.arrow(rows.table.aggregate(day=rows.table[str(rows.ends)].max())))[0]["day"]
        return (end - timedelta(days=days - 1), end) if isinstance(end, date) else (first, last)

    def _read(self, counted: ir.Table | None) -> tuple[tuple[Mapping[str, Any], ...], int]:
        if counted is None:
            return (), 0
        newest = counted.order_by(ibis.desc(_NEWEST_FIRST)).limit(MOST_ROWS)
        rows = only(self.engine.arrow(newest.order_by(ibis.desc(_NEWEST_FIRST)).drop(_NEWEST_FIRST)))
        return tuple(rows), len(rows) if len(rows) < MOST_ROWS else count_of(self.engine, counted)

    def _confidence(self, tag: Tag, own: Mapping[str, Rows], every: Mapping[str, Rows]) -> float | None:
        if not has_confidence(tag):
            return None
        tags = {tag.key: tag}
        one = self.engine.bring("why_customer", pa.table({"customer_id": [self.customer_id]}))
        wide = joined(self.engine, one, fact_tags(self.engine, tags, every if full_only(tags) else own), tags)
        sure = only(self.engine.arrow(wide.select(SURE + tag.key)))[0][SURE + tag.key]
        return float(sure) if isinstance(sure, float) else None


def evidence_rows(engine: Engine, rule: OneFactRule, rows: Rows, value: Any) -> ir.Table:
    """The rows of one customer that the value was computed from, with ``newness`` (greatest is newest).

    For a favourite they are the rows with that value, for a golden value all rows that state one: there the greatest
    ``newness`` is that of the row whose value stands.
    """
    rows = replace(rows, table=with_verified(engine, rows.table, [rule]))
    rows = replace(rows, table=rows.table.mutate(newness=rows.newness()))
    counted = rows.table.filter(rows.meant(rule))
    if isinstance(rule, Golden):
        stated = counted.filter(counted[rule.column].notnull())
        return stated.mutate(newness=standing(rule, stated, stated[rule.column].notnull()))
    if isinstance(rule, Favourite):
        return counted.filter(counted[rule.column] == value) if value is not None else counted.limit(0)
    return counted


def _shown(rule: OneFactRule, rows: Rows) -> list[str]:
    fact = rows.fact
    named: list[Any] = [*fact.evidence, fact.at, getattr(rule, "column", None), getattr(rule, "by", None)]
    return list(
        dict.fromkeys(name for name in (*named, _NEWEST_FIRST) if name in rows.table.columns or name == _NEWEST_FIRST)
    )


def _weighing(rule: Preference, own: Mapping[str, Rows], value: Any) -> ir.Table | None:
    """The rows that name one of the values, with the weight that each still has; None where there is no table."""
    named = [value] if isinstance(value, str) else list(value or [])
    found = list(_weighing_rows(rule, own, named))
    if not found:
        return None
    rows = ibis.union(*found) if len(found) > 1 else found[0]
    order = [ibis.asc(rows[name], nulls_first=True) for name in ("at", "fact", "value", "import_id", "source_row")]
    return rows.mutate(newness=ibis.row_number().over(ibis.window(order_by=order)))


def _weighing_rows(rule: Preference, own: Mapping[str, Rows], named: list[str]) -> Iterator[ir.Table]:
    for fact, column in dict.fromkeys((part.fact, part.column) for part in rule.parts if part.fact in own):
        rows, parts = own[fact], [part for part in rule.parts if (part.fact, part.column) == (fact, column)]
        weight = reduce(add, [rows.chosen(part.where).ifelse(part.weight, 0.0) for part in parts])
        table = rows.table.mutate(weight=weight * rows.remains(rule, rule.half_life_days))
        counts = rows.inside(rule) & reduce(or_, [rows.chosen(part.where) for part in parts])
        lineage = {
            name: table[name] if name in table.columns else ibis.null(kind)
            for name, kind in (("import_id", "string"), ("source_row", "int64"))
        }
        chosen = table.filter(counts & table[column].cast("string").isin(named or [""]))
        yield chosen.select(
            fact=ibis.literal(fact),
            at=rows.at.cast("timestamp(6)"),
            value=table[column].cast("string"),
            weight=table.weight,
            **lineage,
        )
