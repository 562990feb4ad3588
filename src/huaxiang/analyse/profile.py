"""The profile: one wide row per customer with every tag, computed for a day in as few passes as the rules allow."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.derived import derived
from huaxiang.analyse.facts import Tables, fact_rows
from huaxiang.analyse.favourites import favourite
from huaxiang.analyse.filled import with_filled
from huaxiang.analyse.measures import SEEN, Measured, measured
from huaxiang.analyse.order import check_tags, levels
from huaxiang.engine.interface import Engine
from huaxiang.model.rules import Everyone, Favourite, Golden, Statistic
from huaxiang.model.tags import Tag, Tags, fields_of


def profile(engine: Engine, tags: Tags, as_of: date, facts: Tables) -> ir.Table:
    """One row per customer who is neither staff nor a test: ``customer_id`` and one column per tag, in their order.

    A tag whose fact table or column is missing is unknown (null) for everybody. Only what had happened by the end of
    the ``as_of`` day counts. Raises :class:`DefinitionError` where the tags do not hold together.
    """
    check_tags(tags)
    wide = _joined(customers(engine, facts), _from_facts(engine, tags, as_of, facts))
    # Held, so that what is derived is not worded on top of everything that it is derived from.
    wide = engine.keep("profile_from_facts", with_filled(engine, _all_columns(wide, tags), tags, facts, as_of))
    for level in levels(tags):
        wide = _derived(wide, level, tags, as_of)
    return wide.select("customer_id", *tags)


def customers(engine: Engine, facts: Tables) -> ir.Table:
    """One row per customer of the portrait: ``customer_id`` of those who are neither staff nor a test."""
    everyone = facts["customer"] if "customer" in facts else engine.table("customer")
    left_out = everyone.is_staff.coalesce(False) | everyone.is_test.coalesce(False)
    return everyone.filter(~left_out).select("customer_id")


def _from_facts(engine: Engine, tags: Tags, as_of: date, facts: Tables) -> list[Measured]:
    figures, favourites = defaultdict(list), []
    for tag in tags.values():
        if isinstance(tag.rule, Golden | Statistic):
            figures[tag.rule.fact].append(tag)
        elif isinstance(tag.rule, Favourite):
            favourites.append((tag, tag.rule))
    rows = {name: fact_rows(name, engine, facts, as_of) for name in {*figures, *(rule.fact for _, rule in favourites)}}
    found = [
        measured(engine, name, group, known, as_of)
        for name, group in figures.items()
        if (known := rows[name]) is not None
    ]
    for tag, rule in favourites:
        if (known := rows[rule.fact]) is not None:
            found.append(Measured(engine.keep(f"favourite_{tag.key}", favourite(tag, rule, known, as_of)), None))
    return found


def _joined(everyone: ir.Table, parts: list[Measured]) -> ir.Table:
    # One chain of joins and one selection: a step for each part would word the growing row again and again.
    wide, keys, zeros = everyone, ["customer_id"], list[str]()
    for number, part in enumerate(parts):
        owner = f"owner_{number}"
        wide = wide.left_join(part.per_customer.rename({owner: "customer_id"}), [("customer_id", owner)])
        keys += [name for name in part.per_customer.columns if name != "customer_id"]
    for seen in (part.seen for part in parts if part.seen is not None):
        wide = wide.cross_join(seen)
        zeros += [name.removeprefix(SEEN) for name in seen.columns]
    found = {key: wide[key] for key in keys}
    return wide.select(**found | {key: ibis.cases((wide[SEEN + key], wide[key].coalesce(0))) for key in zeros})


def _all_columns(wide: ir.Table, tags: Tags) -> ir.Table:
    lacking = {
        key: ibis.null(tag.field.ibis_type)
        for key, tag in tags.items()
        if isinstance(tag.rule, Golden | Statistic | Favourite) and key not in wide.columns
    }
    return wide.mutate(**lacking) if lacking else wide


def _derived(wide: ir.Table, level: list[Tag], tags: Tags, as_of: date) -> ir.Table:
    fields, new = fields_of(tags), {}
    for tag in level:
        if isinstance(tag.rule, Everyone):
            wide = _with_figure_of_all(wide, tag, tag.rule)
    for tag in level:
        if tag.key not in wide.columns:
            new[tag.key] = derived(tag, wide, fields, as_of)
    return wide.mutate(**new) if new else wide


def _with_figure_of_all(wide: ir.Table, tag: Tag, rule: Everyone) -> ir.Table:
    both = wide[rule.divide].notnull() & wide[rule.by].notnull()
    above, below = (_total(wide[key], both) for key in (rule.divide, rule.by))
    figure = (above / below.nullif(0.0)).cast(tag.field.ibis_type)
    return wide.cross_join(wide.aggregate(**{tag.key: figure}))


def _total(column: Any, where: ir.BooleanValue) -> ir.Value:
    return column.cast("decimal(18, 6)").sum(where=where).cast("float64")
