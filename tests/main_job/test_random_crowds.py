"""Crowds by chance: of forty groups of the town hardly one is told to differ from the others in anything."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest
from tests.main_job.conftest import Job

from huaxiang.analyse.groups.contrast import group_portrait

pytestmark = pytest.mark.slow

SIZES = (12, 40, 100, 250, 600)
#: Of two hundred, ``benchmarks.chance_crowds`` tells.
CROWDS = 40


def test_a_crowd_by_chance_differs_in_nothing(job: Job) -> None:
    """Forty of five sizes, every tag that has a value, everything that is shown corrected together."""
    dice = random.Random(2026)
    with job.workspace.reading() as engine:
        population = job.workspace.population(engine)
        customers = sorted(population.table.customer_id.to_pyarrow().to_pylist())
        keys = [key for key in population.fields if key in population.table.columns]
        held = engine.keep("random_crowds", population.table.select("customer_id", *keys))
        differing = []
        for place in range(CROWDS):
            chosen = dice.sample(customers, SIZES[place % len(SIZES)])
            crowd = engine.bring("random_crowd", pa.table({"chosen_id": chosen}))
            wide = held.left_join(crowd, held.customer_id == crowd.chosen_id)
            rows = wide.mutate(inside=wide.chosen_id.notnull()).drop("chosen_id")
            found = group_portrait(engine, rows, population.fields, keys)
            assert found.customers == len(chosen)
            if found.ranked:
                differing.append([tag.field.key for tag in found.ranked])
    assert len(keys) > 80
    assert len(differing) <= CROWDS * 0.1, differing


def test_a_crowd_that_is_no_chance_differs(job: Job) -> None:
    """The same measure finds what is there: gold members differ in what they spend."""
    with job.workspace.reading() as engine:
        population = job.workspace.population(engine)
        keys = [key for key in population.fields if key in population.table.columns]
        rows = population.table.mutate(inside=(population.table.spending_level == "high").fill_null(False))
        found = group_portrait(engine, rows, population.fields, keys)
    assert "net_revenue_365d" in [tag.field.key for tag in found.ranked]
