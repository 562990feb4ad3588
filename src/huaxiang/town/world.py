"""What every part of the town shares: its calendar, its catalogue and its seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huaxiang.town.calendar import Calendar
from huaxiang.town.catalogue import Catalogue
from huaxiang.town.chance import generator


@dataclass(frozen=True)
class World:
    """The setting of one town; with a block's number it decides everything in that block."""

    calendar: Calendar
    catalogue: Catalogue
    seed: int

    def chance(self, block: int, purpose: str) -> np.random.Generator:
        """The generator of one purpose in one block."""
        return generator(self.seed, block, purpose)
