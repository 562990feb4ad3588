"""The shop of the segment pages, whose owner allows webhooks to this machine; refreshed twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.once import own_copy
from tests.server.crowds.conftest import kept_crowd_shop
from tests.server.crowds.shop import NOW
from tests.server.crowds.test_pages import add
from tests.server.webhooks.receiver import Receiver, receiving

from huaxiang.workspace import Workspace

__all__ = ["kept_crowd_shop"]


@pytest.fixture(scope="session")
def moved_shop(kept_crowd_shop: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop in which 13 customers have just entered the crowd ``townspeople``."""

    def moved(made: Path) -> None:
        folder = shutil.copytree(kept_crowd_shop.folder, made / "ws", symlinks=True)
        shop = Workspace.open(folder)
        shop.settings.model_copy(update={"webhook_hosts": ("127.0.0.0/8",)}).save(folder)
        add(shop, "townspeople", "city = 上海市")
        Workspace.open(folder).refresh(NOW)

    return own_copy(tmp_path_factory, "moved-shop", moved) / "ws"


@pytest.fixture
def shop(moved_shop: Path, workspace: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of it, served."""
    from django.test import override_settings

    folder = Path(shutil.copytree(moved_shop, tmp_path / "ws", symlinks=True))
    with override_settings(HUAXIANG_WORKSPACE=folder):
        yield Workspace.open(folder)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on the loopback."""
    with receiving() as found:
        yield found
