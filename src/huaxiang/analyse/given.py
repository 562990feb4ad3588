"""Given values in the profile: of each tag the newest that holds, which of a golden value beats every source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.confidence import SURE
from huaxiang.engine.interface import Engine, only
from huaxiang.model.rules import Given, Golden
from huaxiang.model.tags import Tag, Tags

TABLE = "given_value"


def with_given(engine: Engine, wide: ir.Table, tags: Tags, as_of: date, facts: Mapping[str, ir.Table]) -> ir.Table:
    """``wide`` (one row per customer) with the given tags, and with golden values as people decided them, which are
    sure then."""
    rows = holding(engine, facts, as_of)
    may_be_given = {key: tag for key, tag in tags.items() if isinstance(tag.rule, Given | Golden)}
    there = _tags_in(engine, rows) if rows is not None else set()
    lacking = {key: _unknown(tag) for key, tag in may_be_given.items() if key not in wide.columns and key not in there}
    wide = wide.mutate(**lacking) if lacking else wide
    given = {key: tag for key, tag in may_be_given.items() if key in there}
    if rows is None or not given:
        return wide
    best = engine.keep("given_per_customer", _newest(rows, given))
    owned = best.rename({"given_to": "customer_id"} | {f"given_{key}": key for key in given})
    joined = wide.left_join(owned, wide.customer_id == owned.given_to)
    decided = {key: _decided(joined, wide, key) for key in given}
    decided |= {
        SURE + key: joined[f"given_{key}"].notnull().ifelse(1.0, joined[SURE + key])
        for key in given
        if SURE + key in wide.columns
    }
    return joined.mutate(**decided).select(*dict.fromkeys((*wide.columns, *given)))


def holding(engine: Engine, facts: Mapping[str, ir.Table], as_of: date) -> ir.Table | None:
    """The given values that hold on a day, with ``place`` (greatest is newest); None where there is no such table."""
    rows = facts.get(TABLE) if TABLE in facts else (engine.table(TABLE) if TABLE in engine.tables() else None)
    if rows is None:
        return None
    first = ibis.literal(as_of)
    rows = rows.filter(rows.problem.isnull(), rows.holds_from <= first, rows.until.isnull() | (rows.until >= first))
    by_hand_last = [rows.given_at, ibis.asc(rows.entry, nulls_first=True), rows.import_id, rows.source_row]
    return rows.mutate(place=ibis.row_number().over(group_by=[rows.customer_id, rows.tag], order_by=by_hand_last))


def tags_given(engine: Engine, facts: Mapping[str, ir.Table]) -> frozenset[str]:
    """The tags that anybody was or is given, in the tables published before or in these: what stands in a profile
    for them may be a person's word that holds no more."""
    tables = [facts[TABLE]] if TABLE in facts else []
    tables += [engine.table(TABLE)] if TABLE in engine.tables() else []
    named = [only(engine.arrow(rows.filter(rows.tag.notnull()).select("tag").distinct())) for rows in tables]
    return frozenset(str(row["tag"]) for rows in named for row in rows)


def given_to(
    engine: Engine, facts: Mapping[str, ir.Table], customer_id: str, key: str, as_of: date
) -> tuple[Mapping[str, Any], ...]:
    """What was given to one customer as the value of a tag and holds on the day, the one that stands first: value,
    who, when, why, until when."""
    rows = holding(engine, facts, as_of)
    if rows is None:
        return ()
    own = rows.filter(rows.customer_id == customer_id, rows.tag == key).order_by(ibis.desc("place"))
    shown = ("value", "given_by", "given_at", "reason", "until", "source", "entry", "import_id", "source_row")
    return tuple(only(engine.arrow(own.select(*shown))))


def _tags_in(engine: Engine, rows: ir.Table) -> set[str]:
    return {str(row["tag"]) for row in only(engine.arrow(rows.select("tag").distinct()))}


def _newest(rows: ir.Table, given: Tags) -> ir.Table:
    mine = {key: rows.value.argmax(rows.place, where=rows.tag == key) for key in given}
    best = rows.group_by("customer_id").aggregate(**mine)
    return best.mutate(**{key: best[key].cast(tag.field.ibis_type) for key, tag in given.items()})


def _decided(joined: ir.Table, wide: ir.Table, key: str) -> ir.Value:
    said = joined[f"given_{key}"]
    return said.coalesce(joined[key]) if key in wide.columns else said


def _unknown(tag: Tag) -> ir.Value:
    return ibis.null(tag.field.ibis_type)
