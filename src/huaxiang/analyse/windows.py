"""Which rows of a fact table a rule looks at: those that its condition chooses, in its window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.evaluate import holds
from huaxiang.model.conditions import Condition
from huaxiang.model.facts import Fact
from huaxiang.model.rule_parts import Windowed
from huaxiang.model.rules import OneFactRule
from huaxiang.model.windows import Spanned


@dataclass(frozen=True)
class Rows:
    """The rows of one fact table known on a day, each with ``customer_id``.

    ``ends`` names a column with the last day of each row's window, for windows that end on another day with every
    customer; by default they end as their rule says.
    """

    table: ir.Table
    fact: Fact
    as_of: date
    ends: str | None = None

    def chosen(self, where: Condition | None) -> ir.BooleanValue:
        """Whether the condition holds of each row; never null."""
        return holds(where, self.table, self.fact.columns, self.as_of) if where else ibis.literal(value=True)

    def meant(self, rule: OneFactRule) -> ir.BooleanValue:
        """Whether a row counts for the rule: it is chosen by ``where`` and lies in the window. Never null."""
        return self.chosen(rule.where) & self.inside(rule)

    def inside(self, rule: Spanned) -> ir.BooleanValue:
        """Whether a row lies in the window of the rule. Never null: rows without a time lie in no window."""
        if not rule.has_window or self.fact.at is None:
            return ibis.literal(value=True)
        at = self.table[self.fact.at]
        if self.ends is not None:
            age = self.age_days(rule)
            return at.notnull() & (age >= 0) & (age < rule.window_days)
        first, last = rule.days(self.as_of)
        begun = at >= start_of(first) if first else ibis.literal(value=True)
        # No row is later than the day of the profile, so most windows need no end.
        return at.notnull() & begun & (at < start_of(last + timedelta(days=1)) if last < self.as_of else True)

    def age_days(self, rule: Spanned) -> ir.IntegerValue:
        """Whole days from each row to the last day of the rule's window."""
        end = ibis.literal(rule.days(self.as_of)[1]) if self.ends is None else self.table[self.ends]
        return end.delta(self.table[self.fact.at].date(), unit="day")

    def remains(self, rule: Windowed, half_life_days: float | None) -> ir.FloatingValue:
        """The share of its weight that each row still has: a half after every half-life, all of it without one."""
        if half_life_days is None or self.fact.at is None:
            # A column all the same, so that it can be summed.
            return self.table.customer_id.isnull().ifelse(1.0, 1.0)
        # Who says nothing about when has long gone by.
        decay = ibis.literal(0.5) ** (self.age_days(rule).cast("float64") / half_life_days)
        return decay.fill_null(0.0)

    @property
    def at(self) -> Any:
        """When each row happened; null for tables without time."""
        return self.table[self.fact.at] if self.fact.at else ibis.null("timestamp(6)")

    @property
    def when(self) -> ir.TimestampValue:
        """When each row happened or, where that is not known, when it came in."""
        return self.at.coalesce(self.table["known_at"]) if "known_at" in self.table.columns else self.at

    def newness(self) -> ir.IntegerValue:
        """The place of each row among the customer's rows from oldest to newest, without ties."""
        order = [ibis.asc(self.when, nulls_first=True)] if self.fact.at else []
        names = [name for name in reversed(self.fact.evidence) if name in self.table.columns]
        order += [ibis.asc(self.table[name], nulls_first=True) for name in names]
        return ibis.row_number().over(ibis.window(group_by="customer_id", order_by=order))


def start_of(day: date) -> ir.TimestampScalar:
    """The first instant of a day."""
    return ibis.literal(datetime.combine(day, time.min))


def unexpired(value: Any, newest: Any, rule: Windowed, as_of: date) -> Any:
    """The value, unknown where its ``newest`` row is too old for the rule; of a row without time nobody knows."""
    if rule.expires_after_days is None:
        return value
    first = start_of(as_of - timedelta(days=rule.expires_after_days))
    return ibis.cases(((newest.isnull() | (newest >= first)), value))
