"""DuckDB's extensions that came with the install; nothing is fetched from the network."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import duckdb

from huaxiang.errors import EngineError

EXTENSIONS = ("sqlite_scanner", "ducklake")


class _Mark(NamedTuple):
    """One state of one file."""

    path: Path
    inode: int
    size: int
    changed_ns: int


#: Files whose signature DuckDB has checked in this process.
_checked: set[_Mark] = set()


def connection_settings() -> dict[str, str | bool | int | float | list[str]]:
    """Settings with which to open a connection that loads the extensions.

    DuckDB checks a file's signature whenever it loads it, which takes longer than most questions to a lake. Files that
    were checked by this process and are untouched since are not checked again.
    """
    return {"allow_unsigned_extensions": _marks() <= _checked, "autoload_known_extensions": False}


def load_extensions(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the extensions into a fresh connection. Raises :class:`EngineError` when one is missing."""
    marks = _marks()
    connection.execute("SET autoinstall_known_extensions = false")
    for path in _paths():
        quoted = str(path).replace("'", "''")
        connection.execute(f"LOAD '{quoted}'")
    [signed_only] = connection.execute("SELECT NOT current_setting('allow_unsigned_extensions')").fetchall()[0]
    if signed_only:
        _checked.update(marks)


def _marks() -> set[_Mark]:
    return {_Mark(path, seen.st_ino, seen.st_size, seen.st_mtime_ns) for path in _paths() for seen in [path.stat()]}


def _paths() -> list[Path]:
    return [_path(name) for name in EXTENSIONS]


def _path(name: str) -> Path:
    found = files(f"duckdb_extension_{name}") / "extensions" / f"v{duckdb.__version__}"
    path = Path(str(found)) / f"{name}.duckdb_extension"
    if not path.exists():
        raise EngineError("engine.extension_missing", name=name, version=duckdb.__version__)
    return path
