"""One small workspace, copied for every test that changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.once import own_copy
from tests.workspace.small import made_lean, made_small

from huaxiang.workspace import Workspace


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small workspace, not to be changed."""
    return own_copy(tmp_path_factory, "small", made_small) / "ws"


@pytest.fixture(scope="session")
def lean_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the same workspace with few tags, not to be changed: a refresh takes half the time there."""
    return own_copy(tmp_path_factory, "lean", made_lean) / "ws"


@pytest.fixture
def lean(lean_once: Path, tmp_path: Path) -> Workspace:
    """A workspace with few tags of a test's own."""
    return Workspace.open(shutil.copytree(lean_once, tmp_path / "ws", symlinks=True))


@pytest.fixture
def workspace(once: Path, tmp_path: Path) -> Workspace:
    """A small workspace of a test's own."""
    return Workspace.open(shutil.copytree(once, tmp_path / "ws", symlinks=True))
