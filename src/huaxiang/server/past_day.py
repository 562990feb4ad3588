"""Everybody as they stood on a past day, computed again from the rows of that day, to ask conditions of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.crowd_cost import facts_read
from huaxiang.analyse.facts_needed import facts_needed
from huaxiang.analyse.groups.echoes import fields_asked
from huaxiang.analyse.groups.there import there_on
from huaxiang.analyse.order import full_only, with_needed
from huaxiang.analyse.population import Population
from huaxiang.analyse.portrait import joined_rfm, rfm_fields
from huaxiang.analyse.profile import profile
from huaxiang.analyse.registry import analysis_named
from huaxiang.model.conditions import Condition
from huaxiang.model.tags import Tag
from huaxiang.prepare.facts import some_facts
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.published import published

#: Published tables that say themselves what held on a past day.
_AS_PUBLISHED = ("account", "given_value")


def among_all(condition: Condition, sight: Sight) -> list[str]:
    """The fields that the condition asks for, with the crowds that it names, whose value with one customer depends on
    the others: percentiles, RFM, and what is computed from such. On a past day it is a place among those of that day.
    """
    asked = fields_asked(condition, sight.population.segments)
    tags = tags_asked(condition, sight)
    return sorted(asked & (full_only(tags) | rfm_fields().keys()))


def tags_asked(condition: Condition, sight: Sight, tags: Iterable[str] = ()) -> dict[str, Tag]:
    """The tags that the condition asks for, with the crowds that it names, these ``tags``, and all that they need."""
    asked, known = fields_asked(condition, sight.population.segments), sight.definitions.tags
    return with_needed([*tags, *sorted(asked & known.keys())], known)


def past_population(day: date, condition: Condition, sight: Sight, fields: Collection[str] = ()) -> Population:
    """Those whom the visitor may see as of a past day, with what the condition asks for and these fields.

    People are told apart as today, and rows of that day that came in later count. Only what is asked for is computed:
    the fact tables that are read and the tags; a whole portrait of a past day takes many times as long. The rows are
    held by the engine until another day is asked for.
    """
    engine, tables, segments = sight.engine, published(sight.engine), sight.population.segments
    wanted = tags_asked(condition, sight, [key for key in fields if key in sight.definitions.tags])
    asked = fields_asked(condition, segments) | set(fields)
    is_ranked = bool(asked & rfm_fields().keys())
    names = facts_needed(wanted, (*facts_read(condition, segments), *(["sale"] if is_ranked else [])))
    facts = some_facts(engine, tables["account"], day, "moved", names)
    # Who came later was nobody on that day, whom nothing is known of.
    there = there_on(tables["customer"], tables["account"], day)
    given = {name: tables[name] for name in _AS_PUBLISHED} | facts | {"customer": there}
    rows = profile(engine, wanted, day, given)
    if is_ranked:
        rows = _ranked(rows, given, day, sight)
    past = replace(sight.population.everyone, table=rows, narrow=None, as_of=day, facts=given, lacking={})
    return past if sight.access.stores is None else past.over(rows.semi_join(sight.table, "customer_id"))


def _ranked(rows: ir.Table, facts: dict[str, ir.Table], day: date, sight: Sight) -> ir.Table:
    members = analysis_named("rfm").on(sight.engine, facts, {}, day).members
    if members is None:
        # Before anybody bought there is no class either.
        return rows.mutate(**{key: ibis.null(field.ibis_type) for key, field in rfm_fields().items()})
    return joined_rfm(rows, sight.engine.keep("moved_rfm", members))
