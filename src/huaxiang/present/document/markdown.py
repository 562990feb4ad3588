"""The document as Markdown: the same sentences and tables; each number carries a footnote that names its query."""

from __future__ import annotations

import re
from collections.abc import Iterator

from huaxiang.present.document.parts import Document, Figure, Heading, Piece, Pieces, Sentence, Stated, Table
from huaxiang.words import say

# Whatever Markdown or HTML would read as something else than text.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&])")


def markdown(document: Document) -> str:
    """The whole file as text; the same document gives the same bytes."""
    return "\n".join(_Writer(document).lines()) + "\n"


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self._query_of = {row.key: row.query for row in document.numbers}
        self._numbers = {name: number for number, (name, _) in enumerate(document.queries, start=1)}

    def lines(self) -> Iterator[str]:
        page = self.document
        yield f"# {_plain(page.title)}\n"
        yield f"{self._say('page.edition')} {page.edition} · {self._pieces(page.subtitle.pieces)}\n"
        for section in page.sections:
            yield f"## {section.number}{_plain(section.title)}\n"
            for block in section.blocks:
                yield self._block(block) + "\n"
        yield f"## {self._say('page.appendix')}\n"
        for name, text in page.queries:
            code = " ".join(text.split())
            fence = "`" * (max((len(run) for run in re.findall("`+", code)), default=0) + 1)
            yield f"[^q{self._numbers[name]}]: {_plain(name)}: {fence} {code} {fence}"

    def _block(self, block: Sentence | Figure | Heading) -> str:
        if isinstance(block, Heading):
            return f"### {_plain(block.text)}"
        if isinstance(block, Figure):
            unit = (
                f"（{_plain(block.unit)}）"
                if block.unit and self.document.lang == "zh"
                else f" ({_plain(block.unit)})"
                if block.unit
                else ""
            )
            return f"**{_plain(block.title)}**{unit}\n\n{self._table(block.table)}"
        text = self._pieces(block.pieces)
        text = f"**{text}**" if block.is_answer else text
        return f"{text} *({self._say('page.changed')})*" if block.is_moved else text

    def _table(self, table: Table) -> str:
        rule = ["---:" if number else "---" for number in table.is_number]
        rows = [[self._pieces(cell) for cell in row] for row in table.rows]
        return "\n".join(f"| {' | '.join(row)} |" for row in ([_plain(name) for name in table.headers], rule, *rows))

    def _pieces(self, pieces: Pieces) -> str:
        return "".join(self._piece(piece) for piece in pieces)

    def _piece(self, piece: Piece) -> str:
        text = _plain(piece.text)
        return f"{text}[^q{self._numbers[self._query_of[piece.key]]}]" if isinstance(piece, Stated) else text

    def _say(self, name: str) -> str:
        return say(f"document.{name}", self.document.lang)


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split(" ")).replace("\n", " "))
