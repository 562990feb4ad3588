"""Checks as lines of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from huaxiang.analyse.quality_words import check_title, column_title
from huaxiang.model.quality import quality_rules
from huaxiang.number_words import percent
from huaxiang.server.quality.links import failing_address
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import say

_NAMES = ("check", "column", "source", "severity", "rows", "failing", "share")
_NUMERIC = ("rows", "failing", "share")


def check_lines(rows: Iterable[Mapping[str, Any]], lang: str) -> Table:
    """The checks as a table; what fails leads to the rows behind it."""
    heads = tuple(Column(say(f"quality.column.{name}", lang), name in _NUMERIC) for name in _NAMES)
    return Table(say("quality.checks.title", lang), heads, tuple(_line(row, lang) for row in rows))


def _line(row: Mapping[str, Any], lang: str) -> tuple[Cell, ...]:
    rules = quality_rules()
    failing = f"{row['failing_count']:,}"
    return (
        Cell(check_title(row, rules, lang), heading=True),
        Cell(column_title(row, rules, lang)),
        Cell(row["source"]),
        Cell(say(f"quality.severity.{row['severity']}", lang)),
        Cell(f"{row['row_count']:,}", numeric=True),
        Cell(failing, numeric=True, address=failing_address(row)),
        Cell(percent(1 - row["failing_count"] / row["row_count"], lang), numeric=True),
    )
