"""Facts as they are kept with an edition: JSON that says everything and reads back as the same book."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from huaxiang.analyse.document_facts import DocumentFact, FactBook
from huaxiang.model.fields import Labels

_READ: dict[str, Callable[[str], Any]] = {
    "int": int,
    "Decimal": Decimal,
    "float": float,
    "date": date.fromisoformat,
    "str": str,
}


def written(book: FactBook) -> str:
    """The book as JSON; equal books give equal text."""
    body = {"facts": [_fact(fact) for fact in book.facts.values()], "queries": book.queries}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def book_from(text: str) -> FactBook:
    """The book that :func:`written` wrote."""
    body = json.loads(text)
    facts = (_fact_from(raw) for raw in body["facts"])
    return FactBook({fact.key: fact for fact in facts}, body["queries"])


def _fact(fact: DocumentFact) -> dict[str, Any]:
    value = fact.value
    # A number is kept as its text, so that no reader rounds it.
    told = (
        None if value is None else {type(value).__name__: value.isoformat() if isinstance(value, date) else str(value)}
    )
    label = fact.label and fact.label.model_dump()
    return {
        "key": fact.key,
        "value": told,
        "kind": fact.kind,
        "n": fact.n,
        "meaning": fact.meaning.model_dump(),
        "label": label,
        "query": fact.query,
        "column": fact.column,
        "is_hidden": fact.is_hidden,
    }


def _fact_from(raw: dict[str, Any]) -> DocumentFact:
    told, label = raw["value"], raw["label"]
    value = None if told is None else next(_READ[kind](text) for kind, text in told.items())
    return DocumentFact(
        key=raw["key"],
        value=value,
        kind=raw["kind"],
        meaning=Labels(**raw["meaning"]),
        query=raw["query"],
        column=raw["column"],
        n=raw["n"],
        label=Labels(**label) if label else None,
        is_hidden=raw["is_hidden"],
    )
