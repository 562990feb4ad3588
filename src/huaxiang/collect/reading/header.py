"""Where the table starts, whether its first row is a header, and what its columns are called."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

LOOK_AHEAD_ROWS = 30
"""How many rows above the header (titles, export notes) are looked through for it."""
SOURCE_ROW = "source_row"

# A year over sales figures is a column of a cross table, so a year is a kind of its own.
_KINDS = {
    "period": re.compile(r"(?:19|20)\d\d(?:[-/.年](?:0?[1-9]|1[0-2])月?|年|Q[1-4])?|(?:0?[1-9]|1[0-2])月"),
    "date": re.compile(r"\d{2,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?(?:[ T].*)?|\d{1,2}:\d{2}(?::\d{2})?"),
    "number": re.compile(r"[-+(]?[¥$€£]?\s?\d[\d,. ]*(?:[eE][-+]?\d+)?%?\)?"),
    "address": re.compile(
        r"[^@\s]+@[^@\s]+\.\w+|https?://\S+|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[-0-9a-fA-F]+|[0-9a-fA-F]{32}"
    ),
}


@dataclass(frozen=True)
class Layout:
    """What the first rows say: ``above`` rows before the table, whether the next one is a header, how many columns."""

    above: int
    has_header: bool
    width: int


def find_layout(rows: Sequence[Sequence[str]]) -> Layout:
    """The layout of a table from its first rows, blank ones included; at least one row has text in it."""
    filled = [_filled(row) for row in rows]
    top = next(index for index, count in enumerate(filled) if count)
    usual = _usual_width(rows[top:])
    above = _title_rows(filled[: top + LOOK_AHEAD_ROWS], top, usual)
    body = [row for row in rows[above + 1 :] if _filled(row)]
    has_header = is_header(rows[above], body)
    if not has_header and above > top and is_header(rows[top], [row for row in rows[top + 1 :] if _filled(row)]):
        above, has_header = top, True
    return Layout(above, has_header, _width(rows[above], body))


def is_header(first: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns, rather than being the first of the data.

    It is data when a number, date or address in it stands over more of the same kind, or when a third of its texts come
    again in their own columns. ``body`` is rows with text in them.
    """
    named = [(column, cell.strip()) for column, cell in enumerate(first) if cell.strip()]
    if not body:
        return sum(1 for _, cell in named if _kind(cell)) * 2 < len(named)
    # A row that repeats the first one whole may be its header again, from files joined end to end: it says nothing.
    sample = [cells for row in body[:200] if (cells := [cell.strip() for cell in row]) != [c.strip() for c in first]]
    if any(_kind(cell) and _kind(cell) == _usual_kind(sample, column) for column, cell in named):
        return False
    recurring = sum(1 for column, cell in named if any(_cell(row, column) == cell for row in sample))
    return recurring * 3 < len(named)


def column_names(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """Trimmed, NFKC, unique names: empty ones become ``column_n`` (1-based), repeated ones end in ``_2``, ``_3``…

    ``source_row`` is kept for the reader's own column and counts as taken.
    """
    taken = {SOURCE_ROW}
    names: list[str] = []
    for place in range(width):
        given = " ".join(unicodedata.normalize("NFKC", _cell(cells, place)).replace("\0", "").split())
        name = _free(given or f"column_{place + 1}", taken)
        taken.add(name)
        names.append(name)
    return tuple(names)


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def _cell(row: Sequence[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _filled(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _kind(cell: str) -> str:
    """``period``, ``date``, ``number`` or ``address``; empty for plain text."""
    text = unicodedata.normalize("NFKC", cell.strip())
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(text)), "")


def _usual_kind(rows: Sequence[Sequence[str]], column: int) -> str:
    """The kind of most cells of a column, empty ones left out; empty when it is plain text or mixed."""
    kinds = Counter(_kind(row[column]) for row in rows if column < len(row) and row[column])
    kind, count = max(kinds.items(), key=lambda item: item[1], default=("", 0))
    return kind if count * 2 > kinds.total() else ""


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    widths = Counter(len(row) for row in rows if _filled(row))
    return max(widths.items(), key=lambda item: (item[1], item[0]))[0]


def _title_rows(filled: Sequence[int], top: int, usual: int) -> int:
    """The index of the first row that fills enough cells to be a header or data; the first filled one if none does."""
    if usual < 3:
        return top
    enough = min(max(usual // 3, 1), max(filled) // 2 or 1)
    return next((index for index, count in enumerate(filled) if count > enough), top)


def _width(header: Sequence[str], body: Sequence[Sequence[str]]) -> int:
    """The header's width, unless most rows fill more cells, or it ends in empty cells that most rows do not have."""
    named = max((place + 1 for place, cell in enumerate(header) if cell.strip()), default=0)
    used = Counter(max(place + 1 for place, cell in enumerate(row) if cell.strip()) for row in body)
    if not used:
        return max(named, 1)
    wider = sum(count for width, count in used.items() if width > len(header))
    if wider * 5 >= used.total() * 4:
        return max(used.items(), key=lambda item: (item[1], item[0]))[0]
    given = Counter(len(row) for row in body)
    usual = max(given.items(), key=lambda item: (item[1], item[0]))[0]
    return max(named, min(len(header), usual))
