"""The rows of the list in words: masked by the door, each with a link to its customer."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.urls import reverse

from huaxiang.analyse.contacts import contacts
from huaxiang.analyse.customers import Listed
from huaxiang.analyse.rfm_scores import classes
from huaxiang.engine import DuckEngine
from huaxiang.model.tags import Tags
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.release.roles import Access
from huaxiang.server.customers.one_row import CONTACT_POLICIES, OPEN, TAG_MASKS
from huaxiang.server.customers.values import tag_words
from huaxiang.server.published import Portrait
from huaxiang.server.tables import Cell, Column, Table
from huaxiang.words import say

#: Tags that the list shows.
COLUMNS = ("lifecycle", "member_level", "city", "net_revenue_365d", "orders_365d", "last_order_on")
_NUMERIC = ("net_revenue_365d", "orders_365d", "last_order_on")


def list_table(
    engine: DuckEngine, portrait: Portrait, tags: Tags, access: Access, listed: Listed, lang: str, currency: str
) -> Table:
    """One page of the list as a table for people; rows that the door keeps back are not in it."""
    rows = [_row(row, tags, lang, currency) for row in masked_rows(engine, portrait, tags, access, listed)]
    heads = [Column(tags[key].name.say(lang), key in _NUMERIC, tags[key].meaning(lang)) for key in COLUMNS]
    first = [Column(say(f"customer.column.{name}", lang)) for name in ("customer", "phone")]
    rfm = Column(say("customer.column.rfm", lang), meaning=say("customer.column.rfm_meaning", lang))
    columns = (*first, heads[0], rfm, *heads[1:])
    return Table(say("customer.list.caption", lang), columns, tuple(rows))


def masked_rows(
    engine: DuckEngine, portrait: Portrait, tags: Tags, access: Access, listed: Listed
) -> list[dict[str, Any]]:
    """The customers of one page of a list with ``person_name`` and ``phone``, masked; none of other stores."""
    known = contacts(engine, portrait.tables, listed.rows.column("customer_id").to_pylist())
    wide = listed.rows
    for name in ("person_name", "phone"):
        wide = wide.append_column(pa.field(name, pa.string()), known.column(name))
    of_tags = [ColumnPolicy(key, tags[key].sensitivity, TAG_MASKS.get(key)) for key in COLUMNS]
    policies = [*OPEN, ColumnPolicy("rfm_class", "open"), *CONTACT_POLICIES, *of_tags]
    found: list[dict[str, Any]] = release(wide, policies, access).table.to_pylist()
    return found


def _row(row: dict[str, Any], tags: Tags, lang: str, currency: str) -> tuple[Cell, ...]:
    cells = [Cell(tag_words(row[key], tags[key], lang, currency), key in _NUMERIC) for key in COLUMNS]
    rfm = classes()[row["rfm_class"]].name.say(lang) if row["rfm_class"] else say("customer.never_bought", lang)
    name = row["person_name"] or say("customer.nameless", lang)
    link = Cell(name, address=reverse("customers:one", args=[row["customer_id"]]), heading=True)
    return (link, Cell(row["phone"] or "—"), cells[0], Cell(rfm), *cells[1:])
