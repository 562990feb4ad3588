"""What a document is composed of: the facts, those of the edition before, and the words around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huaxiang.analyse.document_facts import DocumentFact, FactBook
from huaxiang.model.segments import Segments
from huaxiang.model.tags import Tags
from huaxiang.present.charts.frame import Mark
from huaxiang.present.document.locked_text import fact_named
from huaxiang.present.document.parts import Pieces, Stated
from huaxiang.present.document.reading import read, stated


@dataclass(frozen=True)
class Material:
    """Everything that a document says. ``previous`` are the facts of the edition before, None for the first one."""

    name: str
    edition_id: str
    book: FactBook
    previous: FactBook | None
    tags: Tags
    segments: Segments
    currency: str


@dataclass(frozen=True)
class Reader:
    """The facts as they read in one language."""

    facts: Mapping[str, DocumentFact]
    lang: str
    currency: str

    def fact(self, key: str) -> DocumentFact:
        """The fact of that key."""
        return fact_named(key, self.facts)

    def cell(self, key: str) -> Pieces:
        """A table cell with one fact."""
        return (self.piece(key),)

    def piece(self, key: str) -> Stated:
        """One fact as a piece of text."""
        return stated(self.fact(key), self.lang, self.currency)

    def shown(self, key: str) -> str:
        """One fact as it reads."""
        return read(self.fact(key), self.lang, self.currency)

    def mark(self, name_key: str, value_key: str) -> Mark:
        """One fact as the mark of a chart, under the name that another fact gives."""
        return self.worded_mark(self.shown(name_key), value_key)

    def worded_mark(self, label: str, value_key: str) -> Mark:
        """One fact as the mark of a chart under that name."""
        value = self.fact(value_key).value
        number = None if value is None or isinstance(value, str) else float(value)  # type: ignore[arg-type]
        return Mark(label, number, self.shown(value_key))

    def is_told(self, key: str) -> bool:
        """Whether the fact is known, shown and not 0."""
        return bool(self.fact(key).value)

    def groups(self, prefix: str, last: str) -> list[str]:
        """The keys without their last part of all facts that begin with ``prefix`` and end with ``last``, in order."""
        end = f".{last}"
        return [key.removesuffix(end) for key in self.facts if key.startswith(prefix) and key.endswith(end)]
