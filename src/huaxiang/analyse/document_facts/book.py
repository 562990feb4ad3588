"""The book of facts: every number of a document, with its meaning, its base and the query that it is a cell of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import Labels
from huaxiang.release.small_cells import suppress_row
from huaxiang.words import LANGUAGES, Message

Kind = Literal["count", "money", "share", "number", "day", "text"]
Value = int | Decimal | float | date | str | None


@dataclass(frozen=True)
class DocumentFact:
    """One number, day or name that a document states.

    ``meaning`` says in both languages what it is. ``query`` names the query and ``column`` the column of it that it is
    a cell of. ``n`` is how many the number rests on, None where that has no meaning. ``label`` is how a name reads.
    A number that is not shown because too few people stand behind it is None and ``is_hidden``.
    """

    key: str
    value: Value
    kind: Kind
    meaning: Labels
    query: str
    column: str
    n: int | None = None
    label: Labels | None = None
    is_hidden: bool = False


@dataclass(frozen=True)
class FactBook:
    """All facts by key and the text of all queries by name, in the order of the document."""

    facts: dict[str, DocumentFact] = field(default_factory=dict)
    queries: dict[str, str] = field(default_factory=dict)

    def ask(self, engine: Engine, query: str, expr: ir.Table) -> list[dict[str, Any]]:
        """The rows of the expression, whose statement is kept under the name ``query``."""
        self.queries[query] = engine.sql(expr)
        return only(engine.arrow(expr))

    def tell(self, query: str, source: str) -> None:
        """Name what is not computed but read: a setting, a ledger entry, a definition."""
        self.queries[query] = source

    def add(self, key: str, value: Value, kind: Kind, means: Message, query: str, column: str, **more: Any) -> None:
        """Enter one fact; ``more`` are ``n``, ``label`` and ``is_hidden``."""
        hidden = bool(more.get("is_hidden"))
        self.facts[key] = DocumentFact(key, None if hidden else value, kind, both(means), query, column, **more)


def both(words: Message) -> Labels:
    """A sentence in both languages."""
    zh, en = (words.say(lang) for lang in LANGUAGES)
    return Labels(zh=zh, en=en)


def safe(counts: Sequence[int], smallest: int) -> list[bool]:
    """For each of the counts of people that add up to a total that is shown, whether it may be shown too."""
    row = suppress_row(counts, smallest)
    return [shown is not None and row.total is not None for shown in row.cells]
