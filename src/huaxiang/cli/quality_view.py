"""The tables in which ``quality`` shows its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table

from huaxiang.analyse.quality import Quality, SourceScore
from huaxiang.analyse.quality_words import check_title, column_title, repair_words, trait_title
from huaxiang.cli.desk import Desk
from huaxiang.cli.output import table
from huaxiang.model.mapping import source_fields
from huaxiang.model.quality import DIMENSIONS, quality_rules
from huaxiang.number_words import percent


def report_tables(desk: Desk, found: Quality) -> dict[str, Table]:
    """The scorecard, what was mended, by which repairs, and what is missing, by the code of their titles."""
    scores = [(one.source, *(_share(desk, one, name) for name in DIMENSIONS)) for one in found.scores]
    dimensions = [desk.say(f"quality.dimension.{name}") for name in DIMENSIONS]
    mended = [
        (one.source, _field(desk, one.field), one.row_count, one.as_written, one.repaired_count, one.set_aside_count)
        for one in found.cells
        if one.repaired_count or one.set_aside_count
    ]
    missing = [
        (
            trait_title(row["column_name"], quality_rules(), desk.lang),
            desk.say(f"quality.policy.{row['policy']}"),
            *(row[f"{name}_count"] for name in ("known", "filled", "inferred", "left_empty")),
        )
        for row in found.missing
    ]
    fields = ("source", "column", "rows", "as_written", "repaired", "set_aside")
    policies = ("column", "policy", "known", "filled", "inferred", "left")
    repairs = repair_words(found, desk.workspace().definitions.quality, desk.lang)
    return {
        "scorecard": table([desk.say("quality.column.source"), *dimensions], scores, right=range(1, 7)),
        "before_after": figure_table(desk, fields, mended, range(2, 6)),
        "repairs": figure_table(desk, ("repair", "repaired"), repairs),
        "missing": figure_table(desk, policies, missing, range(2, 6)),
    }


def check_table(desk: Desk, rows: Iterable[Mapping[str, Any]]) -> Table:
    """Checks with what they found, and how to ask for the rows behind each."""
    rules = quality_rules()
    lines = [
        (
            row["source"],
            column_title(row, rules, desk.lang),
            check_title(row, rules, desk.lang),
            row["row_count"],
            row["failing_count"],
            f"{row['check']} {row['table_name']}.{row['column_name']}",
        )
        for row in rows
    ]
    headers = [desk.say(f"quality.column.{name}") for name in ("source", "column", "check", "rows", "failing")]
    return table([*headers, "--check --column"], lines, right=[3, 4])


def figure_table(desk: Desk, names: Iterable[str], rows: Iterable[tuple[Any, ...]], right: Iterable[int] = ()) -> Table:
    """A table whose columns are named ``quality.column.<name>``; those in ``right`` are numbers."""
    return table([desk.say(f"quality.column.{name}") for name in names], list(rows), right=right)


def _field(desk: Desk, name: str) -> str:
    field = source_fields().get(name)
    return str(getattr(field, desk.lang)) if field else name


def _share(desk: Desk, score: SourceScore, dimension: str) -> str:
    figure = score.figures.get(dimension)
    return percent(figure.share, desk.lang) if figure else "—"
