"""Tags again for those customers alone about whom something changed, with the same result as for everybody.

Most tags look at nothing but a customer's own rows and the day. When the day moves on, they change with those whose
rows enter or leave a window. What is computed for everybody all the same: tags that look at other customers, tags whose
weights fade from day to day or whose rows are picked by days counted from the day, tags over canonical tables (small,
and their former state is gone), and whatever is computed from other tags, which is one look at one wide row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.changed_customers import is_compared
from huaxiang.analyse.check_tags import check_tags
from huaxiang.analyse.confidence import SURE, has_confidence
from huaxiang.analyse.fact_tags import FactTags, fact_tags, facts_of, is_from_facts, joined, rows_of
from huaxiang.analyse.facts import Tables
from huaxiang.analyse.filled import with_filled
from huaxiang.analyse.given import tags_given, with_given
from huaxiang.analyse.measures import is_zero_without_rows
from huaxiang.analyse.order import full_only
from huaxiang.analyse.profile import Profiled, customers, finished
from huaxiang.analyse.windows import Rows, start_of
from huaxiang.engine.interface import Engine, only
from huaxiang.errors import InputError
from huaxiang.model.conditions import Condition, Test, leaves
from huaxiang.model.operators import operator_named
from huaxiang.model.tags import Tag, Tags

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Before:
    """What was published for an earlier day, or the same one, with the same tags."""

    as_of: date
    profile: ir.Table
    confidence: ir.Table
    weights: ir.Table


@dataclass(frozen=True)
class Increment:
    """What is to be computed again. ``moved`` has the ``customer_id`` of those whose own tags ``alone`` are; everybody
    else's are taken over from ``before``. ``rest`` are the tags that are computed for everybody all the same."""

    engine: Engine
    tags: Tags
    as_of: date
    facts: Tables
    before: Before
    rows: Mapping[str, Rows]
    alone: Tags
    rest: Tags
    moved: ir.Table

    def profiled(self) -> Profiled:
        """The same as :func:`huaxiang.analyse.profile.profiled`, from what was published before."""
        engine, alone, before, facts = self.engine, self.alone, self.before, self.facts
        everybody = customers(engine, facts)
        # Held before the others are computed, which go by the same names in the engine.
        again = fact_tags(engine, alone, self.rows, self.moved)
        fresh = engine.keep("fresh_tags", joined(engine, everybody.semi_join(self.moved, "customer_id"), again, alone))
        unmoved = everybody.anti_join(self.moved, "customer_id")
        still = _taken_over(unmoved, alone, again, before)
        others = fact_tags(engine, self.rest, self.rows)
        other = engine.keep("other_tags", joined(engine, everybody, others, self.rest))
        kept = fresh.union(still.select(fresh.columns))
        # Nothing stands beside the others when nothing can be taken over; Spark stumbles over joining customers alone.
        wide = with_given(engine, beside(kept, other) if alone else other, self.tags, self.as_of, facts)
        wide = with_filled(engine, wide, self.tags, facts, self.as_of)
        same = before.weights.filter(before.weights.tag.isin([*alone] or [""])).anti_join(self.moved, "customer_id")
        weights = ibis.union(again.weights, others.weights, same)
        # Not held: most of it stands already, and the whole is written once as it is.
        return finished(engine, self.tags, self.as_of, facts, engine.view("profile_put_together", wide), weights)


def increment(engine: Engine, tags: Tags, as_of: date, facts: Tables, before: Before, changed: ir.Table) -> Increment:
    """What has to be computed again since ``before``.

    ``changed`` has the ``customer_id`` of every customer, old or new, of whom a row of a fact table came, went or
    became another since then (:func:`huaxiang.analyse.changed_customers.changed_customers`); new customers without such
    rows, and those whom the passing of days changes, are found here. Raises :class:`InputError` for a day before that
    of ``before``.
    """
    if as_of < before.as_of:
        raise InputError("increment.earlier_day", given=as_of.isoformat(), published=before.as_of.isoformat())
    check_tags(tags)
    own = {key: tag for key, tag in tags.items() if is_from_facts(tag)}
    lonely = of_single_customers(own, tags, before, as_of, tags_given(engine, facts))
    alone = {key: tag for key, tag in lonely.items() if key not in unsaid_before(engine, lonely, before)}
    rest = {key: tag for key, tag in own.items() if key not in alone}
    rows = rows_of(engine, own, as_of, facts)
    new = customers(engine, facts).anti_join(before.profile, "customer_id")
    moved = _moved(alone, rows, changed, before.as_of, as_of).union(new, distinct=True)
    moved = engine.keep("moved_customers", moved)
    return Increment(engine, tags, as_of, facts, before, rows, alone, rest, moved)


def of_single_customers(own: Tags, tags: Tags, before: Before, as_of: date, said: Collection[str]) -> Tags:
    """Those of the ``own`` tags that can be taken over for customers about whom nothing changed; ``said`` are those
    that people may have given a value."""
    others = full_only(tags)
    return {
        key: tag
        for key, tag in own.items()
        if key not in others
        and key not in said
        and key in before.profile.columns
        and all(map(is_compared, facts_of(tag)))
        and (as_of == before.as_of or not _changes_daily(tag))
    }


def _changes_daily(tag: Tag) -> bool:
    """Whether it changes from day to day without any row entering or leaving its window."""
    rule: Any = tag.rule
    picked = [getattr(rule, "where", None), *(part.where for part in getattr(rule, "parts", ()))]
    fades = getattr(rule, "half_life_days", None) is not None
    return fades or any(_counts_days(where) for where in picked if where is not None)


def _counts_days(where: Condition) -> bool:
    return any(isinstance(leaf, Test) and operator_named(leaf.op).value == "days" for leaf in leaves(where))


def unsaid_before(engine: Engine, tags: Tags, before: Before) -> frozenset[str]:
    """The tags that are 0 without rows and that nobody had: where there are rows now, everybody's changes."""
    zero = {key: before.profile[key].count() for key, tag in tags.items() if is_zero_without_rows(tag.rule)}
    counts = only(engine.arrow(before.profile.aggregate(**zero)))[0] if zero else {}
    return frozenset(key for key, count in counts.items() if not count)


def _moved(tags: Tags, rows: Mapping[str, Rows], changed: ir.Table, old: date, new: date) -> ir.Table:
    """The customers of ``changed``, and those with rows that count otherwise on the new day."""
    found = [changed.select("customer_id")]
    spans: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for tag in tags.values() if new > old else ():
        for name in facts_of(tag):
            spans[name] += _spans(tag, old, new)
    for name, asked in spans.items():
        if name in rows:
            found.append(_within(rows[name], {*asked, (old + _DAY, new)}))
    return ibis.union(*found, distinct=True) if len(found) > 1 else found[0].distinct()


def _spans(tag: Tag, old: date, new: date) -> Iterator[tuple[date, date]]:
    """The days, both included, whose rows are in the tag's window on one of the two days only."""
    rule: Any = tag.rule
    (first_old, last_old), (first_new, last_new) = rule.days(old), rule.days(new)
    if first_old and first_new and first_old < first_new:
        yield first_old, first_new - _DAY
    if last_old < last_new:
        yield last_old + _DAY, last_new
    if rule.expires_after_days is not None:
        oldest = timedelta(days=rule.expires_after_days)
        yield old - oldest, new - oldest - _DAY


def _within(rows: Rows, spans: Iterable[tuple[date, date]]) -> ir.Table:
    inside = [(rows.when >= start_of(first)) & (rows.when < start_of(last + _DAY)) for first, last in sorted(spans)]
    return rows.table.filter(reduce(or_, inside), rows.table.customer_id.notnull()).select("customer_id")


def _taken_over(unmoved: ir.Table, tags: Tags, again: FactTags, before: Before) -> ir.Table:
    """The tags of those who did not move, as they were published."""
    sure = [key for key, tag in tags.items() if has_confidence(tag)]
    told = before.confidence.select(told_id="customer_id", **{SURE + key: before.confidence[key] for key in sure})
    # Everybody who did not move stood there before; wide rows pass by narrow ones, which costs least.
    still = before.profile.select("customer_id", *tags).semi_join(unmoved, "customer_id")
    still = still.inner_join(told, [("customer_id", "told_id")]).drop("told_id")
    # What nobody has rows for any more is not 0 any more.
    unseen = {
        key: ibis.null(tag.field.ibis_type).name(key)
        for key, tag in tags.items()
        if is_zero_without_rows(tag.rule) and key not in again.seen
    }
    return still.mutate(**unseen) if unseen else still


def beside(left: ir.Table, right: ir.Table) -> ir.Table:
    """Two tables of one row per customer as one, of those who are in both."""
    both = left.inner_join(right.rename(right_id="customer_id"), [("customer_id", "right_id")])
    return both.drop("right_id")
