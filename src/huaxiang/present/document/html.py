"""The document as one HTML file: no scripts, nothing loaded from anywhere, charts as SVG inside it."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from huaxiang.present.charts.palette import CUSTOM_PROPERTIES
from huaxiang.present.charts.svg import render_svg
from huaxiang.present.document.parts import Defined, Document, Figure, Piece, Pieces, Text
from huaxiang.words import say

WIDE, NARROW = 640, 340
_COLOUR = re.compile(r'"(#[0-9A-Fa-f]{6})"')


def html(document: Document) -> str:
    """The whole file as text; the same document gives the same bytes."""
    return _Page(document).text()


class _Page:
    def __init__(self, document: Document) -> None:
        self.document = document
        self._rows = {row.key: (number, row) for number, row in enumerate(document.numbers, start=1)}
        self._queries = {name: number for number, (name, _) in enumerate(document.queries, start=1)}
        self._figures = 0

    def text(self) -> str:
        page = _environment().get_template("document.html.jinja")
        functions = {
            "say": self.say,
            "pieces": self.pieces,
            "charts": self.charts,
            "kind": _kind,
            "query": self._queries.get,
        }
        return page.render(document=self.document, style=Markup(_style()), rows=self._rows, **functions) + "\n"  # noqa: S704

    def say(self, name: str) -> str:
        return say(f"document.{name}", self.document.lang)

    def pieces(self, pieces: Pieces) -> Markup:
        return Markup("").join(self._piece(piece) for piece in pieces)

    def charts(self, figure: Figure) -> Markup:
        """The chart twice, for wide and for narrow screens; the style sheet shows one of them."""
        self._figures += 1
        wide = self._chart(figure, figure.option, WIDE, figure.height, "wide")
        return wide + self._chart(
            figure, figure.narrow or figure.option, NARROW, figure.narrow_height or figure.height, "narrow"
        )

    def _chart(self, figure: Figure, option: dict[str, object] | None, width: int, height: int, size: str) -> Markup:
        if option is None:
            return Markup("")
        svg = render_svg(option, width, height, ids=f"g{self._figures}{size[0]}")
        # ECharts has escaped what it wrote; the name is escaped here.
        named = Markup('<svg class="{}" role="img" aria-label="{}" ').format(size, figure.title)
        return named + Markup(_themed(svg).removeprefix("<svg "))  # noqa: S704

    def _piece(self, piece: Piece) -> Markup:
        if isinstance(piece, Defined):
            title = f"{self.say('page.by_definition')} · {piece.source}"
            return Markup('<data class="defined" value="{}" title="{}">{}</data>').format(piece.text, title, piece.text)
        if isinstance(piece, Text):
            return Markup("{}").format(piece.text)
        number, row = self._rows[piece.key]
        title = f"{row.meaning} · n {row.base or '—'} · {self.say('page.as_of')} {self.document.as_of}"
        return Markup('<data value="{}" title="{}"><a href="#n{}">{}</a></data>').format(
            piece.text, title, number, piece.text
        )


def _kind(block: object) -> str:
    return type(block).__name__.lower()


def _themed(svg: str) -> str:
    # Colours become custom properties, so that the dark theme reaches the charts.
    def named(found: re.Match[str]) -> str:
        known = CUSTOM_PROPERTIES.get(found[1])
        return f'"var({known})"' if known else found[0]

    return _COLOUR.sub(named, svg)


@cache
def _environment() -> Environment:
    loader = PackageLoader("huaxiang.present.document", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _style() -> str:
    return (files("huaxiang.present.document") / "templates" / "document.css").read_text(encoding="utf-8")
