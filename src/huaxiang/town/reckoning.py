"""The true totals of the town, added up block by block, and the planted patterns as plain files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from huaxiang.town.archetypes import describe
from huaxiang.town.behaviour import CART_LOSS
from huaxiang.town.block import Block
from huaxiang.town.catalogue import Catalogue
from huaxiang.town.columns import Ints
from huaxiang.town.export import Exports
from huaxiang.town.people import PLATFORMS
from huaxiang.town.truth import write_json


class Reckoning:
    """Net revenue and counted orders by source, and the funnel by platform."""

    def __init__(self) -> None:
        self._net = {"store": 0, "web": 0}
        self._counted = {"store": 0, "web": 0}
        self._reached: dict[str, Ints] = {}

    def add(self, block: Block) -> None:
        """Count the block in."""
        orders = block.truth["orders"]
        source = np.asarray(orders["source"].to_numpy(zero_copy_only=False))
        net, counted = orders["net_cents"].to_numpy(), np.asarray(orders["counted"])
        for name in self._net:
            here = source == name
            self._net[name] += int(net[here].sum())
            self._counted[name] += int(counted[here].sum())
        for step, sessions in block.reached.items():
            self._reached[step] = self._reached.get(step, np.zeros_like(sessions)) + sessions

    def write(self, folder: Path, exports: Exports, catalogue: Catalogue, **arguments: int) -> dict[str, Any]:
        """Write summary, rules, funnel and archetypes; what comes back is the summary."""
        totals = {**arguments, "rows": exports.rows, "truth_rows": exports.truth.rows,
                  "net_revenue_cents": sum(self._net.values()), "net_revenue_cents_by_source": self._net,
                  "counted_orders": sum(self._counted.values()), "counted_orders_by_source": self._counted}  # fmt: skip
        write_json(folder / "summary.json", totals)
        write_json(folder / "rules.json", [{"bought": catalogue.code[rule.bought].as_py(),
                                            "bought_name": catalogue.name[rule.bought].as_py(),
                                            "also": catalogue.code[rule.also].as_py(),
                                            "also_name": catalogue.name[rule.also].as_py(),
                                            "planted_chance": rule.chance} for rule in catalogue.rules])  # fmt: skip
        write_json(folder / "funnel.json", self._funnel())
        write_json(folder / "archetypes.json", describe())
        return totals

    def _funnel(self) -> list[dict[str, Any]]:
        return [{"platform": platform, "planted_cart_loss": CART_LOSS[number],
                 "sessions_reaching": {step: int(sessions[number]) for step, sessions in self._reached.items()}}
                for number, platform in enumerate(PLATFORMS)]  # fmt: skip
