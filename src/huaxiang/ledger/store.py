"""The SQLite file under the ledger: opening it durable, and the few statements that read and write rows."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from huaxiang.errors import BusyError, InputError, WorkspaceError
from huaxiang.ledger.canonical import encode, plain
from huaxiang.ledger.entries import Row

_BUSY_SECONDS = 60
_APPLICATION_ID = 0x48584C31
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF", "cache_size=-65536")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
    key TEXT UNIQUE, body TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS entry_kind_subject ON entry (kind, subject, seq);
CREATE TRIGGER IF NOT EXISTS entry_keeps BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS entry_stays BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'append-only'); END;
"""
_PAGE = """
SELECT * FROM entry
WHERE seq > :after AND (:kind IS NULL OR kind = :kind)
  AND NOT EXISTS (SELECT 1 FROM json_each(:wanted) AS wanted WHERE entry.body -> wanted.key IS NOT wanted.value)
ORDER BY seq LIMIT :count
"""


def connect(path: Path) -> sqlite3.Connection:
    """An open ledger file, created when missing. Commits survive a power cut; what is overwritten is zeroed."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    with explained(path):
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
            "trusted_schema=OFF",
            "cache_size=-65536",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchone()
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if tables and application != _APPLICATION_ID:
            raise WorkspaceError("ledger.not_a_ledger", path=path.name)
        if not tables:
            connection.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}PRAGMA application_id={_APPLICATION_ID};COMMIT;")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into an error that says what happened to the ledger and what to do."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as problem:
        raise _explanation(problem, path) from problem


def _explanation(problem: sqlite3.DatabaseError, path: Path) -> BusyError | WorkspaceError:
    # Text that is no UTF-8 is found by Python, not by SQLite, and has no code.
    code = getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError("ledger.busy", path=path.name, seconds=_BUSY_SECONDS)
    damaged = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return WorkspaceError("ledger.damaged" if damaged else "ledger.not_writable", path=path.name, reason=str(problem))


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction: all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def insert(connection: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Write the rows."""
    connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def last_row(connection: sqlite3.Connection) -> Row | None:
    """The newest row, or None in an empty ledger."""
    return _one(connection.execute("SELECT * FROM entry ORDER BY seq DESC LIMIT 1"))


def latest_row(connection: sqlite3.Connection, kind: str, subject: str) -> Row | None:
    """The newest row of this kind about this subject, or None."""
    sql = "SELECT * FROM entry WHERE kind = ? AND subject = ? ORDER BY seq DESC LIMIT 1"
    return _one(connection.execute(sql, (kind, subject)))


def rows_with_keys(connection: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Row]:
    """The rows already written under these idempotency keys."""
    sql = "SELECT * FROM entry WHERE key IN (SELECT value FROM json_each(?))"
    return {row.key: row for row in map(Row._make, connection.execute(sql, (encode(keys),))) if row.key}


def page(
    connection: sqlite3.Connection, after: int, count: int, kind: str | None, fields: Mapping[str, object]
) -> list[Row]:
    """Up to ``count`` rows behind ``after``, in order; of one kind and with these body fields when given."""
    wanted = {_path(name): encode(plain(value, name)) for name, value in fields.items()}
    given = {"after": after, "count": count, "kind": kind, "wanted": encode(wanted)}
    return [Row._make(row) for row in connection.execute(_PAGE, given)]


def counted(connection: sqlite3.Connection, after: int, until: int) -> dict[str, int]:
    """How many rows of each kind lie behind ``after``, up to and including ``until``."""
    sql = "SELECT kind, count(*) FROM entry WHERE seq > ? AND seq <= ? GROUP BY kind"
    return dict(connection.execute(sql, (after, until)).fetchall())


def _path(name: str) -> str:
    if not name.isidentifier():
        raise InputError("ledger.field_name", given=name)
    return f'$."{name}"'


def _one(cursor: sqlite3.Cursor) -> Row | None:
    found = cursor.fetchone()
    return None if found is None else Row._make(found)
