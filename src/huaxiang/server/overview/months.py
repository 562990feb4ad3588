"""Net revenue by month as a chart with its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from huaxiang.number_words import money, short_number
from huaxiang.present.charts.month_bars import month_bars
from huaxiang.server.charts import ChartPart
from huaxiang.server.tables import Column, text_table
from huaxiang.words import say

#: What one step of the axis stands for: 万 in Chinese, thousands in English.
_SCALE = {"zh": Decimal(10_000), "en": Decimal(1_000)}


def months_chart(months: Sequence[Mapping[str, Any]], lang: str, currency: str) -> ChartPart:
    """Bars of customers' and guests' net revenue; the last month runs up to the day of the data."""
    names = {part: say(f"overview.months.{part}", lang) for part in ("known", "guests")}
    parts = [(names[part], [_scaled(row[part], lang) for row in months]) for part in names]
    heads = (say("overview.months.month", lang), names["known"], names["guests"], say("overview.months.orders", lang))
    columns = tuple(Column(head, numeric=place > 0) for place, head in enumerate(heads))
    rows = [
        (
            f"{row['month']:%Y-%m}",
            *(money(row[part], currency, lang) for part in names),
            short_number(row["orders"], lang),
        )
        for row in months
    ]
    title = say("overview.months.title", lang)
    return ChartPart(
        key="months",
        title=title,
        description=say("overview.months.description", lang),
        option=month_bars([f"{row['month']:%Y-%m}" for row in months], parts, "purchasing"),
        table=text_table(title, columns, rows),
        unit=say("overview.months.unit", lang, currency=currency),
    )


def _scaled(amount: Decimal, lang: str) -> float:
    return float(round(amount / _SCALE[lang], 2))
