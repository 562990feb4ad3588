"""What a rule that keeps the last value gives to customers without a row in its window.

It is the value of the window that ended with the day of their last row that fits: a function of the rows, not of what
any earlier run happened to see.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.confidence import SURE
from huaxiang.analyse.measures import agreeing, measured
from huaxiang.analyse.preferences import favourites
from huaxiang.analyse.weighing import weighed
from huaxiang.analyse.windows import Rows, start_of
from huaxiang.engine.interface import Engine
from huaxiang.model.rules import Favourite, Golden, Statistic
from huaxiang.model.tags import Tag

KEPT = "kept_"
_DAY = "last_fitting_day"


def keeps_last(tag: Tag) -> bool:
    """Whether the rule of the tag keeps the last value."""
    return isinstance(tag.rule, Golden | Statistic | Favourite) and tag.rule.when_empty == "keep_last"


def kept_last(engine: Engine, tag: Tag, rows: Rows) -> list[ir.Table]:
    """For customers whose window is empty: ``customer_id`` and the tag's columns, each with ``kept_`` before it."""
    last, name = last_window(tag, rows), f"kept_{tag.key}"
    if isinstance(tag.rule, Favourite):
        (found,) = weighed(engine, KEPT, [tag], {rows.fact.name: last})
        best = favourites(engine, name, found, rows.as_of)
        return [] if best is None else [_renamed(best)]
    (known,) = measured(engine, name, [tag], last)
    sure = agreeing(engine, name, [tag], last, known)
    return [_renamed(known), *([] if sure is None else [_renamed(sure)])]


def last_window(tag: Tag, rows: Rows) -> Rows:
    """The rows of the customers whose window is empty, each with the last day of the window that was not."""
    rule: Any = tag.rule
    first, end = rule.days(rows.as_of)
    at = rows.at
    fits = rows.chosen(rule.where) & at.notnull() & (at.date() <= end)
    if rule.column:
        fits = fits & rows.table[rule.column].notnull()
    fitting = rows.table.filter(fits)
    last = fitting.group_by("customer_id").aggregate(last_at=fitting[str(rows.fact.at)].max())
    empty = last.filter(last.last_at < start_of(first), last.customer_id.notnull())
    beside = rows.table.inner_join(empty.select("customer_id", **{_DAY: empty.last_at.date()}), "customer_id")
    return replace(rows, table=beside, ends=_DAY)


def _renamed(table: ir.Table) -> ir.Table:
    return table.rename({_kept(name): name for name in table.columns if name != "customer_id"})


def _kept(name: str) -> str:
    return SURE + KEPT + name.removeprefix(SURE) if name.startswith(SURE) else KEPT + name
