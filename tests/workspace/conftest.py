"""One small workspace, copied for every test that changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.once import own_copy
from tests.workspace.small import made_small

from huaxiang.workspace import Workspace


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small workspace, not to be changed."""
    return own_copy(tmp_path_factory, "small", made_small) / "ws"


@pytest.fixture
def workspace(once: Path, tmp_path: Path) -> Workspace:
    """A small workspace of a test's own."""
    return Workspace.open(shutil.copytree(once, tmp_path / "ws", symlinks=True))
