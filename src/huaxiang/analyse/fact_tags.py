"""Tags computed from fact tables: one row per customer with all of them, in as few passes as the rules allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.confidence import SURE, has_confidence
from huaxiang.analyse.facts import Tables, fact_rows
from huaxiang.analyse.further_columns import reading, with_read
from huaxiang.analyse.kept_last import KEPT, keeps_last, kept_last
from huaxiang.analyse.measures import BLANK, agreeing, is_zero_without_rows, measured, seen
from huaxiang.analyse.preferences import favourites, preferred, weights_of
from huaxiang.analyse.side_by_side import side_by_side
from huaxiang.analyse.weighing import weighed
from huaxiang.analyse.windows import Rows
from huaxiang.engine.interface import Engine
from huaxiang.model.condition_facts import facts_named
from huaxiang.model.facts import fact_named
from huaxiang.model.rules import Distribution, FactRule, Favourite, Golden, Layers, Preference, Statistic
from huaxiang.model.tags import Tag, Tags


@dataclass(frozen=True)
class FactTags:
    """``parts`` are tables of one row per customer each, with tags and how sure they are; customers whom a part lacks
    have none of its tags. ``seen`` are the tags that are 0 without rows. ``weights`` are those of preferences."""

    parts: tuple[ir.Table, ...]
    seen: frozenset[str]
    weights: ir.Table


def is_from_facts(tag: Tag) -> bool:
    """Whether the tag is computed from the rows of fact tables."""
    return isinstance(tag.rule, FactRule)


def rows_of(engine: Engine, tags: Tags, as_of: date, facts: Tables) -> dict[str, Rows]:
    """The rows of every fact table that the tags need, as known on the ``as_of`` day; tables that lack are left out."""
    names = dict.fromkeys(name for tag in tags.values() for name in facts_of(tag))
    found = {name: fact_rows(name, engine, facts, as_of) for name in names}
    read = {name: with_read(rows, tags, name) for name, rows in found.items() if rows is not None}
    return {name: Rows(rows, fact_named(name), as_of) for name, rows in read.items()}


def facts_of(tag: Tag) -> tuple[str, ...]:
    """The fact tables that a tag's rule reads."""
    if isinstance(tag.rule, Preference):
        return tuple(dict.fromkeys(part.fact for part in tag.rule.parts))
    return (tag.rule.fact,) if isinstance(tag.rule, Golden | Statistic | Favourite | Distribution) else ()


def facts_read(tag: Tag) -> tuple[str, ...]:
    """The fact tables that a tag's rule reads, those included in which its layers look what a customer did."""
    if not isinstance(tag.rule, Layers):
        return facts_of(tag)
    return tuple(dict.fromkeys(name for layer in tag.rule.layers for name in facts_named(layer.when)))


def fact_tags(
    engine: Engine,
    tags: Tags,
    rows: Mapping[str, Rows],
    only: ir.Table | None = None,
    known: frozenset[str] | None = None,
) -> FactTags:
    """Those of the tags that are computed from fact tables; ``only`` limits them to the customers of a table.

    What is said of everybody (``seen``) is said of everybody in any case; where it is ``known`` it is not asked for.
    """
    tags = {key: reading(tag) for key, tag in tags.items()}
    own = rows if only is None else limited(engine, rows, only)
    figures: dict[str, list[Tag]] = defaultdict(list)
    for tag in tags.values():
        if isinstance(tag.rule, Golden | Statistic | Distribution) and tag.rule.fact in rows:
            figures[tag.rule.fact].append(tag)
    parts, zero = list[ir.Table](), set[str]()
    for name, group in figures.items():
        found = measured(engine, name, group, own[name])
        sure = agreeing(engine, name, group, own[name], found[0])
        parts += found if sure is None else [*found, sure]
        zero |= seen(engine, group, rows[name], found[0]) if known is None else known
    weighing = [tag for tag in tags.values() if isinstance(tag.rule, Favourite | Preference)]
    best, weights = _weighed(engine, weighing, own)
    parts += best
    for tag in tags.values():
        if keeps_last(tag) and facts_of(tag)[0] in own:
            parts += kept_last(engine, tag, own[facts_of(tag)[0]])
    return FactTags(tuple(parts), frozenset(zero), weights)


def joined(engine: Engine, customers: ir.Table, found: FactTags, tags: Tags) -> ir.Table:
    """One row per customer: ``customer_id``, every tag, and ``sure_<tag>`` of those that can be more or less sure."""
    wide = side_by_side(engine, customers, found.parts)
    known, columns = {*wide.columns}, {"customer_id": wide.customer_id}
    for tag in tags.values():
        columns |= _columns(tag, wide, known, found.seen)
    return wide.select(**columns)


def _columns(tag: Tag, wide: ir.Table, known: set[str], zero: frozenset[str]) -> dict[str, ir.Value]:
    names = [(tag.key, KEPT + tag.key, tag.field.ibis_type)]
    if has_confidence(tag):
        names.append((SURE + tag.key, SURE + KEPT + tag.key, "float64"))
    found = {}
    for name, kept, kind in names:
        there = [wide[one] for one in (name, kept) if one in known]
        found[name] = ibis.coalesce(*there) if there else ibis.null(kind)
    if is_zero_without_rows(tag.rule):
        filled = found[tag.key].coalesce(0) if tag.key in zero else ibis.null(tag.field.ibis_type)
        blank = wide[BLANK + tag.key].fill_null(False) if BLANK + tag.key in known else None
        found[tag.key] = filled if blank is None else ibis.cases((~blank, filled))
    return found


def limited(engine: Engine, rows: Mapping[str, Rows], only: ir.Table) -> dict[str, Rows]:
    """The rows of the customers of a table."""
    # Held: all passes look at these few, and finding them is a look at every row.
    return {
        name: replace(one, table=engine.keep(f"rows_of_some_{name}", one.table.semi_join(only, "customer_id")))
        for name, one in rows.items()
    }


def _weighed(engine: Engine, tags: Sequence[Tag], rows: Mapping[str, Rows]) -> tuple[list[ir.Table], ir.Table]:
    parts, weights = [], []
    for number, found in enumerate(weighed(engine, "", tags, rows)):
        as_of = next(iter(rows.values())).as_of
        best = favourites(engine, f"favourites_{number}", found, as_of)
        parts += [] if best is None else [best]
        for tag in found.tags:
            if isinstance(tag.rule, Preference):
                values, own = preferred(engine, tag, tag.rule, found, as_of)
                parts.append(values)
                weights.append(own)
    return parts, weights_of(engine, weights)
