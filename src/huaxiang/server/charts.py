"""What ``parts/_chart.html`` shows: an ECharts option with the words and the table that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huaxiang.server.tables import Table


@dataclass(frozen=True)
class ChartPart:
    """One chart of a page.

    ``key`` is unique in the page (letters, digits, dashes). ``description`` says in one sentence what the chart shows,
    for those who do not see it. ``base`` is the number of customers behind it, None where that has no meaning.
    ``download`` and ``segment`` are addresses, empty where there is nothing to download or to make a segment of.
    """

    key: str
    title: str
    description: str
    option: Mapping[str, Any]
    table: Table
    unit: str = ""
    base: int | None = None
    download: str = ""
    segment: str = ""

    @property
    def option_id(self) -> str:
        """The id of the element that holds the option."""
        return f"chart-option-{self.key}"
