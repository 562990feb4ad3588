"""Addresses that lead from a figure to what is behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from huaxiang.model.quality import quality_rules


def checks_address(source: str = "", dimension: str = "") -> str:
    """The checks of a source, of one aspect or of all."""
    asked = {name: value for name, value in (("source", source), ("dimension", dimension)) if value}
    return reverse("quality:checks") + (f"?{urlencode(asked)}" if asked else "")


def rows_address(check: str, table: str, column: str, source: str) -> str:
    """The rows of a source that fail a check."""
    return f"{reverse('quality:rows')}?" + urlencode(
        {"check": check, "table": table, "column": column, "source": source}
    )


def failing_address(row: Mapping[str, Any]) -> str:
    """Where the rows behind a row of ``quality_check`` are shown; empty when none fails."""
    if not row["failing_count"]:
        return ""
    if row["check"] == "rows_readable":
        return reverse("imports:quarantine")
    if row["check"] == "rows_once":
        return reverse("imports:list")
    if row["check"] in quality_rules().contradictions:
        return f"{reverse('quality:contradictions')}?{urlencode({'check': row['check']})}"
    return rows_address(row["check"], row["table_name"], row["column_name"], row["source"])
