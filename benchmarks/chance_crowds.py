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

import pyarrow as pa

import huaxiang
from huaxiang.analyse.groups.contrast import group_portrait

SIZES = (12, 40, 100, 250, 400)


def main() -> None:
    """Print how many crowds have any tag ranked, and which."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--crowds", type=int, default=200)
    given = parser.parse_args()
    workspace, dice = huaxiang.open(given.workspace), random.Random(2026)  # noqa: S311 - the same in every run
    with workspace.reading() as engine:
        population = workspace.population(engine)
        customers = sorted(engine.arrow(population.table.select("customer_id")).column(0).to_pylist())
        keys = [key for key in population.fields if key in population.table.columns]
        held = engine.keep("chance_customers", population.table.select("customer_id", *keys))
        differing = []
        for place in range(given.crowds):
            chosen = dice.sample(customers, min(SIZES[place % len(SIZES)], len(customers) // 2))
            crowd = engine.bring("chance_crowd", pa.table({"chosen_id": chosen}))
            wide = held.left_join(crowd, held.customer_id == crowd.chosen_id)
            rows = wide.mutate(inside=wide.chosen_id.notnull()).drop("chosen_id")
            found = group_portrait(engine, rows, population.fields, keys)
            if found.ranked:
                differing.append([tag.field.key for tag in found.ranked])
    figures = {"customers": len(customers), "tags": len(keys), "crowds": given.crowds, "with_any": len(differing)}
    print(json.dumps({**figures, "share": len(differing) / given.crowds, "which": differing}, ensure_ascii=False))


if __name__ == "__main__":
    main()
