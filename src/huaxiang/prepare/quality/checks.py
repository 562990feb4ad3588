"""The declared checks, made on the canonical tables: rows judged, and how many of them fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import ibis.expr.types as ir

from huaxiang.engine.interface import only
from huaxiang.model.quality import Check, Contradiction, QualityRules, Target
from huaxiang.prepare.quality import cell_rules, row_rules
from huaxiang.prepare.quality.judging import Round, Verdict

#: One row per check, source and column: how many rows were judged, and how many of them fail.
QUALITY_CHECK = {
    "check": "string",
    "dimension": "string",
    "severity": "int64",
    "source": "string",
    "table_name": "string",
    "column_name": "string",
    "row_count": "int64",
    "failing_count": "int64",
}
Row = dict[str, Any]
_JUDGES: dict[str, Callable[[Round, ir.Table, str, Any], Verdict]] = {
    "filled": cell_rules.filled,
    "matches": cell_rules.matches,
    "name": cell_rules.name,
    "no_title": cell_rules.no_title,
    "surname": cell_rules.surname,
    "no_placeholder": cell_rules.no_placeholder,
    "no_typo": cell_rules.no_typo,
    "id_card": cell_rules.id_card,
    "city": cell_rules.city,
    "age": cell_rules.age,
    "between": cell_rules.between,
    "not_one_of": cell_rules.not_one_of,
    "day": cell_rules.day,
    "has_identifier": row_rules.has_identifier,
    "unique": row_rules.unique,
    "refers": row_rules.refers,
    "not_before": row_rules.not_before,
    "difference": row_rules.difference,
    "at_most_product": row_rules.at_most_product,
    "arrives": row_rules.arrives,
}


Place = tuple[str, Check, Target]


def judged(now: Round, key: str, check: Check, target: Target) -> ir.Table:
    """The rows of the target that the check judges, with the columns of :data:`JUDGED`."""
    return _verdict(now, (key, check, target), now.rows(target)).judged()


def check_counts(now: Round, rules: QualityRules) -> list[Row]:
    """One row per check, source and column (:data:`QUALITY_CHECK`).

    Left out are sources in which nothing was judged, and for completeness those in which the column never has a value:
    a file that has no such column is not asked for it.
    """
    groups: dict[str, list[Place]] = {}
    for key, check in rules.checks.items():
        for target in (one for one in check.columns if one.table in now.filled):
            groups.setdefault(f"{target.table} {sorted(target.where.items())}", []).append((key, check, target))
    return [row for places in groups.values() for row in _counted(now, places)]


def row_of(key: str, check: Check | Contradiction, target: Target, counted: Mapping[str, Any]) -> Row:
    """A row of :data:`QUALITY_CHECK` for one source."""
    return {
        "check": key,
        "dimension": check.dimension,
        "severity": check.severity,
        "table_name": target.table,
        "column_name": target.column,
        "source": counted["source"],
        "row_count": int(counted["row_count"]),
        "failing_count": int(counted["failing_count"]),
    }


def _counted(now: Round, places: list[Place]) -> Iterator[Row]:
    """The counts of the checks that look at the same rows; those that look nowhere else are made in one pass."""
    rows = now.rows(places[0][2])
    verdicts = [(place, _verdict(now, place, rows)) for place in places]
    together = [(place, verdict) for place, verdict in verdicts if verdict.rows is rows]
    alone = [[one] for one in verdicts if one[1].rows is not rows]
    for part in [together, *alone]:
        if part:
            yield from _count(now, part)


def _count(now: Round, part: list[tuple[Place, Verdict]]) -> Iterator[Row]:
    rows = part[0][1].rows
    sums: dict[str, ir.Value] = {}
    for number, (_, verdict) in enumerate(part):
        applies = rows.source.notnull() & verdict.applies.fill_null(False)
        sums[f"rows_{number}"] = applies.cast("int64").sum()
        sums[f"fails_{number}"] = (applies & verdict.fails.fill_null(True)).cast("int64").sum()
    for found in only(now.engine.arrow(rows.group_by("source").agg(**sums).order_by("source"))):
        for number, ((key, check, target), _) in enumerate(part):
            counts = {"row_count": found[f"rows_{number}"], "failing_count": found[f"fails_{number}"]}
            row = row_of(key, check, target, {"source": found["source"], **counts})
            never = check.dimension == "completeness" and row["failing_count"] == row["row_count"]
            if row["row_count"] and not never:
                yield row


def _verdict(now: Round, place: Place, rows: ir.Table) -> Verdict:
    key, check, target = place
    named = replace(now, name=f"{now.name}_{key}_{target.table}")
    return _JUDGES[check.rule.kind](named, rows, target.column, check.rule)
