"""DuckDB for every test of a room; the tests that ask for each engine run on Spark too, where every step is slow."""

from collections.abc import Iterator

import pytest
from tests import engines
from tests.prepare import rows

from huaxiang.engine import Engine


@pytest.fixture(scope="session")
def _duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = engines.open_engine("duckdb", engines.new_lake(tmp_path_factory.mktemp("prepare-duck")))
    yield opened
    opened.close()


@pytest.fixture
def engine(_duck: Engine) -> Iterator[Engine]:
    """Yield DuckDB over a lake in which every canonical table is empty."""
    yield _duck
    rows.empty(_duck)


@pytest.fixture
def each_engine(_one_engine: Engine) -> Iterator[Engine]:
    """Yield each engine in turn, over a lake in which every canonical table is empty."""
    yield _one_engine
    rows.empty(_one_engine)
