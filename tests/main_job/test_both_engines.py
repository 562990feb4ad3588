"""Two engines, one lake, one answer: customers, facts, profiles and RFM of a town are the same, row for row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import ibis.expr.types as ir
import pytest
from tests.engines import SMALL
from tests.main_job.conftest import imported

import huaxiang
from huaxiang.analyse.profile import profile
from huaxiang.analyse.registry import analysis_named
from huaxiang.engine import DuckEngine, Engine
from huaxiang.engine.spark import SparkEngine
from huaxiang.engine.spark_session import session
from huaxiang.prepare import facts, unify
from huaxiang.town import build
from huaxiang.workspace import Workspace

pytestmark = [pytest.mark.spark, pytest.mark.slow]
LAST_DAY = date(2026, 6, 30)
#: The end of the data, and a day in their midst.
DAYS = [LAST_DAY, date(2026, 5, 20)]


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
    opened: list[Engine] = [DuckEngine(workspace.lake), SparkEngine(workspace.lake, session(SMALL))]
    yield opened
    for engine in opened:
        engine.close()


def computed(engine: Engine, workspace: Workspace, day: date) -> dict[str, ir.Table]:
    """Everything that a refresh publishes for a day."""
    found = unify(engine, workspace.definitions.identity, workspace.salt())
    tables = {name: engine.keep(f"both_{name}", rows) for name, rows in found.tables().items()}
    for name, rows in facts(engine, tables["account"], day).items():
        tables[name] = engine.keep(f"both_{name}", rows)
    tables["profile"] = engine.keep("both_profile", profile(engine, workspace.definitions.tags, day, tables))
    graded = analysis_named("rfm").on(engine, tables, {}, day).members
    assert graded is not None
    return {**tables, "rfm": graded}


def bag(engine: Engine, rows: ir.Table) -> Counter[str]:
    """The rows in no order, as text."""
    return Counter(repr(sorted(row.items())) for row in engine.arrow(rows).to_pylist())


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_both_engines_give_every_table_row_for_row(workspace: Workspace, engines: list[Engine], day: date) -> None:
    duck, spark = (
        {name: bag(engine, rows) for name, rows in computed(engine, workspace, day).items()} for engine in engines
    )
    assert duck.keys() == spark.keys()
    assert {"profile", "rfm", "sale", "customer", "visit"} <= duck.keys()
    assert min(duck[name].total() for name in ("profile", "rfm", "sale", "act", "identity_link")) > 100
    differing: dict[str, Any] = {
        name: ((duck[name] - spark[name]).most_common(1), (spark[name] - duck[name]).most_common(1))
        for name in duck
        if duck[name] != spark[name]
    }
    assert differing == {}
