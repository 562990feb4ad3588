"""An importer over an empty lake, and how the tests of this room write files and look at rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import engines

from huaxiang.collect.importing import Importer
from huaxiang.collect.landing import Landing
from huaxiang.collect.load import Loader
from huaxiang.collect.report import ImportReport
from huaxiang.engine import DuckEngine
from huaxiang.engine.interface import only
from huaxiang.model.mapping import Mapping
from huaxiang.settings import Settings

NOW = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)


@dataclass
class Room:
    """An importer, the folder to write files into, and a clock that goes on by a minute an import."""

    importer: Importer
    folder: Path
    minutes: int = 0
    sources: int = 0

    def new_source(self) -> str:
        """The name of a source that was not there before."""
        self.sources += 1
        return "来源" + "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(self.sources))

    def file(self, name: str, content: str | bytes) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    def bring(
        self, name: str, content: str | bytes, *, form: str | None = None, mapping: Mapping | None = None
    ) -> ImportReport:
        """Write a file and import its only table; the report must add up."""
        [report] = self.run(self.file(name, content), form=form, mapping=mapping)
        return report

    def run(
        self, *paths: Path, form: str | None = None, mapping: Mapping | None = None, dry_run: bool = False
    ) -> list[ImportReport]:
        """Import files at once."""
        looks = [look for path in paths for look in self.importer.look(path, form=form, mapping=mapping)]
        reports = self.importer.run(looks, self.now(), dry_run=dry_run)
        assert all(report.adds_up for report in reports)
        return reports

    def now(self) -> datetime:
        """The next minute."""
        self.minutes += 1
        return NOW + timedelta(minutes=self.minutes)

    def rows(self, table: str, *columns: str, **where: str) -> list[dict[str, Any]]:
        """The rows of a table of the lake in the order in which they came, those with the given values."""
        engine = self.importer.loader.engine
        rows = engine.table(table)
        for name, value in where.items():
            rows = rows.filter(rows[name] == value)
        order = [name for name in ("import_id", "source_row") if name in rows.columns]
        ordered = rows.order_by(order) if order else rows
        return only(engine.arrow(ordered.select(*columns) if columns else ordered))


def new_room(folder: Path) -> Room:
    """A room with an empty lake."""
    lake = engines.new_lake(folder)
    landing = Landing(folder / "landing")
    landing.create()
    (folder / "files").mkdir()
    importer = Importer(landing, Loader(DuckEngine(lake), Settings(), lake.scratch), folder / "mappings")
    return Room(importer, folder / "files")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A room with an empty lake."""
    made = new_room(tmp_path)
    yield made
    made.importer.loader.engine.close()


@pytest.fixture(scope="module")
def shared_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """One room for many random examples, each of which is a source of its own."""
    made = new_room(tmp_path_factory.mktemp("room"))
    yield made
    made.importer.loader.engine.close()
