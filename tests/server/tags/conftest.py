"""The shop of the segment tests, with a few tags of its own; a test that changes definitions gets a copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.once import own_copy
from tests.server.crowds.conftest import kept_crowd_shop
from tests.server.crowds.shop import ATTACK, NOW

from huaxiang.workspace import Statement, Workspace

__all__ = ["kept_crowd_shop"]

#: A given tag with a hostile name, a guarded one, and one that a formula needs.
OWN = f"""
vip: {{element: social, zh: "贵宾{ATTACK}", en: "VIP {ATTACK}", meaning_zh: "店长认定。{ATTACK}", meaning_en: "Named.",
  type: text, values: {{gold: {{zh: "金{ATTACK}", en: gold}}, silver: {{zh: 银, en: silver}}}}, owner: the-analyst,
  rule: {{kind: given}}}}
"""
TRAIL = """
trail: {element: behaviour, zh: 行踪, en: Trail, meaning_zh: 常去的地方。, meaning_en: Where they go., type: text,
  sensitivity: sensitive, needs_purpose: true, owner: the-analyst, rule: {kind: given}}
"""


@pytest.fixture(scope="session")
def kept_tag_shop(kept_crowd_shop: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The shop with given tags and two runs, not to be changed."""

    def tagged(made: Path) -> None:
        folder = shutil.copytree(kept_crowd_shop.folder, made / "ws", symlinks=True)
        tags = folder / "definitions" / "tags"
        tags.mkdir(exist_ok=True)
        (tags / "vip.yaml").write_text(OWN, encoding="utf-8")
        (tags / "trail.yaml").write_text(TRAIL, encoding="utf-8")
        shop = Workspace.open(folder)
        shop.give_tag(["M0001"], Statement("vip", "gold", f"熟客{ATTACK}"), NOW, actor="the-analyst")
        shop.refresh(NOW)

    return Workspace.open(own_copy(tmp_path_factory, "tag-shop", tagged) / "ws")


@pytest.fixture
def shop(kept_tag_shop: Workspace, workspace: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the shop, served instead of the empty folder."""
    from django.test import override_settings

    folder = tmp_path / "ws"
    shutil.copytree(kept_tag_shop.folder, folder, symlinks=True)
    with override_settings(HUAXIANG_WORKSPACE=folder):
        yield Workspace.open(folder)
