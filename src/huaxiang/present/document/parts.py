"""What a document is made of, before it becomes HTML or Markdown."""

from __future__ import annotations

from dataclasses import dataclass

from huaxiang.present.charts.palette import Option


@dataclass(frozen=True)
class Text:
    """Words that say no number."""

    text: str


@dataclass(frozen=True)
class Stated:
    """A fact as it reads; ``key`` leads to its meaning and its query."""

    key: str
    text: str


@dataclass(frozen=True)
class Defined:
    """A number that belongs to a definition (a rule, an advice, a band), not to the data. ``source`` names it."""

    text: str
    source: str


Piece = Text | Stated | Defined
Pieces = tuple[Piece, ...]


@dataclass(frozen=True)
class Sentence:
    """One paragraph. ``is_answer`` leads its section; ``is_moved`` if a number in it differs from the last edition."""

    pieces: Pieces
    is_answer: bool = False
    is_moved: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells under headers; ``is_number`` says by column whether it holds numbers."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Pieces, ...], ...]
    is_number: tuple[bool, ...]


@dataclass(frozen=True)
class Figure:
    """A chart with the table of its numbers; without ``option`` the table alone.

    ``narrow`` is the option for a phone where the wide one would not fit. Heights are in pixels. A table without a
    chart stands open unless it ``is_folded``.
    """

    key: str
    title: str
    unit: str
    base: Pieces
    table: Table
    option: Option | None = None
    height: int = 0
    narrow: Option | None = None
    narrow_height: int = 0
    is_folded: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading inside a section; ``element`` colours it."""

    text: str
    element: str = ""


Block = Sentence | Figure | Heading


@dataclass(frozen=True)
class Section:
    """One section: the key that it is linked by, its number as it reads, its title and what it holds."""

    key: str
    number: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class NumberRow:
    """One row of the appendix: a fact, how it reads, what it means, what it rests on, and which query gives it."""

    key: str
    shown: str
    meaning: str
    base: str
    query: str
    column: str


@dataclass(frozen=True)
class Document:
    """A whole document in one language."""

    lang: str
    title: str
    subtitle: Sentence
    edition: str
    as_of: str
    sections: tuple[Section, ...]
    numbers: tuple[NumberRow, ...]
    queries: tuple[tuple[str, str], ...]
