"""The engines on which the tests of this room run, over a lake that every test finds empty."""

from collections.abc import Iterator

import pytest
from tests import engines
from tests.prepare import rows

from huaxiang.engine import Engine


@pytest.fixture(scope="session", params=engines.ENGINES)
def _one_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = engines.open_engine(request.param, engines.new_lake(tmp_path_factory.mktemp("prepare")))
    yield opened
    opened.close()


@pytest.fixture
def engine(_one_engine: Engine) -> Iterator[Engine]:
    """Yield each engine in turn, over a lake in which every canonical table is empty."""
    yield _one_engine
    rows.empty(_one_engine)
