"""The folder of a workspace: where everything lies, and how it is made and opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from secrets import token_bytes
from typing import Any, Self

from huaxiang.collect.landing import Landing
from huaxiang.engine import DuckEngine, Lake
from huaxiang.errors import WorkspaceError
from huaxiang.ledger import Ledger
from huaxiang.maintain.definitions import Definitions, load_definitions
from huaxiang.maintain.purposes import permitted
from huaxiang.maintain.rebuild import put_in_place
from huaxiang.settings import FILE, Settings

FOLDERS = ("landing", "lake", "ledger", "definitions", "mappings", "app", "editions", "exports", "tmp", "secrets")


class Folder:
    """One workspace folder and its settings."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder, self.settings = folder, settings

    @classmethod
    def init(cls, folder: Path | str, **settings: Any) -> Self:
        """Make a workspace in an empty or new folder. Raises :class:`WorkspaceError` when there is one already."""
        path = Path(folder).resolve()
        if (path / FILE).exists():
            raise WorkspaceError("workspace.exists", folder=str(path))
        for name in FOLDERS:
            (path / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        workspace = cls(path, Settings(**settings))
        first = path / "lake" / "generation-0001"
        put_in_place(first.parent, first)
        workspace.lake.create()
        workspace.landing.create()
        workspace.salt()
        workspace.settings.save(path)
        return workspace

    @classmethod
    def open(cls, folder: Path | str = ".") -> Self:
        """The workspace in that folder. Raises :class:`WorkspaceError` when there is none."""
        path = Path(folder).resolve()
        return cls(path, Settings.load(path))

    @property
    def lake(self) -> Lake:
        """The lake of published tables."""
        limits = {"memory_limit": self.settings.memory_limit, "temp_limit": self.settings.temp_limit}
        generation = (self.folder / "lake" / "current").resolve()
        return Lake(generation, self.folder / "tmp", threads=self.settings.threads, **limits)

    @property
    def landing(self) -> Landing:
        """The landing of originals."""
        return Landing(self.folder / "landing")

    @property
    def ledger_path(self) -> Path:
        """The file of the ledger."""
        return self.folder / "ledger" / "ledger.sqlite3"

    @property
    def models_folder(self) -> Path:
        """The trained models of matching, part of the definitions."""
        return self.folder / "definitions" / "matching"

    @cached_property
    def definitions(self) -> Definitions:
        """Tags, segments and identity rules that hold here, as they stood when first asked for."""
        with Ledger.open(self.ledger_path) as ledger:
            return load_definitions(self.folder / "definitions", permitted(ledger))

    @contextmanager
    def reading(self) -> Iterator[DuckEngine]:
        """An engine that reads the published tables."""
        engine = DuckEngine(self.lake, read_only=True)
        try:
            yield engine
        finally:
            engine.close()

    def local(self, now: datetime) -> datetime:
        """The moment as a naive datetime in the workspace's time zone."""
        return now.astimezone(self.settings.zone).replace(tzinfo=None)

    def salt(self) -> bytes:
        """The secret that customer ids are made with; made once, and part of every backup."""
        path = self.folder / "secrets" / "customer_id.key"
        if not path.exists():
            partial = path.with_suffix(".partial")
            partial.write_bytes(token_bytes(32))
            partial.chmod(0o600)
            partial.replace(path)
        return path.read_bytes()

    def hash_keys(self) -> tuple[bytes, ...]:
        """The keys with which partners hash identifiers (HMAC), one in each line of ``secrets/identifier_hash_keys``;
        none without that file."""
        path = self.folder / "secrets" / "identifier_hash_keys"
        lines = path.read_bytes().splitlines() if path.exists() else []
        return tuple(line.strip() for line in lines if line.strip())
