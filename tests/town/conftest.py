"""Two small towns, built once for all tests of the room."""

from __future__ import annotations

from pathlib import Path

import pytest

from huaxiang.town import TownReport, build


@pytest.fixture(scope="session")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> TownReport:
    """500 people over 200 days."""
    return _built(tmp_path_factory, 500, 200)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> TownReport:
    """2,000 people over a year."""
    return _built(tmp_path_factory, 2_000, 365)


def _built(factory: pytest.TempPathFactory, customers: int, days: int) -> TownReport:
    folder: Path = factory.mktemp(f"town{customers}")
    return build(folder, customers=customers, days=days, seed=11)
