"""The shop of the segment pages, and a larger one whose groups can be told apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.once import own_copy
from tests.server.crowds.conftest import empty_shop, kept_crowd_shop, shop
from tests.server.groups.many import made_many

from huaxiang.workspace import Workspace

__all__ = ["empty_shop", "kept_crowd_shop", "shop"]


@pytest.fixture(scope="session")
def kept_many(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A shop of six hundred, not to be changed."""
    return Workspace.open(own_copy(tmp_path_factory, "many", made_many) / "ws")


@pytest.fixture
def many(kept_many: Workspace, workspace: Path) -> Iterator[Workspace]:
    """The shop of six hundred, served instead of the empty folder."""
    from django.test import override_settings

    with override_settings(HUAXIANG_WORKSPACE=kept_many.folder):
        yield kept_many
