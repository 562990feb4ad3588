"""Which delimiter and quoting a text file uses: the pair under which most sample rows have one and the same width."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from huaxiang.collect.reading.records import Record, records
from huaxiang.collect.reading.splitter import Dialect, Splitter

DELIMITERS = (",", "\t", ";", "|", "\x01")
_SAMPLE_ROWS = 400


def detect_dialect(lines: Sequence[str | None]) -> Dialect:
    """The dialect that explains the sample best; without any delimiter when no pair gives more than one column.

    The sample is lines with their line ends, from the start of the file, the last one whole.
    """
    text = "".join(line for line in lines if line)
    present = [delimiter for delimiter in DELIMITERS if delimiter in text]
    candidates = [candidate for delimiter in present for candidate in _quotings(delimiter, text, lines)]
    scored = [(_score(candidate, lines), -place, candidate) for place, candidate in enumerate(candidates)]
    best = max(scored, key=lambda item: item[:2], default=(0.0, 0, Dialect(None)))
    return best[2] if best[0] > 0 else Dialect(None)


def _quotings(delimiter: str, text: str, lines: Sequence[str | None]) -> list[Dialect]:
    """The ways of quoting that the text gives a reason to try, the usual one first."""
    escaped = '\\"' in text
    spaced = f'{delimiter} "' in text and f'{delimiter}"' not in text
    found = [Dialect(delimiter, '"', None, spaced)]
    if escaped:
        found.append(Dialect(delimiter, '"', "\\", spaced))
    if re.search(rf"(?m)(?:^|{re.escape(delimiter)})'[^'\n]*'(?:{re.escape(delimiter)}|\r?$)", text):
        found.append(Dialect(delimiter, "'"))
    if _quotes_are_text(found[0], lines):
        found.append(Dialect(delimiter, None))
    return found


def _quotes_are_text(dialect: Dialect, lines: Sequence[str | None]) -> bool:
    """Whether the quote follows no rule in most rows that have one; a single bad row is an accident."""
    sample = lines[:_SAMPLE_ROWS]
    faults = sum(1 for row in records(sample, Splitter(dialect), None, True) if row.fields is None)
    return faults > 1 and 2 * faults >= sum(1 for line in sample if line and '"' in line)


def _score(dialect: Dialect, lines: Sequence[str | None]) -> float:
    """0 to about 1.1: the share of rows of the usual width, less for few columns or a header of another width."""
    rows = list(islice(records(lines, Splitter(dialect), None, True), _SAMPLE_ROWS))
    filled = [row for row in rows if row.fields is None or any(field.strip() for field in row.fields)]
    widths = Counter(len(row.fields) for row in filled if row.fields is not None)
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
    share = count / len(filled) if filled else 0.0
    if width < 2 or share < 0.3:
        return 0.0
    return share * (1 - 1 / (2 * width)) + 0.1 * (len(filled[0].fields or ()) == width) - 0.3 * _stray(dialect, filled)


def _stray(dialect: Dialect, rows: Sequence[Record]) -> float:
    """Share of rows in which a dialect without quotes leaves quoted fields standing."""
    fields = [row.fields for row in rows if row.fields]
    if dialect.quote is not None or not fields:
        return 0.0
    return sum(1 for row in fields if any(_looks_quoted(field) for field in row)) / len(fields)


def _looks_quoted(field: str) -> bool:
    return len(field) > 1 and field[0] == field[-1] == '"'
