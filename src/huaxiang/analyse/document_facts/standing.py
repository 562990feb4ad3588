"""Facts about what the document stands on: its day, run and definitions, and the ledger entry that vouches for them."""

from __future__ import annotations

from huaxiang.analyse.document_facts.book import FactBook
from huaxiang.analyse.document_facts.state import State
from huaxiang.words import Message


def standing(book: FactBook, state: State) -> None:
    """Enter the day, the latest run, imports since then, definitions version, ledger position and the settings used."""
    _run(book, state)
    _read(book, state)
    rows = state.engine.table("import")
    now = int(book.ask(state.engine, "standing.imports", rows.aggregate(imports=rows.count()))[0]["imports"])
    at_run = int(str(book.facts["standing.import_count"].value))
    means = Message("document.fact.standing.imports_since")
    book.add("standing.imports_since", max(now - at_run, 0), "count", means, "standing.imports", "imports")


def _run(book: FactBook, state: State) -> None:
    runs, query = state.engine.table("run"), "standing.run"
    row = book.ask(state.engine, query, runs.filter(runs.run_id == state.run_id))[0]
    book.add("standing.as_of", row["as_of"], "day", Message("document.fact.standing.as_of"), query, "as_of")
    book.add("standing.run_id", row["run_id"], "text", Message("document.fact.standing.run_id"), query, "run_id")
    means = Message("document.fact.standing.run_on")
    book.add("standing.run_on", row["started_at"].date(), "day", means, query, "started_at")
    for column in ("import_count", "customer_count"):
        means = Message(f"document.fact.standing.{column}")
        book.add(f"standing.{column}", int(row[column]), "count", means, query, column)


def _read(book: FactBook, state: State) -> None:
    entry, settings = "standing.ledger", "standing.settings"
    book.tell(entry, Message("document.source.ledger").say("en"))
    book.tell(settings, Message("document.source.settings").say("en"))
    book.tell("standing.definitions", Message("document.source.definitions").say("en"))
    means = Message("document.fact.standing.ledger_position")
    book.add("standing.ledger_position", state.ledger_position, "count", means, entry, "seq")
    means = Message("document.fact.standing.ledger_hash")
    book.add("standing.ledger_hash", state.ledger_hash[:16], "text", means, entry, "hash")
    means = Message("document.fact.standing.definitions_version")
    book.add(
        "standing.definitions_version", state.definitions_version, "text", means, "standing.definitions", "version"
    )
    for key, value in (("currency", state.currency), ("timezone", state.timezone)):
        book.add(f"standing.{key}", value, "text", Message(f"document.fact.standing.{key}"), settings, key)
    means = Message("document.fact.standing.smallest_cell")
    book.add("standing.smallest_cell", state.smallest_cell, "count", means, settings, "smallest_cell")
    means = Message("document.fact.standing.segments")
    book.add("standing.segments", len(state.segments), "count", means, "standing.definitions", "segments")
