"""Facts about what was collected: files, sources, rows and the days that they cover."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.document_facts.book import FactBook
from huaxiang.analyse.document_facts.labels import form_label, free_text
from huaxiang.analyse.document_facts.state import State
from huaxiang.words import Message

#: Sources listed one by one; the totals count all of them.
MOST_SOURCES = 40
TOTALS = (
    "files",
    "sources",
    "rows_read",
    "rows_usable",
    "rows_kept",
    "rows_repaired",
    "rows_quarantined",
    "rows_already_there",
)
TOTALS_LEFT = ("rows_with_customer", "rows_without_customer", "rows_blank")
OF_SOURCE = ("files", "rows_read", "rows_usable", "rows_quarantined", "rows_already_there")


def collecting(book: FactBook, state: State) -> None:
    """Enter the totals of all imports, and the same by source and content."""
    rows = state.engine.table("import")
    rows = rows.mutate(rows_usable=rows.rows_kept + rows.rows_repaired)
    total = book.ask(state.engine, "collect.total", _totals(rows))[0]
    for column in (*TOTALS, *TOTALS_LEFT):
        means = Message(f"document.fact.collect.{column}")
        book.add(f"collect.{column}", int(total[column] or 0), "count", means, "collect.total", column)
    read = int(total["rows_read"] or 0)
    for column in ("usable_share", "with_customer_share"):
        _share(book, total, column, read)
    for column in ("first_day", "last_day"):
        means = Message(f"document.fact.collect.{column}")
        book.add(f"collect.{column}", total[column], "day", means, "collect.total", column)
    for row in book.ask(state.engine, "collect.by_source", _by_source(rows)):
        _source(book, row)


def _share(book: FactBook, total: dict[str, Any], column: str, base: int) -> None:
    means = Message(f"document.fact.collect.{column}")
    book.add(f"collect.{column}", total[column], "share", means, "collect.total", column, n=base)


def _totals(rows: ir.Table) -> ir.Table:
    found = rows.aggregate(
        files=rows.count(),
        sources=rows.source.nunique(),
        **{name: rows[name].sum() for name in (*TOTALS[2:], *TOTALS_LEFT[1:])},
        first_day=rows.first_occurred_at.min().date(),
        last_day=rows.last_occurred_at.max().date(),
    )
    usable, read = found.rows_usable, found.rows_read.nullif(0)
    found = found.mutate(rows_with_customer=usable - found.rows_without_customer)
    return found.mutate(usable_share=usable / read, with_customer_share=found.rows_with_customer / read)


def _by_source(rows: ir.Table) -> ir.Table:
    found = rows.group_by("source", "form").aggregate(
        files=rows.count(),
        **{name: rows[name].sum() for name in OF_SOURCE[1:]},
        first_day=rows.first_occurred_at.min().date(),
        last_day=rows.last_occurred_at.max().date(),
    )
    return found.order_by(found.rows_read.desc(), "source", "form").limit(MOST_SOURCES)


def _source(book: FactBook, row: dict[str, Any]) -> None:
    name, form = free_text(str(row["source"])), form_label(str(row["form"]))
    key, query = f"source.{row['source']}.{row['form']}", "collect.by_source"
    book.add(f"{key}.name", name.zh, "text", Message("document.fact.source.name"), query, "source", label=name)
    book.add(f"{key}.form", str(row["form"]), "text", Message("document.fact.source.form"), query, "form", label=form)
    for column in OF_SOURCE:
        means = Message(f"document.fact.source.{column}", {"source": name.message})
        book.add(f"{key}.{column}", int(row[column] or 0), "count", means, query, column)
    for column in ("first_day", "last_day"):
        means = Message(f"document.fact.source.{column}", {"source": name.message})
        book.add(f"{key}.{column}", row[column], "day", means, query, column)
