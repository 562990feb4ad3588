"""Small counts in shared tables: hidden, together with as many others as it takes that totals do not give them back.

A count of 1 to k-1 is hidden. 0 stays 0: it speaks of nobody, and readers need to see that a group is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from huaxiang.errors import InputError

DEFAULT_K = 5

Cell = tuple[int, int]
Line = tuple[str, int]
Cost = tuple[int, int]


@dataclass(frozen=True)
class SafeRow:
    """Counts and their total; None is a hidden count."""

    cells: tuple[int | None, ...]
    total: int | None


@dataclass(frozen=True)
class SafeTable:
    """Counts by row and column with all totals; None is a hidden count."""

    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None


def suppress_row(counts: Sequence[int], k: int = DEFAULT_K) -> SafeRow:
    """One row of counts that is shown with its total. A negative count is an :class:`InputError`."""
    grid = _Grid([counts], k, has_column_totals=False)
    shown = grid.shown()[0]
    return SafeRow(shown[:-1], shown[-1])


def suppress_table(rows: Sequence[Sequence[int]], k: int = DEFAULT_K) -> SafeTable:
    """A table of counts that is shown with its row, column and grand totals.

    No hidden small count can be computed from what is shown, even by a reader who knows that hidden counts are at
    least 1. Rows of different length or a negative count are an :class:`InputError`.
    """
    grid = _Grid(rows, k, has_column_totals=True)
    *inner, totals = grid.shown()
    return SafeTable(tuple(row[:-1] for row in inner), tuple(row[-1] for row in inner), totals[:-1], totals[-1])


class _Grid:
    """The counts with a margin row and a margin column, and which of them are hidden."""

    def __init__(self, rows: Sequence[Sequence[int]], k: int, *, has_column_totals: bool) -> None:
        _check(rows)
        with_totals = [[*row, sum(row)] for row in rows]
        self._values: list[list[int]] = [
            *with_totals,
            [sum(column) for column in zip(*with_totals, strict=True)] or [0],
        ]
        self._last: Cell = (len(rows), len(self._values[0]) - 1)
        self._unpublished = set() if has_column_totals else {(1, column) for column in range(self._last[1] + 1)}
        small = {cell for cell in self._cells() if 0 < self._value(cell) < k}
        self._hidden = small | self._unpublished
        self._protect(small - self._unpublished)

    def shown(self) -> list[tuple[int | None, ...]]:
        """All rows with the margins, None for what is hidden."""
        return [
            tuple(None if (row, column) in self._hidden else value for column, value in enumerate(values))
            for row, values in enumerate(self._values)
        ]

    def _protect(self, small: set[Cell]) -> None:
        # Two tables that look the same when shown differ by a closed walk: one more here, one less there. A count can
        # be told exactly when no such walk through hidden cells goes through it, so the cheapest walk is hidden.
        for cell in sorted(small):
            row, column = ("row", cell[0]), ("column", cell[1])
            walks = [self._cheapest_walk(column, row, cell)] if self._can_rise(cell) else []
            walks += [self._cheapest_walk(row, column, cell)] if self._can_fall(cell) else []
            self._hidden.update(min(walks)[1])

    def _cheapest_walk(self, start: Line, goal: Line, without: Cell) -> tuple[Cost, tuple[Cell, ...]]:
        waiting: list[tuple[Cost, Line, tuple[Cell, ...]]] = [((0, 0), start, ())]
        done: set[Line] = set()
        while waiting:
            cost, line, walk = heappop(waiting)
            if line == goal:
                return cost, walk
            if line not in done:
                done.add(line)
                for cell, crossing in self._steps(line):
                    if cell != without:
                        heappush(waiting, (self._plus(cost, cell), crossing, (*walk, cell)))
        return (len(self._values) ** 2, 0), tuple(cell for cell in self._cells() if self._value(cell))

    def _steps(self, line: Line) -> Iterator[tuple[Cell, Line]]:
        kind, number = line
        for cell in self._cells():
            if not self._value(cell) and cell not in self._unpublished:
                continue
            if kind == "row" and cell[0] == number and self._can_rise(cell):
                yield cell, ("column", cell[1])
            if kind == "column" and cell[1] == number and self._can_fall(cell):
                yield cell, ("row", cell[0])

    def _plus(self, cost: Cost, cell: Cell) -> Cost:
        # Totals are hidden only when nothing else helps; of the counts, the fewest people.
        if cell in self._hidden:
            return cost
        return (cost[0] + self._is_total(cell), cost[1] + self._value(cell))

    def _is_total(self, cell: Cell) -> bool:
        return cell[0] == self._last[0] or cell[1] == self._last[1]

    def _can_rise(self, cell: Cell) -> bool:
        # Margins count negatively, so that every line sums to zero: a margin rises when its total falls.
        return not self._is_margin(cell) or self._can_lose_one(cell)

    def _can_fall(self, cell: Cell) -> bool:
        return self._is_margin(cell) or self._can_lose_one(cell)

    def _can_lose_one(self, cell: Cell) -> bool:
        return cell in self._unpublished or self._value(cell) >= 2

    def _is_margin(self, cell: Cell) -> bool:
        return (cell[0] == self._last[0]) != (cell[1] == self._last[1])

    def _value(self, cell: Cell) -> int:
        return self._values[cell[0]][cell[1]]

    def _cells(self) -> list[Cell]:
        return [(row, column) for row in range(self._last[0] + 1) for column in range(self._last[1] + 1)]


def _check(rows: Sequence[Sequence[int]]) -> None:
    if len({len(row) for row in rows}) > 1:
        raise InputError("release.ragged_counts", lengths=", ".join(str(len(row)) for row in rows))
    negative = [count for row in rows for count in row if count < 0]
    if negative:
        raise InputError("release.negative_count", given=negative[0])
