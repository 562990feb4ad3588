"""The engines on which the tests of this room run, over a lake that every test finds empty: DuckDB, and for the tests
that ask for each engine Spark too, where every step is slow.

That Spark gives what DuckDB gives is asked of a whole town, table by table (``tests/main_job/test_both_engines.py``);
what is true of single cases is asked of DuckDB, and of Spark where it words them in another way.
"""

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


@pytest.fixture(scope="session", params=engines.ENGINES)
def _one_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = engines.open_engine(request.param, engines.new_lake(tmp_path_factory.mktemp("prepare")))
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
