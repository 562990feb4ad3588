"""The engines on which the tests of this room run, over lakes whose canonical tables are empty."""

from collections.abc import Iterator

import pytest
from tests.engines import engine, lake, new_lake

__all__ = ["duck", "engine", "lake"]

from huaxiang.engine import DuckEngine, Engine


@pytest.fixture(scope="session")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Yield one DuckDB session for all tests that ask what the answer is, not which engine gives it."""
    opened = DuckEngine(new_lake(tmp_path_factory.mktemp("duck")))
    yield opened
    opened.close()
