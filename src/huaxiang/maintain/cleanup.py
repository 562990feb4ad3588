"""What killed builds and superseded results leave behind, removed by the builder that comes after."""

from __future__ import annotations

import shutil
from pathlib import Path

from huaxiang.collect.landing import Landing
from huaxiang.collect.load import STAGING
from huaxiang.engine.in_use import remove_unused
from huaxiang.engine.spill import remove_spilled


def sweep(scratch: Path, landing: Landing, generations: Path) -> None:
    """Remove staged files, spilled rows, half-written copies, and lakes that are not ``current``. Lakes that a reader
    still has open stay until a later sweep.

    Only for the holder of the builder lock.
    """
    for staged in scratch.glob(f"{STAGING}*"):
        shutil.rmtree(staged)
    remove_spilled(scratch)
    landing.sweep()
    current = (generations / "current").resolve()
    remove_unused(folder for folder in sorted(generations.glob("generation-*")) if folder != current)
