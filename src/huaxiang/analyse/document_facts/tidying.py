"""Facts about what was tidied: cells mended or set aside, rows that wait, accounts joined to customers."""

from __future__ import annotations

import ibis.expr.types as ir

from huaxiang.analyse.document_facts.book import FactBook, Kind, both, safe
from huaxiang.analyse.document_facts.labels import identifier_label, reason_label
from huaxiang.analyse.document_facts.state import State
from huaxiang.model.fields import Labels
from huaxiang.words import Message

MOST_REASONS = 30


def tidying(book: FactBook, state: State) -> None:
    """Enter cells, rows that wait, and the unification of accounts."""
    _cells(book, state)
    _waiting(book, state)
    _accounts(book, state)
    _left_out(book, state)
    _joins(book, state)


def _cells(book: FactBook, state: State) -> None:
    rows, query = state.engine.table("cell_issue"), "tidy.cells"
    handled = {name: rows.count(where=rows.handling == name) for name in ("repaired", "set_aside")}
    total = book.ask(state.engine, query, rows.aggregate(**handled))[0]
    for name in handled:
        book.add(
            f"tidy.cells_{name}", int(total[name]), "count", Message(f"document.fact.tidy.cells_{name}"), query, name
        )
        _by(book, state, f"tidy.cells_{name}_by_reason", rows.filter(rows.handling == name), "reason")


def _waiting(book: FactBook, state: State) -> None:
    rows = state.engine.table("quarantine")
    rows = rows.filter(rows.status == "waiting")
    _total(book, state, "tidy.rows_waiting", rows)
    _by(book, state, "tidy.rows_waiting_by_reason", rows, "reason")


def _accounts(book: FactBook, state: State) -> None:
    account, profile, query = state.engine.table("account"), state.engine.table("profile"), "tidy.accounts"
    row = book.ask(state.engine, query, _unified(account.semi_join(profile, "customer_id")))[0]
    customers, joined = int(row["customers"] or 0), int(row["joined_customers"] or 0)
    few = not all(safe([joined, customers - joined], state.smallest_cell))
    for column in ("accounts", "customers"):
        book.add(
            f"tidy.{column}", int(row[column] or 0), "count", Message(f"document.fact.tidy.{column}"), query, column
        )
    kinds: tuple[tuple[str, Kind], ...] = (("joined_customers", "count"), ("joined_share", "share"))
    for column, kind in kinds:
        means = Message(f"document.fact.tidy.{column}")
        book.add(f"tidy.{column}", row[column], kind, means, query, column, n=customers, is_hidden=few)


def _unified(account: ir.Table) -> ir.Table:
    per = account.group_by("customer_id").aggregate(accounts=account.count())
    found = per.aggregate(
        accounts=per.accounts.sum(), customers=per.count(), joined_customers=per.count(where=per.accounts > 1)
    )
    return found.mutate(joined_share=found.joined_customers / found.customers.nullif(0))


def _left_out(book: FactBook, state: State) -> None:
    customer, query = state.engine.table("customer"), "tidy.left_out"
    rows = customer.filter(customer.is_staff | customer.is_test)
    found = int(book.ask(state.engine, query, rows.aggregate(rows=rows.count()))[0]["rows"])
    few = 0 < found < state.smallest_cell
    book.add(query, found, "count", Message("document.fact.tidy.left_out"), query, "rows", is_hidden=few)


def _joins(book: FactBook, state: State) -> None:
    for name, by in (("links", "identifier_type"), ("holds", "reason")):
        rows = state.engine.table(f"identity_{name.removesuffix('s')}")
        _total(book, state, f"tidy.{name}", rows)
        _by(book, state, f"tidy.{name}_by_{by}", rows, by)


def _total(book: FactBook, state: State, key: str, rows: ir.Table) -> None:
    found = book.ask(state.engine, key, rows.aggregate(rows=rows.count()))[0]
    book.add(key, int(found["rows"]), "count", Message(f"document.fact.{key}"), key, "rows")


def _by(book: FactBook, state: State, query: str, rows: ir.Table, by: str) -> None:
    found = rows.group_by(by).aggregate(rows=rows.count())
    for row in book.ask(state.engine, query, found.order_by(found["rows"].desc(), by).limit(MOST_REASONS)):
        value = str(row[by])
        named = _named(query, value)
        means = Message(f"document.fact.{query}", {"name": named.message})
        book.add(f"{query}.{value}.name", value, "text", means, query, by, label=named)
        book.add(f"{query}.{value}.count", int(row["rows"]), "count", means, query, "rows")


def _named(query: str, value: str) -> Labels:
    if query == "tidy.links_by_identifier_type":
        return identifier_label(value)
    return both(Message(f"prepare.held.{value}")) if query == "tidy.holds_by_reason" else reason_label(value)
