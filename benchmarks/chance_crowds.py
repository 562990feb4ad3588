"""How often a crowd drawn by chance is told to differ: ``python -m benchmarks.chance_crowds WORKSPACE [--crowds 200]``.

Crowds of five sizes are drawn from the customers of a workspace (the demo shop will do) and compared with everybody
over every tag that has a column. Nothing is there to be found, so whatever is ranked is a false alarm; the correction
for many tags promises at most one crowd in twenty with any.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

import huaxiang
from huaxiang.analyse.groups.contrast import group_portrait
from huaxiang.workspace import Workspace

SIZES = (12, 40, 100, 250, 400)


class Found(NamedTuple):
    """How many customers and tags there were, and of each crowd that was told to differ the tags that were ranked."""

    customers: int
    tags: int
    differing: list[list[str]]


def main() -> None:
    """Print how many crowds have any tag ranked, and which."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--crowds", type=int, default=200)
    given = parser.parse_args()
    found = told_to_differ(huaxiang.open(given.workspace), given.crowds)
    figures = {"customers": found.customers, "tags": found.tags, "crowds": given.crowds}
    share = len(found.differing) / given.crowds
    print(json.dumps({**figures, "share": share, "which": found.differing}, ensure_ascii=False))


def told_to_differ(workspace: Workspace, crowds: int) -> Found:
    """Draw so many crowds, the same in every run, and compare each with everybody."""
    dice = random.Random(2026)
    with workspace.reading() as engine:
        population = workspace.population(engine)
        customers = sorted(engine.arrow(population.table.select("customer_id")).column(0).to_pylist())
        keys = [key for key in population.fields if key in population.table.columns]
        held = engine.keep("chance_customers", population.table.select("customer_id", *keys))
        differing = []
        for place in range(crowds):
            chosen = dice.sample(customers, min(SIZES[place % len(SIZES)], len(customers) // 2))
            crowd = engine.bring("chance_crowd", pa.table({"chosen_id": chosen}))
            wide = held.left_join(crowd, held.customer_id == crowd.chosen_id)
            rows = wide.mutate(inside=wide.chosen_id.notnull()).drop("chosen_id")
            found = group_portrait(engine, rows, population.fields, keys)
            if found.customers != len(chosen):
                raise RuntimeError(f"{len(chosen)} were drawn, {found.customers} compared")
            if found.ranked:
                differing.append([tag.field.key for tag in found.ranked])
    return Found(len(customers), len(keys), differing)


if __name__ == "__main__":
    main()
