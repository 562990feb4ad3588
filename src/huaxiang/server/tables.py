"""What ``parts/_table.html`` shows: cells already in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """The head of one column. ``meaning`` explains it on hover; numeric columns are set flush right."""

    title: str
    numeric: bool = False
    meaning: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell: its text, an address when it links somewhere, and whether it heads its row."""

    text: str
    numeric: bool = False
    address: str = ""
    heading: bool = False


@dataclass(frozen=True)
class Table:
    """A table for people; ``caption`` is read out by screen readers."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def text_table(caption: str, columns: tuple[Column, ...], rows: list[tuple[str, ...]]) -> Table:
    """A table from texts; the first cell of a row heads it, numeric columns make numeric cells.

    A row that is not as long as the columns raises ``ValueError``.
    """
    cells = tuple(
        tuple(
            Cell(text, column.numeric, heading=place == 0)
            for place, (text, column) in enumerate(zip(row, columns, strict=True))
        )
        for row in rows
    )
    return Table(caption, columns, cells)
