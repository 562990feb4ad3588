"""Values that no record states: what the policies of missing values gave instead, marked as filled or inferred."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.facts import Tables, end_of
from huaxiang.engine.interface import Engine, only
from huaxiang.model.quality import quality_rules
from huaxiang.model.rules import Golden
from huaxiang.model.tags import Tag, Tags

_FILLED = "filled_"


def filled_column(tag: Tag) -> str | None:
    """The column from which the tag takes a filled value where nobody states one; None for tags that never do.

    Those that pick their rows by a condition ask for a statement of that kind, and take no other.
    """
    rule = tag.rule
    if not isinstance(rule, Golden) or rule.fact != "person_record" or rule.where is not None:
        return None
    policy = quality_rules().missing.get(rule.column)
    return rule.column if policy and policy.traits else None


def filled_rows(engine: Engine, facts: Tables, as_of: date) -> ir.Table | None:
    """The filled values that a row had said by the end of ``as_of``; None where none were published."""
    if "filled_value" in facts:
        rows = facts["filled_value"]
    elif "filled_value" in engine.tables():
        rows = engine.table("filled_value")
    else:
        return None
    return rows.filter(rows.first_said_at.isnull() | (rows.first_said_at < end_of(as_of)))


def with_filled(engine: Engine, wide: ir.Table, tags: Tags, facts: Tables, as_of: date) -> ir.Table:
    """``wide`` (one row per customer) in which golden tags that nobody states have the filled value.

    A stated value always stands before a filled one.
    """
    takers = {key: column for key, tag in tags.items() if (column := filled_column(tag))}
    rows = filled_rows(engine, facts, as_of) if takers else None
    if rows is None:
        return wide
    given = {_FILLED + key: rows.value.max(where=rows.column_name == column) for key, column in takers.items()}
    wanted = rows.filter(rows.column_name.isin(sorted(set(takers.values()))))
    offered = wanted.group_by("customer_id").aggregate(**given).rename(filled_id="customer_id")
    both = wide.left_join(offered, [("customer_id", "filled_id")])
    told = {key: both[key].coalesce(both[_FILLED + key].cast(tags[key].field.ibis_type)) for key in takers}
    return both.mutate(**told).select(wide.columns)


def filled_for(engine: Engine, facts: Tables, customer_id: str, as_of: date) -> dict[str, Mapping[str, Any]]:
    """What was filled for one customer, by column: ``value, how`` (``filled`` or ``inferred``), ``from_trait`` and the
    row that says so (``source, import_id, source_row, first_said_at``)."""
    rows = filled_rows(engine, facts, as_of)
    if rows is None:
        return {}
    return {str(row["column_name"]): row for row in only(engine.having(rows, {"customer_id": [customer_id]}))}
