"""The tags of a day once more: of those customers alone about whom something changed since that day was computed.

Everything that says something of one customer alone is as if everybody had been computed. Tags that look at others
(:func:`huaxiang.analyse.order.full_only`: percentiles, rare words, figures of everyone, what analyses say, and whatever
is computed from them) stay as they were computed for this day; a customer who came since has none of them yet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from math import inf
from operator import or_

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.changed_customers import is_compared
from huaxiang.analyse.confidence import SURE, has_confidence
from huaxiang.analyse.fact_tags import (
    FactTags,
    fact_tags,
    facts_of,
    facts_read,
    is_from_facts,
    joined,
    limited,
    rows_of,
)
from huaxiang.analyse.facts import Tables
from huaxiang.analyse.filled import with_filled
from huaxiang.analyse.given import tags_given, with_given
from huaxiang.analyse.increment import Before, beside, of_single_customers, unsaid_before
from huaxiang.analyse.measures import is_zero_without_rows
from huaxiang.analyse.order import full_only
from huaxiang.analyse.profile import Profiled, customers, finished
from huaxiang.analyse.windows import Rows
from huaxiang.engine.interface import Engine, count_of, only
from huaxiang.model.rules import Given, Layers
from huaxiang.model.tags import Tags


@dataclass(frozen=True)
class Renewed:
    """``moved`` has the ``customer_id`` of those computed again, ``gone`` of all whose rows of before hold no more:
    the moved ones, and who is no customer now. ``own`` is what is known of the moved ones."""

    moved: ir.Table
    gone: ir.Table
    own: Profiled


@dataclass(frozen=True)
class SameDay:
    """Computes ``tags`` again from ``facts`` for the day of ``before``.

    ``changed`` has the ``customer_id`` of every customer, old or new, of whom a row of a fact table came, went or
    became another. Others who moved are found here: who is new, and who has another value of a tag that is given,
    filled or stands on canonical tables. Their former state is gone, so these tags are computed for everybody.
    """

    engine: Engine
    tags: Tags
    facts: Tables
    before: Before
    changed: ir.Table

    @property
    def as_of(self) -> date:
        """The day, which is that of before."""
        return self.before.as_of

    @property
    def finds_everybody(self) -> bool:
        """Whether all who moved are found: not where layers look at rows whose former state is gone, since these are
        asked of the moved alone."""
        others = full_only(self.tags)
        asking = [tag for key, tag in self.tags.items() if isinstance(tag.rule, Layers) and key not in others]
        return all(is_compared(fact) for tag in asking for fact in facts_read(tag))

    def renewed(self, most: float = inf) -> Renewed | None:
        """What is another now; None where more than ``most`` moved, or a tag begins or ceases to be said of all."""
        engine, before = self.engine, self.before
        others = full_only(self.tags)
        own = {key: tag for key, tag in self.tags.items() if is_from_facts(tag) and key not in others}
        alone = of_single_customers(own, self.tags, before, self.as_of, tags_given(engine, self.facts))
        rest = {key: tag for key, tag in own.items() if key not in alone}
        rows = rows_of(engine, own, self.as_of, self.facts)
        everybody = customers(engine, self.facts)
        computed = fact_tags(engine, rest, _of_tags(rest, rows))
        stated = engine.keep("stated_tags", self._stated(everybody, computed, rest))
        moved = engine.keep("moved_customers", self._moved(everybody, stated))
        if count_of(engine, moved) > most:
            return None
        again = self._said(alone, fact_tags(engine, alone, limited(engine, _of_tags(alone, rows), moved)), moved)
        if again is None:
            return None
        fresh = joined(engine, everybody.semi_join(moved, "customer_id"), again, alone)
        wide = engine.keep("moved_profile", self._with_others(beside(fresh, stated), others))
        former = before.weights.filter(before.weights.tag.isin(sorted(others) or [""]))
        weights = ibis.union(
            again.weights, *(part.semi_join(moved, "customer_id") for part in (computed.weights, former))
        )
        found = finished(engine, self.tags, self.as_of, self.facts, wide, weights)
        return Renewed(moved, self._gone(everybody, moved), found)

    def _stated(self, everybody: ir.Table, computed: FactTags, rest: Tags) -> ir.Table:
        """Of everybody: the tags over canonical tables, what was given and what was filled."""
        engine, facts = self.engine, self.facts
        asked = {**rest} | {key: tag for key, tag in self.tags.items() if isinstance(tag.rule, Given)}
        wide = with_given(engine, joined(engine, everybody, computed, rest), asked, self.as_of, facts)
        return with_filled(engine, wide, asked, facts, self.as_of)

    def _moved(self, everybody: ir.Table, stated: ir.Table) -> ir.Table:
        new = everybody.anti_join(self.before.profile, "customer_id")
        found = ibis.union(self.changed.select("customer_id"), new, self._said_otherwise(stated), distinct=True)
        return found.semi_join(everybody, "customer_id")

    def _said_otherwise(self, stated: ir.Table) -> ir.Table:
        """Those known before of whom a tag says something else, or the same more or less surely."""
        keys = [key for key in stated.columns if key in self.before.profile.columns and key != "customer_id"]
        sure = [name for name in stated.columns if name.startswith(SURE)]
        told = self.before.confidence
        known = self.before.profile.select(known_id="customer_id", **{f"known_{key}": key for key in keys})
        told = told.select(told_id="customer_id", **{f"known_{name}": name.removeprefix(SURE) for name in sure})
        both = stated.inner_join(known, [("customer_id", "known_id")]).inner_join(told, [("customer_id", "told_id")])
        differs = [~both[name].identical_to(both[f"known_{name}"]) for name in (*keys, *sure)]
        return both.filter(reduce(or_, differs, ibis.literal(value=False))).select("customer_id")

    def _said(self, alone: Tags, again: FactTags, moved: ir.Table) -> FactTags | None:
        """With what is 0 without rows said as before; None where it has to be said of everybody now, or may not be
        any more."""
        zero = {key for key, tag in alone.items() if is_zero_without_rows(tag.rule)}
        said = zero - unsaid_before(self.engine, alone, self.before)
        if again.seen - said or not self._stand(said - again.seen, moved):
            return None
        return replace(again, seen=frozenset(said))

    def _stand(self, keys: Collection[str], moved: ir.Table) -> bool:
        """Whether each of the tags is other than 0 with somebody who did not move, who has rows then."""
        if not keys:
            return True
        unmoved = self.before.profile.anti_join(moved, "customer_id")
        found = only(self.engine.arrow(unmoved.aggregate(**{key: (unmoved[key] != 0).any() for key in sorted(keys)})))
        return all(found[0].values())

    def _with_others(self, wide: ir.Table, others: frozenset[str]) -> ir.Table:
        """With the tags that look at others, as they were computed for this day."""
        before = self.before
        keys = [key for key in before.profile.columns if key in others]
        sure = [key for key in keys if has_confidence(self.tags[key])]
        known = before.profile.select(known_id="customer_id", **{key: key for key in keys})
        told = before.confidence.select(told_id="customer_id", **{SURE + key: key for key in sure})
        both = wide.left_join(known, [("customer_id", "known_id")]).left_join(told, [("customer_id", "told_id")])
        return both.drop("known_id", "told_id")

    def _gone(self, everybody: ir.Table, moved: ir.Table) -> ir.Table:
        left = self.before.profile.select("customer_id").anti_join(everybody, "customer_id")
        return self.engine.keep("gone_customers", moved.union(left, distinct=True))


def _of_tags(tags: Tags, rows: Mapping[str, Rows]) -> dict[str, Rows]:
    named = {name for tag in tags.values() for name in facts_of(tag)}
    return {name: one for name, one in rows.items() if name in named}
