"""The profile: one wide row per customer with every tag, computed for a day in as few passes as the rules allow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.check_tags import check_tags
from huaxiang.analyse.confidence import SURE, has_confidence
from huaxiang.analyse.derived import derived
from huaxiang.analyse.events import Events
from huaxiang.analyse.fact_tags import fact_tags, is_from_facts, joined, rows_of
from huaxiang.analyse.facts import Tables
from huaxiang.analyse.filled import with_filled
from huaxiang.analyse.given import with_given
from huaxiang.analyse.models import with_models
from huaxiang.analyse.order import levels
from huaxiang.analyse.percentiles import with_percentiles
from huaxiang.engine.interface import Engine
from huaxiang.model.rules import Everyone
from huaxiang.model.tags import Tag, Tags, fields_of


@dataclass(frozen=True)
class Profiled:
    """What is known of every customer on a day.

    ``profile``: one row per customer with ``customer_id`` and a column per tag. ``confidence``: the same customers with
    a column for every tag whose values can be more or less sure, from 0 to 1, null where nothing speaks for a value.
    ``weights``: the weights behind preferences, see :data:`huaxiang.analyse.preferences.WEIGHTS`.
    """

    profile: ir.Table
    confidence: ir.Table
    weights: ir.Table

    def tables(self) -> dict[str, ir.Table]:
        """The three by the names under which they are published; rows of one customer lie together in the weights."""
        weights = self.weights.order_by("customer_id", "tag", "place")
        return {"profile": self.profile, "profile_confidence": self.confidence, "tag_weight": weights}


def profile(engine: Engine, tags: Tags, as_of: date, facts: Tables) -> ir.Table:
    """One row per customer who is neither staff nor a test: ``customer_id`` and one column per tag, in their order.

    A tag whose fact table or column is missing is unknown (null) for everybody. Only what had happened by the end of
    the ``as_of`` day counts. Raises :class:`DefinitionError` where the tags do not hold together.
    """
    return profiled(engine, tags, as_of, facts).profile


def profiled(engine: Engine, tags: Tags, as_of: date, facts: Tables) -> Profiled:
    """:func:`profile` with how sure the values are and the weights behind preferences."""
    check_tags(tags)
    own = {key: tag for key, tag in tags.items() if is_from_facts(tag)}
    found = fact_tags(engine, own, rows_of(engine, own, as_of, facts))
    wide = with_given(engine, joined(engine, customers(engine, facts), found, own), tags, as_of, facts)
    wide = with_filled(engine, wide, tags, facts, as_of)
    # Held, so that what is derived is not worded on top of everything that it is derived from.
    return finished(engine, tags, as_of, facts, engine.keep("profile_from_facts", wide), found.weights)


def finished(engine: Engine, tags: Tags, as_of: date, facts: Tables, wide: ir.Table, weights: ir.Table) -> Profiled:
    """The profiles of customers of whom some tags are known (``wide``, by a name of the engine), those from fact tables
    at least: the tags of analyses and of other tags are added."""
    events = Events(engine, facts, as_of)
    for number, every in enumerate(levels(tags)):
        level = [tag for tag in every if tag.key not in wide.columns]
        wide = with_percentiles(engine, f"places_{number}", with_models(engine, wide, level, facts, as_of), level)
        wide = _derived(wide, level, tags, events)
    sure = {key: wide[SURE + key] for key, tag in tags.items() if has_confidence(tag)}
    # Staff and tests have weights too, from their rows; they have no profile.
    return Profiled(wide.select("customer_id", *tags), wide.select("customer_id", **sure), _of_customers(weights, wide))


def _of_customers(weights: ir.Table, wide: ir.Table) -> ir.Table:
    return weights.semi_join(wide, "customer_id")


def customers(engine: Engine, facts: Tables) -> ir.Table:
    """One row per customer of the portrait: ``customer_id`` of those who are neither staff nor a test."""
    everyone = facts["customer"] if "customer" in facts else engine.table("customer")
    left_out = everyone.is_staff.coalesce(False) | everyone.is_test.coalesce(False)
    return everyone.filter(~left_out).select("customer_id")


def _derived(wide: ir.Table, level: list[Tag], tags: Tags, events: Events) -> ir.Table:
    fields, new = fields_of(tags), {}
    for tag in level:
        if isinstance(tag.rule, Everyone):
            wide = _with_figure_of_all(wide, tag, tag.rule)
    for tag in level:
        if tag.key not in wide.columns:  # a figure of everyone stands there by now
            new[tag.key] = derived(tag, wide, fields, events)
    return wide.mutate(**new) if new else wide


def _with_figure_of_all(wide: ir.Table, tag: Tag, rule: Everyone) -> ir.Table:
    both = wide[rule.divide].notnull() & wide[rule.by].notnull()
    above, below = (_total(wide[key], both) for key in (rule.divide, rule.by))
    figure = (above / below.nullif(0.0)).cast(tag.field.ibis_type)
    return wide.cross_join(wide.aggregate(**{tag.key: figure}))


def _total(column: Any, where: ir.BooleanValue) -> ir.Value:
    return column.cast("decimal(18, 6)").sum(where=where).cast("float64")
