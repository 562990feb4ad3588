"""Where values lie that the ledger may only know by a keyed hash: what people stated by hand and may have to be erased.

The ledger never forgets, so a value that may be personal stands here under its hash, and the ledger holds the hash.
The vault is kept beside the ledger and belongs into every backup with it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from huaxiang.ledger.store import explained, writing

FILE = "values.sqlite3"
_SCHEMA = "CREATE TABLE IF NOT EXISTS kept (hash TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"


class Vault:
    """Values by hash. What is erased is gone from the file too, and its hash stays without meaning."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection, self._path = connection, path

    @classmethod
    @contextmanager
    def beside(cls, ledger: Path) -> Iterator[Self]:
        """The vault in the folder of that ledger file, made (mode 0600) when missing."""
        path = ledger.parent / FILE
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(path, timeout=60, isolation_level=None)
        try:
            with explained(path):
                for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF"):
                    connection.execute(f"PRAGMA {pragma}").fetchone()
                connection.execute(_SCHEMA)
            yield cls(connection, path)
        finally:
            connection.close()

    def keep(self, name: str, value: str) -> None:
        """Keep a value under its hash; keeping it twice is keeping it once."""
        with explained(self._path), writing(self._connection):
            self._connection.execute("INSERT OR IGNORE INTO kept VALUES (?, ?)", (name, value))

    def values(self) -> dict[str, str]:
        """Every value that is kept, by hash."""
        with explained(self._path):
            return dict(self._connection.execute("SELECT hash, value FROM kept").fetchall())

    def erase(self, names: Iterable[str]) -> int:
        """Forget the values under these hashes; gives how many there were."""
        with explained(self._path), writing(self._connection):
            gone = [self._connection.execute("DELETE FROM kept WHERE hash = ?", (name,)).rowcount for name in names]
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return sum(gone)
