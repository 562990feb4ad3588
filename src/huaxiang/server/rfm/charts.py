"""The two pictures of RFM: each class's share of customers and of revenue, and the grid of scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from huaxiang.analyse.rfm_grid import GridCell
from huaxiang.analyse.rfm_scores import classes
from huaxiang.number_words import money, percent
from huaxiang.present.charts.compared_bars import Pair, compared_bars
from huaxiang.present.charts.frame import Mark
from huaxiang.present.charts.score_grid import Square, score_grid
from huaxiang.server.charts import ChartPart
from huaxiang.server.tables import Column, text_table
from huaxiang.words import say

SCORES = (1, 2, 3, 4, 5)


def class_chart(rows: Sequence[Mapping[str, Any]], customers: int, lang: str) -> ChartPart:
    """One pair of bars per class: its share of net revenue in colour above its share of customers in grey."""
    revenue, base = say("rfm.revenue_share", lang), say("rfm.customer_share", lang)
    pairs = [Pair(_mark(row, "revenue_share", lang), _mark(row, "share", lang)) for row in rows]
    texts: list[tuple[str, ...]] = [
        (_name(row, lang), percent(row["share"], lang), percent(row["revenue_share"], lang)) for row in rows
    ]
    table = text_table(say("rfm.classes", lang), _columns(say("rfm.class", lang), base, revenue), texts)
    option = compared_bars(pairs, revenue, base, "purchasing")
    said = say("rfm.classes_description", lang)
    return ChartPart(
        "rfm-classes", say("rfm.classes", lang), said, option, table, say("crowds.share_unit", lang), customers
    )


def grid_chart(cells: Sequence[GridCell], customers: int, currency: str, lang: str) -> ChartPart:
    """Recency against frequency: customers written in each square, mean net revenue as its depth."""
    most = max((cell.mean_net_revenue for cell in cells), default=0.0)
    squares = [
        Square(
            *(cell.frequency_score - 1, cell.recency_score - 1, f"{cell.customers:,}"),
            cell.mean_net_revenue / most if most > 0 else 0.0,
        )
        for cell in cells
    ]
    names = (say("rfm.frequency_score", lang), say("rfm.recency_score", lang))
    labels = [str(score) for score in SCORES]
    texts: list[tuple[str, ...]] = [
        (
            *(str(cell.recency_score), str(cell.frequency_score), f"{cell.customers:,}"),
            money(round(cell.mean_net_revenue, 2), currency, lang),
        )
        for cell in cells
    ]
    columns = _columns(names[1], names[0], say("rfm.customers", lang), say("rfm.mean_revenue", lang))
    title, said = say("rfm.grid", lang), say("rfm.grid_description", lang)
    option = score_grid(squares, labels, labels, names, "purchasing")
    unit = say("rfm.grid_unit", lang)
    return ChartPart("rfm-grid", title, said, option, text_table(title, columns, texts), unit, customers)


def _columns(first: str, *others: str) -> tuple[Column, ...]:
    return (Column(first), *(Column(title, numeric=True) for title in others))


def _name(row: Mapping[str, Any], lang: str) -> str:
    return classes()[row["rfm_class"]].name.say(lang)


def _mark(row: Mapping[str, Any], share: str, lang: str) -> Mark:
    value = row[share]
    # A class that gave back more than it paid has no bar to the right, but keeps its number.
    drawn = None if value is None else max(float(value), 0.0)
    return Mark(_name(row, lang), drawn, percent(value, lang))
