"""The customers of a segment as a page shows them: masked by the release door, one page at a time."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.urls import NoReverseMatch, reverse

from huaxiang.analyse.crowd_members import crowd_members
from huaxiang.analyse.sentences import value_words
from huaxiang.model.conditions import Condition
from huaxiang.number_words import MISSING, money
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import say

PER_PAGE = 20
SHOWN = ("member_level", "city", "lifecycle", "net_revenue_total", "days_since_last_order")
_NUMERIC = ("net_revenue_total", "days_since_last_order")


def members_table(condition: Condition, sight: Sight, page: int) -> Table:
    """One page (from 1) of the customers, greatest net revenue first, names and phones masked."""
    start = (page - 1) * PER_PAGE
    rows = crowd_members(sight.population, condition, SHOWN, limit=PER_PAGE, offset=start)
    shown = release(rows, policies(rows, sight), sight.access).table
    names = [name for name in shown.column_names if name not in ("customer_id", "stores")]
    columns = tuple(Column(_title(name, sight), name in _NUMERIC, _meaning(name, sight)) for name in names)
    cells = tuple(tuple(_cell(name, row, sight) for name in names) for row in shown.to_pylist())
    return Table(say("crowds.members", sight.lang), columns, cells)


def policies(rows: pa.Table, sight: Sight) -> list[ColumnPolicy]:
    """How each column of a members' table is protected; tags as their definitions say."""
    own = {"person_name": "name", "phone": "phone"}
    tags = sight.definitions.tags
    return [
        ColumnPolicy(name, "personal", own[name])
        if name in own
        else ColumnPolicy(name, tags[name].sensitivity if name in tags else "open")
        for name in rows.column_names
    ]


def _title(name: str, sight: Sight) -> str:
    return sight.fields[name].name.say(sight.lang) if name in sight.fields else say(f"crowds.column.{name}", sight.lang)


def _meaning(name: str, sight: Sight) -> str:
    tag = sight.definitions.tags.get(name)
    return "" if tag is None else (tag.meaning_zh if sight.lang == "zh" else tag.meaning_en)


def _cell(name: str, row: dict[str, Any], sight: Sight) -> Cell:
    value = row[name]
    if name == "person_name":
        text = value or say("crowds.unnamed", sight.lang)
        return Cell(text, address=customer_address(row["customer_id"]), heading=True)
    if name == "net_revenue_total":
        text = MISSING if value is None else money(value, sight.workspace.settings.currency, sight.lang)
        return Cell(text, numeric=True)
    field = sight.fields.get(name)
    return Cell(value_words(value, field, sight.lang) if field else (value or MISSING), name in _NUMERIC)


def customer_address(customer_id: str) -> str:
    """The page of one customer; empty where there is none."""
    try:
        return reverse("customers:one", args=[customer_id])
    except NoReverseMatch:
        return ""
