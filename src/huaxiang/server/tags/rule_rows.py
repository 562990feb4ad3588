"""Rows of a form, as the layers of a rule: numbered inputs, which are added, moved and taken away without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

#: No rule may have more rows; what is beyond them is not looked at.
MOST_ROWS = 100
_NAME = re.compile(r"(parts|bands|steps|layers)\.([0-9]{1,3})\.([a-z_]{1,30})")
_ACT = re.compile(r"(up|down|less)\.(parts|bands|steps|layers)\.([0-9]{1,3})")


def row_name(rows: str, number: int, name: str) -> str:
    """The name of an input of a row."""
    return f"{rows}.{number}.{name}"


def posted_rows(posted: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The inputs of rows among everything that was posted, rows without any text left out and numbered anew."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    for key, text in posted:
        match = _NAME.fullmatch(key)
        if match and int(match[2]) < MOST_ROWS:
            found.setdefault((match[1], int(match[2])), {})[match[3]] = text
    return _numbered([(rows, found[rows, number]) for rows, number in sorted(found)])


def rows_in(typed: Mapping[str, str], rows: str) -> list[dict[str, str]]:
    """The rows of that name, in their order: what stands in each by input."""
    found: dict[int, dict[str, str]] = {}
    for key, text in typed.items():
        match = _NAME.fullmatch(key)
        if match and match[1] == rows:
            found.setdefault(int(match[2]), {})[match[3]] = text
    return [found[number] for number in sorted(found)]


def only_row(typed: Mapping[str, str], rows: str, number: int) -> dict[str, str]:
    """The form as if that row were the only one."""
    others = {key: text for key, text in typed.items() if not key.startswith(f"{rows}.")}
    kept = rows_in(typed, rows)[number]
    return others | {row_name(rows, 0, name): text for name, text in kept.items()}


def acted(typed: Mapping[str, str], act: str) -> dict[str, str]:
    """The form after a row was moved up or down or taken away, as ``up.layers.1`` says; else as it is."""
    match = _ACT.fullmatch(act)
    if match is None:
        return dict(typed)
    what, rows, number = match[1], match[2], int(match[3])
    there = rows_in(typed, rows)
    other = number + {"up": -1, "down": 1}.get(what, 0)
    if max(number, other) >= len(there) or other < 0:
        return dict(typed)
    if what == "less":
        del there[number]
    else:
        there[number], there[other] = there[other], there[number]
    others = {key: text for key, text in typed.items() if not key.startswith(f"{rows}.")}
    return others | _numbered([(rows, row) for row in there])


def _numbered(found: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, str]:
    counts: dict[str, int] = {}
    typed: dict[str, str] = {}
    for rows, row in found:
        if any(text.strip() for text in row.values()):
            number = counts[rows] = counts.get(rows, -1) + 1
            typed |= {row_name(rows, number, name): text for name, text in row.items()}
    return typed
