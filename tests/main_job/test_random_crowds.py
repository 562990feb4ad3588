"""Crowds by chance: of twenty groups of the town hardly one is told to differ from the others in anything."""

from __future__ import annotations

import pytest
from benchmarks.chance_crowds import told_to_differ
from tests.main_job.conftest import Job

from huaxiang.analyse.groups.contrast import group_portrait

pytestmark = pytest.mark.slow

#: Of two hundred the benchmark tells.
CROWDS = 20


def test_a_crowd_by_chance_differs_in_nothing(job: Job) -> None:
    """Twenty of five sizes, every tag that has a value, everything that is shown corrected together."""
    found = told_to_differ(job.workspace, CROWDS)
    assert found.tags > 80
    assert len(found.differing) <= CROWDS * 0.1, found.differing


def test_a_crowd_that_is_no_chance_differs(job: Job) -> None:
    """The same measure finds what is there: gold members differ in what they spend."""
    with job.workspace.reading() as engine:
        population = job.workspace.population(engine)
        keys = [key for key in population.fields if key in population.table.columns]
        rows = population.table.mutate(inside=(population.table.spending_level == "high").fill_null(False))
        found = group_portrait(engine, rows, population.fields, keys)
    assert "net_revenue_365d" in [tag.field.key for tag in found.ranked]
