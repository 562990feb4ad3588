"""The orders of one customer as a table."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.http import HttpRequest

from huaxiang.analyse.facts import fact_rows
from huaxiang.errors import InputError
from huaxiang.number_words import date_words, money
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.server.customers.one_row import OPEN, OneRow
from huaxiang.server.customers.visit import Visit
from huaxiang.server.preferences import lang_of
from huaxiang.server.tables import Column, Table, text_table
from huaxiang.words import knows, say

MOST = 200
_SHOWN = (
    "ordered_at",
    "order_no",
    "order_status",
    "channel",
    "store_no",
    "paid_amount",
    "refund_amount",
    "net_revenue",
    "currency",
    "coupon_no",
    "source_row",
    "import_id",
)
_MONEY = ("paid_amount", "refund_amount", "net_revenue")
_HEADS = (
    "ordered_at",
    "order_no",
    "order_status",
    "place",
    "paid_amount",
    "refund_amount",
    "net_revenue",
    "coupon_no",
    "file",
)


def orders_part(request: HttpRequest, visit: Visit, one: OneRow) -> dict[str, Any]:
    """The latest 200 orders, newest first, those that do not count included."""
    lang = lang_of(request)
    rows = _released(visit, one)
    files = file_names(visit, [row["import_id"] for row in rows])
    return {"orders": _table(rows, files, lang, visit.currency), "most": MOST, "count": len(rows)}


def file_names(visit: Visit, import_ids: list[str]) -> dict[str, str]:
    """The names of the files of these imports, by import."""
    imports = visit.portrait.tables["import"]
    named = imports.filter(imports.import_id.isin(sorted(set(import_ids)))).select("import_id", "file_name")
    return {row["import_id"]: row["file_name"] for row in visit.engine.arrow(named).to_pylist()} if import_ids else {}


def _released(visit: Visit, one: OneRow) -> list[dict[str, Any]]:
    sale = fact_rows("sale", visit.engine, visit.portrait.tables, visit.portrait.as_of)
    if sale is None:
        raise InputError("workspace.never_refreshed")
    own = sale.filter(sale.customer_id == one.customer_id)
    newest = own.order_by([own.ordered_at.desc(nulls_first=False), own.source, own.order_no]).limit(MOST)
    rows = visit.engine.arrow(newest.select(list(_SHOWN)))
    stores = pa.array([list(one.stores)] * rows.num_rows, pa.list_(pa.string()))
    policies = [*OPEN, *(ColumnPolicy(name, "open") for name in _SHOWN)]
    found: list[dict[str, Any]] = release(
        rows.append_column("stores", stores), policies, visit.access
    ).table.to_pylist()
    return found


def _table(rows: list[dict[str, Any]], files: dict[str, str], lang: str, currency: str) -> Table:
    columns = tuple(Column(say(f"customer.order_column.{name}", lang), name in _MONEY) for name in _HEADS)
    return text_table(say("customer.part.orders", lang), columns, [_row(row, files, lang, currency) for row in rows])


def _row(row: dict[str, Any], files: dict[str, str], lang: str, currency: str) -> tuple[str, ...]:
    status = f"customer.order.{row['order_status']}"
    at = row["ordered_at"]
    return (
        f"{date_words(at.date(), lang)} {at:%H:%M}" if at else say("customer.unknown", lang),
        row["order_no"] or "—",
        say(status, lang) if knows(status) else row["order_status"],
        row["store_no"] or row["channel"] or "—",
        *(money(row[name], row["currency"] or currency, lang) for name in _MONEY),
        row["coupon_no"] or "—",
        say("customer.file_row", lang, file=files.get(row["import_id"], row["import_id"]), row=row["source_row"]),
    )
