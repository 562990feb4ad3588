"""How answers look on a terminal and in a pipe."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

#: Wide enough that nothing is cut where there is no terminal to fit.
_PIPE_WIDTH = 400


def console(stream: TextIO) -> Console:
    """A console on the stream. What is printed is text, never markup."""
    width = None if stream.isatty() else _PIPE_WIDTH
    return Console(file=stream, markup=False, emoji=False, highlight=False, soft_wrap=True, width=width)


def clean(text: str) -> str:
    """The text without what could move the cursor, change colours or turn the reading direction of a terminal."""
    return "".join(
        letter if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs") else "�" for letter in text
    )


def table(
    headers: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[int] = (), title: str | None = None
) -> Table:
    """A plain table of texts; the columns in ``right`` are numbers, empty cells stay empty."""
    found = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False)
    numbers = set(right)
    for place, header in enumerate(headers):
        found.add_column(header, justify="right" if place in numbers else "left", overflow="fold")
    for row in rows:
        found.add_row(*(Text("" if cell is None else clean(str(cell))) for cell in row))
    return found


def heading(text: str) -> Text:
    """A line that opens a part."""
    return Text(clean(text), style="bold")
