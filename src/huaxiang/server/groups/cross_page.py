"""Two tags of a group against each other: a table in which every cell is a crowd."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from huaxiang.analyse.groups.bars import Bar, is_list
from huaxiang.analyse.groups.concealed import concealed_cells
from huaxiang.analyse.groups.cross_table import CrossCell, CrossTable, cross_table
from huaxiang.analyse.groups.said import Hidden, cross_said
from huaxiang.number_words import percent, short_number
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.groups.chosen import Group, bar_address
from huaxiang.server.groups.csv_file import csv_of
from huaxiang.server.groups.offered import choices, seen_tags
from huaxiang.server.groups.shown import chosen_of, group_page, is_guarded, too_few
from huaxiang.server.permissions import page
from huaxiang.server.tables import Column, text_table
from huaxiang.words import say

_STRONG, _CLEAR = 6.0, 3.0


@dataclass(frozen=True)
class Square:
    """One cell: its number, share of the row, shade, what it means on hover, and the crowd it leads to."""

    count: str
    share: str
    shade: str
    told: str
    address: str


@page(permission="see_profile")
def cross(request: HttpRequest) -> HttpResponse:
    """Two tags of the group (``?down=``, ``?across=``)."""
    return group_page(request, "cross", _cross)


def _cross(request: HttpRequest, group: Group, sight: Sight) -> dict[str, Any] | HttpResponse:
    seen = seen_tags(sight)
    down = chosen_of(request.GET.get("down", ""), seen, "member_level")
    across = chosen_of(request.GET.get("across", ""), tuple(key for key in seen if key != down), "lifecycle")
    rows = group.rows(sight, (down, across))
    found = cross_table(sight.engine, rows, sight.fields, down, across)
    context = {
        "down": choices(sight, (down,)),
        "across": choices(sight, (across,)),
        "several": _several(sight, down, across),
    }
    if too_few(found.customers, sight):
        return {**context, "few": True}
    hidden = hidden_cells(found, sight)
    squares = _squares(found, hidden, group, sight, down, across)
    if request.GET.get("format") == "csv":
        return csv_of(_table(found, squares, sight, down, across), f"{down}-{across}")
    return {
        **context,
        "lede": cross_said(found, sight.fields[down], sight.fields[across], hidden).say(sight.lang),
        "columns": [_head(bar, n, sight, across) for bar, n in found.columns],
        "lines": [(_head(bar, n, sight, down), line) for (bar, n), line in zip(found.rows, squares, strict=True)],
        "title": f"{sight.fields[down].name.say(sight.lang)} × {sight.fields[across].name.say(sight.lang)}",
        "n": short_number(found.customers, sight.lang),
        "v": "" if found.v is None else f"{found.v:.2f}",
        "download": f"?{group.query(down=down, across=across, format='csv')}",
    }


def _several(sight: Sight, *keys: str) -> bool:
    return any(is_list(sight.fields[key]) for key in keys)


def _head(bar: Bar, customers: int, sight: Sight, key: str) -> tuple[str, str]:
    return bar.words(sight.fields[key]).say(sight.lang), f"{customers:,}" if not is_guarded(sight.access) else ""


def hidden_cells(found: CrossTable, sight: Sight) -> Hidden:
    """By row and column whether a cell is hidden from this person; empty for those from whom none is."""
    return concealed_cells(found, sight.workspace.settings.smallest_cell) if is_guarded(sight.access) else ()


def _squares(
    found: CrossTable, hidden: Hidden, group: Group, sight: Sight, down: str, across: str
) -> list[list[Square]]:
    squares = []
    for place, ((row, total), line) in enumerate(zip(found.rows, found.cells, strict=True)):
        squares.append(
            [
                _hidden(sight)
                if hidden and hidden[place][beside]
                else _square(cell, total, _address(group, sight, (down, row), (across, column), cell), sight)
                for beside, ((column, _), cell) in enumerate(zip(found.columns, line, strict=True))
            ]
        )
    return squares


def _address(group: Group, sight: Sight, down: tuple[str, Bar], across: tuple[str, Bar], cell: CrossCell) -> str:
    if not cell.customers:
        return ""
    conditions = [bar.condition(sight.fields[key]) for key, bar in (down, across)]
    return bar_address(sight, group.condition, *conditions)


def _square(cell: CrossCell, row: int, address: str, sight: Sight) -> Square:
    lang = sight.lang
    told = say(
        f"groups.cross.told_{cell.verdict}",
        lang,
        expected=short_number(round(cell.expected, 1), lang),
        residual=f"{cell.residual:+.1f}",
        q=f"{cell.q:.2g}",
    )
    return Square(
        f"{cell.customers:,}", percent(cell.customers / row if row else None, lang), _shade(cell), told, address
    )


def _shade(cell: CrossCell) -> str:
    if cell.verdict not in ("more", "less"):
        return ""
    size = 3 if abs(cell.residual) >= _STRONG else 2 if abs(cell.residual) >= _CLEAR else 1
    return f"{cell.verdict}-{size}"


def _hidden(sight: Sight) -> Square:
    return Square(say("groups.hidden", sight.lang), "", "", "", "")


def _table(found: CrossTable, squares: list[list[Square]], sight: Sight, down: str, across: str) -> Any:
    heads = [bar.words(sight.fields[across]).say(sight.lang) for bar, _ in found.columns]
    names = [sight.fields[down].name.say(sight.lang), *(f"{place}. {head}" for place, head in enumerate(heads, 1))]
    lines = [
        (bar.words(sight.fields[down]).say(sight.lang), *(square.count for square in line))
        for (bar, _), line in zip(found.rows, squares, strict=True)
    ]
    return text_table(names[0], tuple(Column(name) for name in names), lines)
