"""One small shop for all tests of these pages; tests only read it, or write into its ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.once import own_copy
from tests.server.customers.shop import made_shop

from huaxiang.workspace import Workspace


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The small shop, not to be changed."""
    return Workspace.open(own_copy(tmp_path_factory, "customers-shop", made_shop) / "ws")


@pytest.fixture
def shop(made: Workspace, workspace: Path) -> Iterator[Workspace]:
    """The small shop, served instead of the empty folder."""
    from django.test import override_settings

    with override_settings(HUAXIANG_WORKSPACE=made.folder):
        yield made


@pytest.fixture(scope="session")
def ids(made: Workspace) -> dict[str, str]:
    """Customer id by member number."""
    return {number: made.customer_id_of(number) for number in ("M0001", "M0002", "M0003", "M0004")}
