"""What pandas takes for the plain figures of a sample: counts, sums and the like over the same rows in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from time import perf_counter
from typing import Any

import pandas as pd

from huaxiang.analyse.fact_tags import rows_of
from huaxiang.engine import DuckEngine
from huaxiang.model.compared import compared_with
from huaxiang.model.conditions import All, AnyOf, Condition, Not, Test
from huaxiang.model.facts import fact_named
from huaxiang.model.fields import Fields
from huaxiang.model.rules import Statistic
from huaxiang.model.tags import Tag, Tags

_TESTS: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda column, value: column == value,
    "!=": lambda column, value: column.notna() & (column != value),
    "in": lambda column, value: column.isin(list(value)),
    "not in": lambda column, value: column.notna() & ~column.isin(list(value)),
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
    "<": lambda column, value: column < value,
    "<=": lambda column, value: column <= value,
    "contains": lambda column, value: column.astype("string").str.contains(value, regex=False),
    "starts with": lambda column, value: column.astype("string").str.startswith(value),
    "is known": lambda column, _: column.notna(),
    "is unknown": lambda column, _: column.isna(),
}
_FIGURES: dict[str, Callable[[Any], Any]] = {
    "sum": lambda group: group.sum(),
    "average": lambda group: group.mean(),
    "least": lambda group: group.min(),
    "greatest": lambda group: group.max(),
    "distinct": lambda group: group.nunique(),
}


def seconds_of_pandas(engine: DuckEngine, tags: Tags, as_of: date, customers: int) -> dict[str, Any]:
    """Seconds, reading left out, and how many tags and customers that was."""
    plain = {key: tag for key, tag in tags.items() if isinstance(tag.rule, Statistic)}
    groups: dict[str, list[Tag]] = defaultdict(list)
    for tag in plain.values():
        groups[tag.rule.fact].append(tag)  # type: ignore[union-attr]
    tables = {name: engine.table(name) for name in engine.tables()}
    facts = {
        name: tables[name] for name in ("account", "customer", "sale", "sale_line", "act", "visit", "feedback_fact")
    }
    chosen = engine.keep("sampled", tables["customer"].select("customer_id").order_by("customer_id").limit(customers))
    found, seconds = 0, 0.0
    for name, rows in rows_of(engine, plain, as_of, facts).items():
        table = rows.table.semi_join(chosen, "customer_id")
        # Money as floats, as people with pandas have it.
        money = {name: table[name].cast("float64") for name, kind in table.schema().items() if kind.is_decimal()}
        frame = engine.arrow(table.mutate(**money) if money else table).to_pandas()
        started = perf_counter()
        found += len([_figure(frame, tag, as_of) for tag in groups[name]])
        seconds += perf_counter() - started
    return {"customers": customers, "tags": found, "seconds": round(seconds, 1)}


def _figure(frame: pd.DataFrame, tag: Tag, as_of: date) -> Any:
    rule: Any = tag.rule
    fact = fact_named(rule.fact)
    counts = _holds(frame, rule.where, fact.columns) if rule.where else pd.Series(True, frame.index)
    if rule.has_window:
        first, last = rule.days(as_of)
        at = frame[fact.at]
        counts &= (at < pd.Timestamp(last + timedelta(days=1))) & (at >= pd.Timestamp(first or date(1900, 1, 1)))
    rows = frame[counts]
    if rule.measure == "count":
        return rows.groupby("customer_id").size()
    column = rows[rule.column].dt.date if rule.measure == "distinct_days" else rows[rule.column]
    return _FIGURES[rule.measure.removesuffix("_days")](column.groupby(rows["customer_id"]))


def _holds(frame: pd.DataFrame, given: Condition, fields: Fields) -> Any:
    match given:
        case All():
            found = pd.Series(True, frame.index)
            for part in given.all:
                found &= _holds(frame, part, fields)
            return found
        case AnyOf():
            found = pd.Series(False, frame.index)
            for part in given.any:
                found |= _holds(frame, part, fields)
            return found
        case Not():
            return ~_holds(frame, given.part, fields)
        case Test():
            found = _TESTS[given.op](frame[given.field], compared_with(given, fields[given.field]))
            return found.fillna(False).astype(bool)
    raise AssertionError(given)
