"""Planting dirt: cells spoiled in place, bad rows added, rows exported twice; each one is put on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.town.columns import Bools, Ints, Rows, height, sliced

Change = Callable[[str, np.random.Generator], str]
REPAIRED, QUARANTINED, KEPT, SKIPPED = "repaired", "quarantined", "kept", "skipped"


@dataclass(frozen=True)
class Stain:
    """One kind of dirt. With ``fresh`` it spoils an added copy under a new key in that column, so no fact is lost."""

    reason: str
    handling: str
    rate: float
    change: Change
    column: str = ""
    fresh: str = ""
    added: bool = False
    missing: bool = False
    run: int = 0
    also: tuple[tuple[str, str], ...] = ()

    @property
    def adds(self) -> bool:
        """Whether the dirt comes as an additional row."""
        return self.added or bool(self.fresh)

    @property
    def whole_line(self) -> bool:
        """Whether the written line is spoiled rather than one cell."""
        return not self.column


@dataclass(frozen=True)
class Mark:
    """Dirt at a place in a soiled block: what was written there and what it stands for."""

    place: int
    stain: Stain
    written: str
    meant: str


@dataclass
class Soiled:
    """A block ready to be written: its rows, where dirt lies, and the lines still to be spoiled as text."""

    rows: Rows
    marks: list[Mark] = field(default_factory=list)
    lines: dict[int, Stain] = field(default_factory=dict)


#: How many rows behind its original an added row stands: a copy beside it could be two pieces scanned one by one.
_FAR = (20, 60)


def soil(rows: Rows, stains: tuple[Stain, ...], rng: np.random.Generator, first: bool) -> Soiled:
    """The rows with the stains planted, no row twice; in the first block every stain that fits comes at least once."""
    count = height(rows)
    drawn = _draw(rows, stains, rng, first)
    added = [(stain, place) for stain, places in drawn for place in places if stain.adds]
    # Before the last row, because a spreadsheet cannot end in a blank one.
    keys = np.array([min(place + (stain.run or int(rng.integers(*_FAR))), count - 1) - 0.5 for stain, place in added])
    order = np.argsort(np.concatenate([np.arange(count), keys]), kind="stable")
    where = np.empty(len(order), dtype=np.int64)
    where[order] = np.arange(len(order))
    sources = np.concatenate([np.arange(count), np.array([place for _, place in added], dtype=np.int64)])
    soiled = Soiled(sliced(rows, sources[order]) if added else rows)
    in_place = [(stain, where[place]) for stain, places in drawn for place in places if not stain.adds]
    extra = [(stain, where[count + number]) for number, (stain, _) in enumerate(added)]
    _spoil(soiled, [*in_place, *extra], rng)
    return soiled


def _draw(rows: Rows, stains: tuple[Stain, ...], rng: np.random.Generator, first: bool) -> list[tuple[Stain, Ints]]:
    """The rows that each stain takes, from those that it fits and no other stain took."""
    free = np.ones(height(rows), dtype=np.bool_)
    drawn = []
    for stain in stains:
        fits = np.flatnonzero(free & _fits(rows, stain))
        fits = fits[fits < len(free) - min(_FAR[1], len(free) // 2 + 1)] if stain.adds else fits
        taken = _taken(stain, fits, len(free), rng, first)
        free[taken] = False
        drawn.append((stain, taken))
    return drawn


def _taken(stain: Stain, fits: Ints, count: int, rng: np.random.Generator, first: bool) -> Ints:
    """Rows here and there; or, where exports overlap, one run of neighbours in the first block."""
    if stain.run:
        start = int(rng.integers(0, max(len(fits) - stain.run, 1)))
        return fits[start : start + stain.run] if first else fits[:0]
    wanted = max(int(rng.binomial(count, stain.rate)), int(first))
    return np.sort(rng.choice(fits, min(wanted, len(fits)), replace=False))


def _fits(rows: Rows, stain: Stain) -> Bools:
    if stain.whole_line:
        return np.ones(height(rows), dtype=np.bool_)
    filled = pc.greater(pc.binary_length(rows[stain.column]), 0).fill_null(False)
    return np.asarray(filled) ^ stain.missing


def _spoil(soiled: Soiled, hits: list[tuple[Stain, int]], rng: np.random.Generator) -> None:
    edits: dict[str, dict[int, str]] = {}
    for stain, place in hits:
        meant = "" if stain.whole_line else soiled.rows[stain.column][place].as_py() or ""
        written = meant if stain.whole_line else stain.change(meant, rng)
        if stain.fresh:
            edits.setdefault(stain.fresh, {})[place] = f"{soiled.rows[stain.fresh][place].as_py()}9"
        for column, cell in stain.also:
            edits.setdefault(column, {})[place] = cell
        if stain.whole_line:
            soiled.lines[int(place)] = stain
        else:
            edits.setdefault(stain.column, {})[place] = written
        soiled.marks.append(Mark(int(place), stain, written, meant))
    for column, cells in edits.items():
        soiled.rows[column] = _replaced(soiled.rows[column], cells)


def _replaced(column: pa.Array, cells: dict[int, str]) -> pa.Array:
    places = np.array(sorted(cells), dtype=np.int64)
    mask = np.zeros(len(column), dtype=np.bool_)
    mask[places] = True
    return pc.replace_with_mask(column, pa.array(mask), pa.array([cells[place] for place in places], pa.string()))
