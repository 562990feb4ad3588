"""Everybody as they stood on a past day, computed again from the rows of that day, to ask conditions of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from huaxiang.analyse.groups.echoes import fields_asked
from huaxiang.analyse.groups.there import there_on
from huaxiang.analyse.order import with_needed
from huaxiang.analyse.population import Population
from huaxiang.analyse.profile import profile
from huaxiang.model.conditions import Condition
from huaxiang.prepare.facts import kept_facts
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.published import FACTS, published


def not_told(condition: Condition, sight: Sight) -> list[str]:
    """The fields that the condition asks for, with the crowds that it names, and that no past day tells."""
    asked = fields_asked(condition, sight.population.segments)
    return sorted((asked & sight.fields.keys()) - sight.definitions.tags.keys())


def past_population(day: date, condition: Condition, sight: Sight, tags: Iterable[str] = ()) -> Population:
    """Those whom the visitor may see as of a past day, with what the condition asks for and these tags.

    People are told apart as today, and rows of that day that came in later count. Nothing of :func:`not_told` is there.
    The rows are held by the engine until another day is asked for.
    """
    known, tables = sight.definitions.tags, published(sight.engine)
    asked = fields_asked(condition, sight.population.segments)
    facts = kept_facts(sight.engine, tables["account"], day, "moved")
    # Who came later was nobody on that day, whom nothing is known of.
    there = there_on(tables["customer"], tables["account"], day)
    given = {name: tables[name] for name in FACTS} | facts | {"customer": there}
    # Only what is asked for: a whole portrait of a past day takes many times as long.
    rows = profile(sight.engine, with_needed([*tags, *sorted(asked & known.keys())], known), day, given)
    past = replace(sight.population.everyone, table=rows, narrow=None, as_of=day, facts=given, lacking={})
    return past if sight.access.stores is None else past.over(rows.semi_join(sight.table, "customer_id"))
