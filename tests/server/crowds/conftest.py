"""One shop for the tests of segments, RFM and editions; a test that changes definitions gets a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.once import own_copy
from tests.server.crowds.shop import made_shop

from huaxiang.workspace import Workspace


@pytest.fixture(scope="session")
def kept_crowd_shop(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The shop, not to be changed."""
    return Workspace.open(own_copy(tmp_path_factory, "crowd-shop", made_shop) / "ws")


@pytest.fixture
def shop(kept_crowd_shop: Workspace, workspace: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the shop, served instead of the empty folder."""
    from django.test import override_settings

    folder = tmp_path / "ws"
    shutil.copytree(kept_crowd_shop.folder, folder, symlinks=True)
    with override_settings(HUAXIANG_WORKSPACE=folder):
        yield Workspace.open(folder)


@pytest.fixture
def empty_shop(workspace: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A workspace into which nothing has come yet."""
    from django.test import override_settings

    made = Workspace.init(tmp_path / "ws", memory_limit="1GB", threads=1)
    with override_settings(HUAXIANG_WORKSPACE=made.folder):
        yield made
