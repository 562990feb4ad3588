"""The main job, done once for all tests of the room: a town imported whole and computed, beside what is true of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import huaxiang
from huaxiang.collect.report import ImportReport
from huaxiang.engine.interface import only
from huaxiang.town import build
from huaxiang.workspace import Workspace

NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Job:
    """A workspace after import and refresh, and the folder of the town that it was fed with."""

    workspace: Workspace
    town: Path
    reports: dict[str, ImportReport]

    def rows(self, table: str, *columns: str) -> list[dict[str, Any]]:
        """The rows of a published table."""
        return published(self.workspace, table, *columns)

    def truth(self, table: str) -> list[dict[str, Any]]:
        """The rows of a table of the truth."""
        return list(pq.read_table(self.town / "truth" / f"{table}.parquet").to_pylist())


def published(workspace: Workspace, table: str, *columns: str) -> list[dict[str, Any]]:
    """The rows of a published table of a workspace."""
    with workspace.reading() as engine:
        rows = engine.table(table)
        return only(engine.arrow(rows.select(*columns) if columns else rows))


def imported(workspace: Workspace, *paths: Path) -> list[ImportReport]:
    """Look at all files and import them at once."""
    looks = [look for path in paths for look in workspace.look(path)]
    return workspace.import_files(looks, NOW)


@pytest.fixture(scope="session")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """2,000 people over a year, all fifteen files imported at once, then refreshed."""
    town = tmp_path_factory.mktemp("town")
    build(town, customers=2_000, days=365, seed=23)
    workspace = huaxiang.init(tmp_path_factory.mktemp("job") / "ws", memory_limit="2GB")
    reports = imported(workspace, *sorted((town / "raw").iterdir()))
    workspace.refresh(NOW)
    return Job(workspace, town, {one.file_name: one for one in reports})


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return huaxiang.init(tmp_path / "ws", memory_limit="2GB")
