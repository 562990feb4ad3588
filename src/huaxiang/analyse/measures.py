"""Figures from fact tables: all golden values, statistics and hours over one fact table in a single pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.confidence import SURE, confidence, has_confidence
from huaxiang.analyse.distributions import histogram, hours
from huaxiang.analyse.figures import FIGURES
from huaxiang.analyse.golden import standing, with_verified
from huaxiang.analyse.windows import Rows, unexpired
from huaxiang.engine.interface import Engine, only
from huaxiang.model.rules import Distribution, Golden, Rule, Statistic
from huaxiang.model.tags import Tag

#: Whether there are rows but none of them states the amount that the tag named behind it adds up.
BLANK = "blank_"
#: How well a row stands for the golden value of the tag named behind it.
STANDING = "standing_"


def measured(engine: Engine, name: str, tags: Sequence[Tag], rows: Rows) -> list[ir.Table]:
    """The golden values, statistics and hours of one fact table, computed together and held under that name.

    Tables of one row per customer each, with the tags' columns, ``sure_<tag>``, how sure a value is, and for sums
    ``blank_<tag>``.
    """
    rows = _with_standing(engine, tags, rows)
    figures: dict[str, ir.Value] = {}
    for tag in tags:
        figures |= histogram(tag.key, tag.rule, rows) if isinstance(tag.rule, Distribution) else _figure(tag, rows)
    grouped = engine.keep(f"measured_{name}", rows.table.group_by("customer_id").aggregate(**figures))
    owned = grouped.filter(grouped.customer_id.notnull())
    known = {tag.key: owned[tag.key].cast(tag.field.ibis_type) for tag in tags if tag.key in owned.columns}
    known |= {name: owned[name] for name in owned.columns if name.startswith(BLANK)}
    found = [owned.select("customer_id", **known)]
    spread = [(tag, tag.rule) for tag in tags if isinstance(tag.rule, Distribution)]
    return [*found, *(hours(engine, tag, rule, grouped, rows.as_of) for tag, rule in spread)]


def agreeing(engine: Engine, name: str, tags: Sequence[Tag], rows: Rows, known: ir.Table) -> ir.Table | None:
    """How sure the golden values ``known`` (one row per customer) are: what share of the rows that state one agrees.

    None where none of the tags can be more or less sure.
    """
    golden = {tag.key: tag.rule for tag in tags if isinstance(tag.rule, Golden) and has_confidence(tag)}
    if not golden:
        return None
    stands = known.select("customer_id", **{STANDING + key: known[key] for key in golden})
    beside = replace(rows, table=rows.table.inner_join(stands, "customer_id"))
    found = {}
    for key, rule in golden.items():
        column, standing_value = beside.table[rule.column], beside.table[STANDING + key]
        stated = beside.meant(rule) & column.notnull()
        n = beside.table.count(where=stated).nullif(0)
        agree = beside.table.count(where=stated & (column.cast(standing_value.type()) == standing_value))
        found[SURE + key] = confidence(agree.cast("float64") / n.cast("float64"), n)
    return engine.keep(f"agreeing_{name}", beside.table.group_by("customer_id").aggregate(**found))


def _with_standing(engine: Engine, tags: Sequence[Tag], rows: Rows) -> Rows:
    golden = {tag.key: tag.rule for tag in tags if isinstance(tag.rule, Golden)}
    if not golden:
        return rows
    rows = replace(rows, table=with_verified(engine, rows.table, golden.values()))
    rows = replace(rows, table=rows.table.mutate(newness=rows.newness()))
    stand = {STANDING + key: standing(rule, rows.table, rows.meant(rule)) for key, rule in golden.items()}
    return replace(rows, table=rows.table.mutate(**stand))


def is_zero_without_rows(rule: Rule) -> bool:
    """Whether the rule gives 0 to customers without rows."""
    return isinstance(rule, Statistic) and rule.when_empty == "zero"


def seen(engine: Engine, tags: Sequence[Tag], rows: Rows, found: ir.Table) -> set[str]:
    """The keys of the tags that are 0 for customers without rows: those of whose rows anybody has one at all.

    ``found`` are the figures of the same tags. Whoever has one that is not 0 has rows, so the rows of the table are
    looked through only for tags of which nobody has.
    """
    zero: dict[str, Any] = {tag.key: tag.rule for tag in tags if is_zero_without_rows(tag.rule)}
    sure = _true_of(engine, found.aggregate(**{key: (found[key] != 0).any() for key in zero})) if zero else set()
    rest = {key: rule for key, rule in zero.items() if key not in sure}
    if not rest:
        return sure
    asked = {key: rows.table.count(where=rows.chosen(rule.where)) > 0 for key, rule in rest.items()}
    return sure | _true_of(engine, rows.table.aggregate(**asked))


def _true_of(engine: Engine, one_row: ir.Table) -> set[str]:
    return {name for name, value in only(engine.arrow(one_row))[0].items() if value}


def _figure(tag: Tag, rows: Rows) -> dict[str, ir.Value]:
    rule: Any = tag.rule
    counts = rows.meant(rule)
    column = rows.table[rule.column] if rule.column else None
    stated = counts if column is None else counts & column.notnull()
    if isinstance(rule, Golden):
        value: Any = column.argmax(rows.table[STANDING + tag.key], where=stated)  # type: ignore[union-attr]
    else:
        value = FIGURES[rule.measure](rows.table if column is None else column, counts)
        if rule.when_empty != "zero" and rule.measure in _COUNTS:
            # Nobody counts zero rows where "no rows" means "not known".
            value = value.nullif(0)
    if rule.kind == "statistic" and rule.measure == "sum" and rule.when_empty == "zero":
        blank = (rows.table.count(where=counts) > 0) & (rows.table.count(where=stated) == 0)
        return {tag.key: value, BLANK + tag.key: blank}
    if rule.expires_after_days is None:
        return {tag.key: value}
    return {tag.key: unexpired(value, rows.when.max(where=stated), rule, rows.as_of)}


_COUNTS = ("count", "distinct", "distinct_days")
