"""The two engines as fixtures, so that one test body runs on both.

A room's ``conftest.py`` takes them with ``from tests import engines``, ``engine = engines.engine`` and
``lake = engines.lake``; every test that asks for ``engine`` then runs once on DuckDB and once on Spark.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from huaxiang.engine import DuckEngine, Engine, Lake
from huaxiang.engine.spark import SparkEngine
from huaxiang.engine.spark_session import session

ENGINES = ["duckdb", pytest.param("spark", marks=pytest.mark.spark)]
#: How Spark is left to compute outside of tests: by programs that it writes and compiles, planned anew as it goes on.
AS_SHIPPED = {
    "spark.sql.codegen.wholeStage": "true",
    "spark.sql.codegen.factoryMode": "FALLBACK",
    "spark.sql.adaptive.enabled": "true",
}
#: For a few rows that takes longer than to interpret the plan as it stands, on two partitions that stay two. A whole
#: town is computed as shipped (``tests/main_job/test_both_engines.py``).
_PLAIN = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}
#: One session serves the whole run; HUAXIANG_SPARK_MASTER=local-cluster[2,1,1024] runs it on real workers.
SMALL = {
    "spark.master": os.environ.get("HUAXIANG_SPARK_MASTER", "local[2]"),
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.driver.memory": "1g",
    # A session of minutes does not earn back what Java spends on its best code, and on collecting with several threads.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.log.level": "OFF",
    **_PLAIN,
}


def new_lake(folder: Path) -> Lake:
    """Return a lake in that folder in which every canonical table is empty."""
    lake = Lake(folder / "ws" / "lake", folder / "ws" / "scratch", memory_limit="2GB", threads=2)
    lake.create()
    return lake


def open_engine(name: str, lake: Lake) -> Engine:
    """Return an engine of that name over the lake; whoever opens it closes it."""
    return SparkEngine(lake, session(SMALL)) if name == "spark" else DuckEngine(lake)


def rows(engine: Engine, expr: Any) -> list[dict[str, Any]]:
    """Return what the expression gives on this engine, as dictionaries."""
    found: list[dict[str, Any]] = engine.arrow(expr).to_pylist()
    return found


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Return a lake in which every canonical table is empty."""
    return new_lake(tmp_path)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, lake: Lake) -> Iterator[Engine]:
    """Yield each engine in turn, over `lake`."""
    opened = open_engine(request.param, lake)
    yield opened
    opened.close()
