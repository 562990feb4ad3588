"""Favourites and preferences: how much every value of a column weighs with each customer, and which weighs most.

All rules over one column of one fact table are weighed in one pass; what several tables say is added up afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import add, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.weights import micros
from huaxiang.analyse.windows import Rows
from huaxiang.engine.interface import Engine
from huaxiang.model.rules import Favourite, Part, Preference
from huaxiang.model.tags import Tag

#: In ``weighed`` tables, of the tag named behind it: the weight of a value, when it was named last, by how many rows.
WEIGHT, LAST, COUNT = "weight_", "last_", "count_"
_LONG_AGO = datetime(1, 1, 1)


@dataclass(frozen=True)
class Weighed:
    """One row per customer and value that any of the tags weighs: ``customer_id, value`` and the tags' columns.

    A tag's weight is null where nothing that it counts names the value.
    """

    table: ir.Table
    tags: tuple[Tag, ...]


def weighed(engine: Engine, prefix: str, tags: Sequence[Tag], facts: Mapping[str, Rows]) -> list[Weighed]:
    """The weights of favourites and preferences, held under names with that prefix.

    Rules over tables that ``facts`` lacks are left out.
    """
    places = {tag.key: [place for place in _places(tag) if place[0] in facts] for tag in tags}
    tables = dict[tuple[str, str], ir.Table]()
    for fact, column in dict.fromkeys(place for own in places.values() for place in own):
        own_tags = [tag for tag in tags if (fact, column) in places[tag.key]]
        one_pass = _one_pass(facts[fact], column, own_tags)
        tables[fact, column] = engine.keep(f"{prefix}weighed_{fact}_{column}", one_pass)
    found = [
        Weighed(table, tuple(tag for tag in tags if places[tag.key] == [place])) for place, table in tables.items()
    ]
    for tag in tags:
        if len(places[tag.key]) > 1:
            added = _added([tables[place] for place in places[tag.key]], tag.key)
            found.append(Weighed(engine.keep(f"{prefix}weighed_{tag.key}", added), (tag,)))
    return [one for one in found if one.tags]


def _places(tag: Tag) -> list[tuple[str, str]]:
    """The columns that the tag weighs, each once."""
    if isinstance(tag.rule, Favourite):
        return [(tag.rule.fact, tag.rule.column)]
    parts = tag.rule.parts if isinstance(tag.rule, Preference) else ()
    return list(dict.fromkeys((part.fact, part.column) for part in parts))


def _one_pass(rows: Rows, column: str, tags: Sequence[Tag]) -> ir.Table:
    counted = reduce(or_, [_counts(tag, rows, column) for tag in tags])
    wanted = rows.table.customer_id.notnull() & rows.table[column].notnull() & counted
    rows = replace(rows, table=rows.table.filter(wanted))
    figures = dict[str, ir.Value]()
    for tag in tags:
        counts = _counts(tag, rows, column)
        figures[WEIGHT + tag.key] = _weight(tag, rows, column, counts)
        figures[LAST + tag.key] = rows.at.max(where=counts) if rows.fact.at else ibis.null("timestamp(6)")
        figures[COUNT + tag.key] = rows.table.count(where=counts)
    return rows.table.group_by("customer_id", value=rows.table[column].cast("string")).aggregate(**figures)


def _counts(tag: Tag, rows: Rows, column: str) -> ir.BooleanValue:
    """Which rows the tag looks at."""
    rule: Any = tag.rule
    if isinstance(rule, Favourite):
        return rows.meant(rule)
    return rows.inside(rule) & reduce(or_, [rows.chosen(part.where) for part in _parts(rule, rows, column)])


def _weight(tag: Tag, rows: Rows, column: str, counts: ir.BooleanValue) -> ir.Value:
    """The sum of the weights of the rows that count, to be taken for one value."""
    rule: Any = tag.rule
    if isinstance(rule, Favourite):
        return rows.table[rule.by].sum(where=counts) if rule.by else rows.table.count(where=counts).nullif(0)
    weight = reduce(add, [_of_part(part, rows) for part in _parts(rule, rows, column)])
    return micros(weight * rows.remains(rule, rule.half_life_days)).sum(where=counts)


def _parts(rule: Preference, rows: Rows, column: str) -> list[Part]:
    return [part for part in rule.parts if (part.fact, part.column) == (rows.fact.name, column)]


def _of_part(part: Part, rows: Rows) -> ir.Value:
    return rows.chosen(part.where).ifelse(part.weight, 0.0)


def _added(tables: Sequence[ir.Table], key: str) -> ir.Table:
    names = [WEIGHT + key, LAST + key, COUNT + key]
    rows = ibis.union(*(table.select("customer_id", "value", *names) for table in tables))
    weight, last, count = (rows[name] for name in names)
    return rows.group_by("customer_id", "value").aggregate(
        **{names[0]: weight.sum(), names[1]: last.max(), names[2]: count.sum()}
    )


def seen_last(last: Any) -> ir.Value:
    """A number for sorting that is the smaller the later a value was named, to the second; never null."""
    return -last.coalesce(ibis.literal(_LONG_AGO)).truncate("s").epoch_seconds().cast("int64")
