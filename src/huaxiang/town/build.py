"""Building the town: blocks of people in, raw files and truth out, the same bytes for the same arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from huaxiang.errors import InputError
from huaxiang.town.block import Block, block_of
from huaxiang.town.calendar import Calendar
from huaxiang.town.catalogue import open_catalogue
from huaxiang.town.export import Exports
from huaxiang.town.reckoning import Reckoning
from huaxiang.town.world import World

BLOCK_SIZE = 5_000
SMALLEST, LARGEST = 500, 10_000_000
LEAST_DAYS, MOST_DAYS = 60, 1_460
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class TownReport:
    """What was written: rows of each raw file (header not counted), rows of each truth table, and the true totals."""

    folder: Path
    files: dict[str, int] = field(default_factory=dict)
    truth_rows: dict[str, int] = field(default_factory=dict)
    totals: dict[str, Any] = field(default_factory=dict)


def build(folder: Path, *, customers: int, days: int, seed: int, last_day: date = date(2026, 6, 30),
          progress: Progress | None = None) -> TownReport:  # fmt: skip
    """Write ``folder/raw`` and ``folder/truth``: ``customers`` people over the ``days`` up to ``last_day`` inclusive.

    ``progress(stage, done, total)`` is told of every finished block of people; ``stage`` is a code of the words.
    Raises :class:`InputError` for a size or length outside the limits, or a folder already in use.
    """
    _check(folder, customers, days, seed)
    world = World(Calendar(last_day, days), open_catalogue(seed, customers), seed)
    exports = Exports(folder, customers, world)
    reckoning = Reckoning()
    exports.registers()
    total = -(-customers // BLOCK_SIZE)
    for block in _blocks(total, customers, world):
        exports.add(block)
        reckoning.add(block)
        if progress:
            progress("town_people", block.number + 1, total)
    exports.close()
    totals = reckoning.write(folder / "truth", exports, world.catalogue, customers=customers, days=days, seed=seed)
    return TownReport(folder, exports.rows, exports.truth.rows, totals)


def _blocks(total: int, customers: int, world: World) -> Iterator[Block]:
    """The blocks in order; the next one is made while this one is written."""
    with ThreadPoolExecutor(max_workers=1) as ahead:
        coming = ahead.submit(_block, 0, customers, world)
        for number in range(total):
            block = coming.result()
            if number + 1 < total:
                coming = ahead.submit(_block, number + 1, customers, world)
            yield block


def _block(number: int, customers: int, world: World) -> Block:
    index = np.arange(number * BLOCK_SIZE, min((number + 1) * BLOCK_SIZE, customers))
    return block_of(number, index, world)


def _check(folder: Path, customers: int, days: int, seed: int) -> None:
    for code, given, low, high in (("town_customers_out_of_range", customers, SMALLEST, LARGEST),
                                   ("town_days_out_of_range", days, LEAST_DAYS, MOST_DAYS),
                                   ("town_seed_out_of_range", seed, 0, 2**31 - 1)):  # fmt: skip
        if not low <= given <= high:
            raise InputError(code, given=given, low=low, high=high)
    if folder.exists() and not folder.is_dir():
        raise InputError("town_folder_taken", folder=str(folder))
    for part in ("raw", "truth"):
        if (folder / part).exists() and any((folder / part).iterdir()):
            raise InputError("town_folder_taken", folder=str(folder / part))
        (folder / part).mkdir(parents=True, exist_ok=True)
