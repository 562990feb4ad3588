"""Physical lines into rows: every line ends in exactly one row, one fault, or the blank count.

A quote that never closes must not swallow the rows after it. So a row over several lines is taken only when it closes
properly with the right number of fields; otherwise its first line alone is at fault and reading resumes on the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from huaxiang.collect.reading.splitter import MALFORMED, Malformed, OpenField, Outcome, Splitter


@dataclass(frozen=True)
class Record:
    """One row: its fields, or None and the reason; ``first`` is the index of its first line, ``lines`` how many."""

    first: int
    lines: int
    fields: list[str] | None
    reason: str = ""


def records(lines: Sequence[str | None], splitter: Splitter, width: int | None, final: bool) -> Iterator[Record]:
    """The rows of physical lines that keep their line ends; None stands for a line that does not decode.

    ``width`` is the number of fields expected, None while it is unknown. Unless ``final``, a row still open at the end
    is left out: the caller sees which lines were not used and gives them again with more behind them.
    """
    index = 0
    while index < len(lines):
        record = _record_at(lines, index, splitter, width, final)
        if record is None:
            return
        yield record
        index += record.lines


def without_break(line: str) -> str:
    """The line without its line end."""
    return line.removesuffix("\n").removesuffix("\r")


def _record_at(
    lines: Sequence[str | None], first: int, splitter: Splitter, width: int | None, final: bool
) -> Record | None:
    line = lines[first]
    if line is None:
        return Record(first, 1, None, "reading.undecodable_bytes")
    if "\0" in line:
        return Record(first, 1, None, "reading.nul_byte")
    outcome = splitter.split(without_break(line))
    if isinstance(outcome, list):
        return Record(first, 1, outcome)
    if isinstance(outcome, Malformed):
        return Record(first, 1, None, "reading.malformed_quote")
    return _long_record(lines, first, outcome, splitter, width, final)


def _long_record(
    lines: Sequence[str | None], first: int, row: OpenField, splitter: Splitter, width: int | None, final: bool
) -> Record | None:
    outcome: Outcome = row
    last = first
    while isinstance(outcome, OpenField):
        last += 1
        if last == len(lines):
            return Record(first, 1, None, "reading.unbalanced_quote") if final else None
        outcome = _next_line(outcome, lines, last, splitter)
    if isinstance(outcome, Malformed) or _swallows_rows(lines[first : last + 1], outcome, splitter, width):
        return Record(first, 1, None, "reading.unbalanced_quote")
    return Record(first, last - first + 1, outcome)


def _next_line(row: OpenField, lines: Sequence[str | None], index: int, splitter: Splitter) -> Outcome:
    line, before = lines[index], lines[index - 1]
    if line is None or before is None or "\0" in line:
        return MALFORMED
    return splitter.resume(row, before[len(without_break(before)) :], without_break(line))


def _swallows_rows(lines: Sequence[str | None], fields: list[str], splitter: Splitter, width: int | None) -> bool:
    """Whether the lines are more likely rows of their own behind a stray quote than one row with line breaks in it."""
    if width is None or width < 2:
        return False
    right = len(fields) == width
    if right and (len(lines) < 3 or width < 3):
        return False
    looked_at = lines if right else lines[1:]
    return all(line is not None and len(splitter.naive(without_break(line))) == width for line in looked_at)
