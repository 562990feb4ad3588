"""What the customers of each value of a tag bring: customers, net revenue, orders and the value of an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from huaxiang.analyse.groups.bars import is_list
from huaxiang.analyse.groups.said import measures_said
from huaxiang.analyse.groups.value_measures import Ends, Measured, value_measures
from huaxiang.number_words import MISSING, money, percent
from huaxiang.present.charts.compared_bars import Pair, compared_bars
from huaxiang.present.charts.frame import Mark
from huaxiang.release.small_cells import suppress_row
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.groups.chosen import Group, bar_address
from huaxiang.server.groups.csv_file import csv_of
from huaxiang.server.groups.offered import choices, element_of, seen_tags
from huaxiang.server.groups.shown import chosen_of, group_page, is_guarded, too_few
from huaxiang.server.permissions import page
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import say

_COLUMNS = ("customers", "customer_share", "revenue", "revenue_share", "mean_revenue", "orders", "order_value")


@page(permission="see_profile")
def measures(request: HttpRequest) -> HttpResponse:
    """The measures by value of a tag (``?tag=``)."""
    return group_page(request, "measures", _measures)


def _measures(request: HttpRequest, group: Group, sight: Sight) -> dict[str, Any] | HttpResponse:
    key = chosen_of(request.GET.get("tag", ""), seen_tags(sight), "lifecycle")
    needed = (key, "net_revenue_total", "orders_total", "purchase_revenue_total")
    found = value_measures(sight.engine, group.rows(sight, needed), sight.fields, key)
    context = {"tags": choices(sight, (key,)), "several": is_list(sight.fields[key])}
    customers = sum(one.customers for one in found)
    if too_few(customers, sight):
        return {**context, "few": True}
    hidden = hidden_values(found, sight, key)
    table = _table(found, hidden, group, sight, key)
    if request.GET.get("format") == "csv":
        return csv_of(table, f"{key}-measures")
    said = measures_said(told_values(found, hidden), sight.fields[key]).say(sight.lang)
    return {**context, "lede": said, "chart": _chart(found, hidden, table, said, group, sight, key)}


def hidden_values(found: Sequence[Measured], sight: Sight, key: str) -> frozenset[int]:
    """The places of the values that are hidden from this person: few people, and as many others as it takes that the
    size of the group does not give these back. Values of a list do not add up, so nothing follows from the others."""
    if not is_guarded(sight.access):
        return frozenset()
    counts, smallest = [one.customers for one in found], sight.workspace.settings.smallest_cell
    if is_list(sight.fields[key]):
        return frozenset(place for place, count in enumerate(counts) if 0 < count < smallest)
    return frozenset(place for place, count in enumerate(suppress_row(counts, smallest).cells) if count is None)


def told_values(found: Sequence[Measured], hidden: frozenset[int]) -> list[Measured]:
    """The values that are not hidden."""
    return [one for place, one in enumerate(found) if place not in hidden]


def _chart(
    found: Sequence[Measured], hidden: frozenset[int], table: Table, said: str, group: Group, sight: Sight, key: str
) -> ChartPart:
    lang = sight.lang
    revenue, customers = say("groups.measures.revenue_share", lang), say("groups.measures.customer_share", lang)
    pairs = [
        Pair(
            Mark(
                _name(one, sight, key),
                max(one.revenue_share or 0.0, 0.0),
                percent(one.revenue_share, lang),
                _address(one, group, sight, key),
            ),
            Mark(
                _name(one, sight, key),
                one.customer_share,
                percent(one.customer_share, lang),
                _address(one, group, sight, key),
            ),
        )
        if place not in hidden
        else Pair(Mark(_name(one, sight, key), None, MISSING), Mark(_name(one, sight, key), None, MISSING))
        for place, one in enumerate(found)
    ]
    unknown = [place for place, one in enumerate(found) if one.bar.kind == "unknown"]
    option = compared_bars(pairs, revenue, customers, element_of(key, sight), unknown=unknown)
    title, download = sight.fields[key].name.say(lang), f"?{group.query(tag=key, format='csv')}"
    total = sum(one.customers for one in found)
    return ChartPart("measures", title, said, option, table, say("groups.share_unit", lang), total, download)


def _table(found: Sequence[Measured], hidden: frozenset[int], group: Group, sight: Sight, key: str) -> Table:
    lang, title = sight.lang, sight.fields[key].name.say(sight.lang)
    columns = tuple(
        Column(say(f"groups.measures.{name}", lang), True, say(f"groups.measures.{name}.meaning", lang))
        for name in _COLUMNS
    )
    rows = tuple(
        _few(one, sight, key) if place in hidden else _row(one, group, sight, key) for place, one in enumerate(found)
    )
    return Table(title, (Column(title), *columns), rows)


def _row(one: Measured, group: Group, sight: Sight, key: str) -> tuple[Cell, ...]:
    lang, currency = sight.lang, sight.workspace.settings.currency
    texts = (
        f"{one.customers:,}",
        percent(one.customer_share, lang),
        money(round(one.revenue, 2), currency, lang),
        percent(one.revenue_share, lang),
        _with_ends(one.mean_revenue, one.mean_revenue_ends, one.few, sight),
        f"{one.orders:,}",
        _with_ends(one.order_value, one.order_value_ends, one.few, sight),
    )
    name = Cell(_name(one, sight, key), address=_address(one, group, sight, key), heading=True)
    return (name, *(Cell(text, numeric=True) for text in texts))


def _few(one: Measured, sight: Sight, key: str) -> tuple[Cell, ...]:
    few = say("groups.hidden", sight.lang)
    cells = (Cell(few if place == 0 else MISSING, numeric=True) for place in range(len(_COLUMNS)))
    return (Cell(_name(one, sight, key), heading=True), *cells)


def _with_ends(value: float | None, ends: Ends, few: bool, sight: Sight) -> str:
    if value is None:
        return MISSING
    lang, currency = sight.lang, sight.workspace.settings.currency
    if few or ends is None:
        return say("groups.measures.few", lang)
    low, high = (money(round(end, 2), currency, lang) for end in ends)
    return f"{money(round(value, 2), currency, lang)} ({low}–{high})"


def _name(one: Measured, sight: Sight, key: str) -> str:
    return one.bar.words(sight.fields[key]).say(sight.lang)


def _address(one: Measured, group: Group, sight: Sight, key: str) -> str:
    return bar_address(sight, group.condition, one.bar.condition(sight.fields[key])) if one.customers else ""
