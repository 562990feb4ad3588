"""Two engines, one lake, one answer: customers, facts, profiles and RFM of a town are the same, row for row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import ibis.expr.types as ir
import pytest
from tests.engines import AS_SHIPPED, SMALL
from tests.main_job.conftest import imported

import huaxiang
from huaxiang.analyse.order import with_needed
from huaxiang.analyse.profile import profile
from huaxiang.analyse.registry import analysis_named
from huaxiang.engine import DuckEngine, Engine
from huaxiang.engine.spark import SparkEngine
from huaxiang.engine.spark_session import session
from huaxiang.model.tags import Tags
from huaxiang.prepare import facts, unify
from huaxiang.town import build
from huaxiang.workspace import Workspace

pytestmark = [pytest.mark.spark, pytest.mark.slow]
#: The end of the data, with every tag, and a day in their midst with a tag of each kind of rule that looks at days.
DAYS = {
    date(2026, 6, 30): None,
    date(2026, 5, 20): (
        "lifecycle", "spending_level", "net_revenue_365d", "favourite_category", "return_rate", "views_30d",
        "active_hours", "city", "age_years", "days_to_birthday", "shopping_gender", "mood",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A town imported, nothing computed."""
    town = tmp_path_factory.mktemp("town")
    build(town, customers=500, days=60, seed=11)
    workspace = huaxiang.init(tmp_path_factory.mktemp("both") / "ws", memory_limit="2GB", threads=2)
    imported(workspace, *sorted((town / "raw").iterdir()))
    return workspace


@pytest.fixture(scope="module")
def engines(workspace: Workspace) -> Iterator[list[Engine]]:
    """DuckDB and Spark over the same lake."""
    spark = SparkEngine(workspace.lake, session(SMALL))
    for name, value in AS_SHIPPED.items():
        spark._spark.conf.set(name, value)
    opened: list[Engine] = [DuckEngine(workspace.lake), spark]
    yield opened
    for engine in opened:
        engine.close()


@pytest.fixture(scope="module")
def people(workspace: Workspace, engines: list[Engine]) -> list[dict[str, ir.Table]]:
    """Who is who, by each engine: the same on every day."""
    found = [(engine, unify(engine, workspace.definitions.identity, workspace.salt())) for engine in engines]
    return [{name: engine.keep(f"both_{name}", rows) for name, rows in one.tables().items()} for engine, one in found]


def computed(engine: Engine, people: dict[str, ir.Table], tags: Tags, day: date) -> dict[str, ir.Table]:
    """Everything else that a refresh publishes for a day."""
    told = {name: engine.keep(f"both_{name}", rows) for name, rows in facts(engine, people["account"], day).items()}
    told["profile"] = engine.keep("both_profile", profile(engine, tags, day, people | told))
    graded = analysis_named("rfm").on(engine, people | told, {}, day).members
    assert graded is not None
    return {**told, "rfm": graded}


def bag(engine: Engine, rows: ir.Table) -> Counter[str]:
    """The rows in no order, as text."""
    return Counter(repr(sorted(row.items())) for row in engine.arrow(rows).to_pylist())


def compared(engines: list[Engine], tables: list[dict[str, ir.Table]]) -> dict[str, int]:
    """How many rows each table has, which must be the same rows on both engines."""
    duck, spark = (
        {name: bag(engine, rows) for name, rows in mine.items()} for engine, mine in zip(engines, tables, strict=True)
    )
    assert duck.keys() == spark.keys()
    differing: dict[str, Any] = {
        name: ((duck[name] - spark[name]).most_common(1), (spark[name] - duck[name]).most_common(1))
        for name in duck
        if duck[name] != spark[name]
    }
    assert differing == {}
    return {name: rows.total() for name, rows in duck.items()}


def test_both_engines_find_the_same_people(engines: list[Engine], people: list[dict[str, ir.Table]]) -> None:
    rows = compared(engines, people)
    assert min(rows[name] for name in ("account", "customer", "identity_link")) > 100


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_both_engines_give_every_table_row_for_row(
    workspace: Workspace, engines: list[Engine], people: list[dict[str, ir.Table]], day: date
) -> None:
    every, keys = workspace.definitions.tags, DAYS[day]
    tags = every if keys is None else with_needed(keys, every)
    rows = compared(engines, [computed(engine, mine, tags, day) for engine, mine in zip(engines, people, strict=True)])
    assert {"sale_line", "visit", "feedback_fact"} <= rows.keys()
    assert min(rows[name] for name in ("profile", "rfm", "sale", "act")) > 100
