"""The extensions are checked once in a process, and again when a file of theirs has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from huaxiang.engine import DuckEngine, Lake, extensions
from huaxiang.errors import EngineError


@pytest.fixture
def unseen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Copies of the extension files that this process has not seen yet."""
    copies = [Path(shutil.copy(path, tmp_path)) for path in extensions._paths()]
    monkeypatch.setattr(extensions, "_paths", lambda: copies)
    return copies


def load() -> None:
    """Load the extensions into a connection of its own, as the engine does."""
    with duckdb.connect(config=extensions.connection_settings()) as connection:
        extensions.load_extensions(connection)


def test_a_file_is_trusted_only_after_its_signature_was_checked(unseen: list[Path]) -> None:
    assert extensions.connection_settings()["allow_unsigned_extensions"] is False
    load()
    assert extensions.connection_settings()["allow_unsigned_extensions"] is True
    load()


def test_a_file_that_changed_is_checked_again_and_refused(unseen: list[Path]) -> None:
    load()
    with unseen[0].open("r+b") as file:
        file.seek(4096)
        file.write(b"not what was signed")
    assert extensions.connection_settings()["allow_unsigned_extensions"] is False
    with pytest.raises(duckdb.IOException, match="signature"):
        load()
    assert extensions.connection_settings()["allow_unsigned_extensions"] is False


def test_a_missing_extension_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "EXTENSIONS", ("sqlite_scanner",))
    monkeypatch.setattr(duckdb, "__version__", "0.0.1")
    with pytest.raises(EngineError) as refused:
        extensions.connection_settings()
    assert refused.value.params == {"name": "sqlite_scanner", "version": "0.0.1"}


def test_no_session_of_a_lake_loads_anything_more(lake: Lake, tmp_path: Path) -> None:
    other = shutil.copy(extensions._paths()[0], tmp_path / "other.duckdb_extension")
    for engine in (DuckEngine(lake), DuckEngine(lake, read_only=True)):
        with pytest.raises(duckdb.PermissionException, match="disabled"):
            engine._duck.execute(f"LOAD '{other}'")
        engine.close()
