"""What one customer's profile needs to know of all customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.fact_tags import facts_of, rows_of
from huaxiang.analyse.facts import Tables, end_of
from huaxiang.analyse.in_force import computed_on
from huaxiang.analyse.order import full_only
from huaxiang.analyse.windows import Rows
from huaxiang.engine.interface import Engine, only
from huaxiang.model.rules import Everyone, Formula, Statistic
from huaxiang.model.tables import canonical_tables
from huaxiang.model.tags import Tag, Tags

_BEFORE_ALL = datetime(1, 1, 1)


@dataclass(frozen=True)
class Everybody:
    """What one customer's profile needs to know of all: the figure of every tag that is one figure for all, and since
    when anybody has a row of each tag that is 0 without rows (tags that nobody ever had a row of are missing)."""

    figures: Mapping[str, Any]
    seen_since: Mapping[str, datetime]

    def computable(self, tags: Tags, day: date) -> tuple[dict[str, Tag], frozenset[str]]:
        """Those of the tags that can be computed for one customer of a day, and those that need the others of it."""
        wanted = computed_on(tags, day)
        fixed = {key: _fixed(tag, self.figures.get(key)) for key, tag in wanted.items()}
        left_out = full_only(fixed)
        return {key: tag for key, tag in fixed.items() if key not in left_out}, left_out

    def seen_by(self, tags: Tags, day: date) -> frozenset[str]:
        """Those of the tags of which anybody had a row by the end of the day."""
        end = end_of(day)
        return frozenset(key for key in tags if key in self.seen_since and self.seen_since[key] < end)


def everybody(engine: Engine, tables: Tables, tags: Tags, as_of: date) -> Everybody:
    """What the published ``tables`` of the day ``as_of`` say of all customers."""
    same = [key for key, tag in tags.items() if isinstance(tag.rule, Everyone) and key in tables["profile"].columns]
    row = only(engine.arrow(tables["profile"].select(same).limit(1))) if same else []
    return Everybody(row[0] if row else {}, _seen_since(engine, tables, tags, as_of))


def _fixed(tag: Tag, figure: Any) -> Tag:
    if not isinstance(tag.rule, Everyone) or figure is None:
        return tag
    return tag.model_copy(update={"rule": Formula(kind="formula", formula=float(figure))})


def _is_zero(tag: Tag) -> bool:
    return isinstance(tag.rule, Statistic) and tag.rule.when_empty == "zero"


def _seen_since(engine: Engine, tables: Tables, tags: Tags, as_of: date) -> dict[str, datetime]:
    zero = {key: tag for key, tag in tags.items() if _is_zero(tag)}
    facts = {name: rows for name, rows in tables.items() if name not in canonical_tables()}
    found: dict[str, datetime] = {}
    for name, rows in rows_of(engine, zero, as_of, facts).items():
        own: dict[str, Any] = {key: tag.rule for key, tag in zero.items() if facts_of(tag) == (name,)}
        figures = {key: _first(rows, rows.chosen(rule.where)) for key, rule in own.items()}
        row: dict[str, Any] = only(engine.arrow(rows.table.aggregate(**figures)))[0]
        found |= {key: row[key] for key in own if row[key] is not None}
    return found


def _first(rows: Rows, chosen: ir.BooleanValue) -> ir.TimestampValue:
    """When the first of the chosen rows happened; a row without time may have happened before all others."""
    before_all = ibis.literal(_BEFORE_ALL, type="timestamp(6)")
    if rows.fact.at is None:
        return ibis.ifelse(chosen.any(), before_all, ibis.null("timestamp(6)"))
    first = rows.at.min(where=chosen).cast("timestamp(6)")
    return ibis.ifelse((chosen & rows.at.isnull()).any().fill_null(False), before_all, first)
