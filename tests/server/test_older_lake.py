"""A lake that an older program refreshed last: what it holds is shown, what it lacks is told, nothing breaks."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.server.crowds.conftest import kept_crowd_shop

from huaxiang.engine import DuckEngine
from huaxiang.engine.lake import ALIAS
from huaxiang.server.published import FILLED, NotFilled, Published, unfilled
from huaxiang.words import say
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

__all__ = ["kept_crowd_shop"]

#: Pages that stand on what an older program made too, and those of which the whole content is new.
OLD = ("/", "/crowds/", "/crowds/new/", "/tags/", "/tags/one/city/", "/tags/new/", "/rfm/", "/groups/", "/customers/",
       "/runs/")  # fmt: skip
NEW = ("/quality/",)


@pytest.fixture
def older(kept_crowd_shop: Workspace, workspace: Path, tmp_path: Path) -> Iterator[Workspace]:
    """The shop as if the program had made nothing but profiles and facts."""
    from django.test import override_settings

    folder = Path(shutil.copytree(kept_crowd_shop.folder, tmp_path / "ws", symlinks=True))
    shutil.rmtree(folder / "lake" / "points", ignore_errors=True)
    shutil.rmtree(folder / "points", ignore_errors=True)
    shop = Workspace.open(folder)
    with closing(DuckEngine(shop.lake)) as engine:
        for name in FILLED:
            engine._duck.execute(f"DROP TABLE {ALIAS}.{name}")  # no program of today does so
    with override_settings(HUAXIANG_WORKSPACE=folder):
        yield shop


def test_what_there_is_is_shown_and_what_lacks_is_told(
    older: Workspace, signed_in_client: Callable[..., Client]
) -> None:
    """Until the next refresh; never that nothing was refreshed."""
    customer = older.customer_id_of("M0001")
    client = signed_in_client("admin")
    for path in (*OLD, f"/customers/{customer}/", "/customers/search/?q=M0001"):
        answer = client.get(path, follow=True)
        page = answer.content.decode()
        assert answer.status_code == 200, path
        assert say("shell.unfilled", "zh") in page, path
        assert say("workspace.never_refreshed", "zh") not in page
    for path in NEW:
        answer = client.get(path)
        assert answer.status_code == 400
        assert "huaxiang refresh" in answer.content.decode()
        assert say("quality.empty", "zh") not in answer.content.decode()
    with older.reading() as engine:
        assert unfilled(engine) == FILLED
        tables = Published(engine)
        assert "household" not in tables
        with pytest.raises(NotFilled):
            tables["household"]
