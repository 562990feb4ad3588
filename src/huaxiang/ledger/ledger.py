"""The ledger: append, read in order, and verify."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from huaxiang.errors import InputError, WorkspaceError
from huaxiang.ledger import store
from huaxiang.ledger.entries import GENESIS, Appended, Draft, Entry, NewEntry, Row, draft
from huaxiang.ledger.head import Head, HeadFile
from huaxiang.ledger.kinds import kind_named
from huaxiang.ledger.verify import VerifyReport, verify_rows

_CHUNK = 2_000


class Ledger:
    """An open ledger. Safe for many threads and for several processes at once; do not carry it through a fork.

    An entry is on disk when ``append`` returns. Beside ``<name>.sqlite3`` lies ``<name>.head``: back up both.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, head_file: HeadFile) -> None:
        self.path = path
        self._connection = connection
        self._head_file = head_file
        self._lock = threading.RLock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the ledger file, creating it (and its folder) when missing.

        Raises :class:`WorkspaceError` when the file is damaged or no ledger, :class:`BusyError` when it stays locked.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        head_file = HeadFile(path.with_suffix(".head"))
        if not path.exists():
            head_file.create()
        with HeadFile(path.with_suffix(".lock")).locked():
            return cls(path, store.connect(path), head_file)

    def close(self) -> None:
        """Close the file. Closing twice is harmless."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for, and hold, the turn of those who first look what is written and then write what rests on it, so
        that two who do the same thing at once do not both find that nobody has. Writing itself needs no turn."""
        with HeadFile(self.path.with_suffix(".turn")).locked():
            yield

    def append(self, kind: str, body: Mapping[str, Any], *, at: datetime, actor: str, key: str | None = None) -> Entry:
        """Write one entry and return it once it is on disk.

        With a ``key`` that was used before, the first entry comes back and nothing is written; the same key with
        another kind or body is an :class:`InputError`. An unknown kind is :class:`NotFound`.
        """
        checked = draft(NewEntry(kind, body, at, actor, key))
        with self._lock, store.explained(self.path):
            with store.writing(self._connection):
                previous = self._checked_head()
                row = self._repeated([checked]).get(key or "")
                fresh = row is None
                if row is None:
                    row = checked.chained(previous.seq + 1, previous.hash)
                    store.insert(self._connection, [row])
            if fresh:
                self._head_file.advance(Head(row.seq, row.hash))
        return row.entry()

    def append_many(self, entries: Iterable[NewEntry]) -> Appended:
        """Write entries in their order in one transaction: all of them, or none when one of them is refused.

        Keys work as in :meth:`append`, also within the batch. The entries are read as they come, not held in memory.
        """
        drafts = map(draft, entries)
        with self._lock, store.explained(self.path):
            with store.writing(self._connection):
                start = head = self._checked_head()
                repeated = 0
                while chunk := list(islice(drafts, _CHUNK)):
                    head, known = self._write_chunk(chunk, head)
                    repeated += known
            self._head_file.advance(head)
        return Appended(head.seq - start.seq, repeated, head.seq)

    def entries(
        self, kind: str | None = None, after: int = 0, limit: int | None = None, **equal_body_fields: object
    ) -> Iterator[Entry]:
        """Entries behind position ``after`` in order, at most ``limit``; of one kind, with equal body fields.

        Entries appended while reading may be included. A kind that is not known is :class:`NotFound`.
        """
        if kind is not None:
            kind_named(kind)
        return self._entries(kind, after, limit, equal_body_fields)

    def latest(self, kind: str, subject: str) -> Entry | None:
        """The newest entry of this kind about this subject; None when there is none."""
        kind_named(kind)
        with self._lock, store.explained(self.path):
            row = store.latest_row(self._connection, kind, subject)
        return None if row is None else row.entry()

    def counts(self, after: int, until: int) -> dict[str, int]:
        """How many entries of each kind lie behind position ``after``, up to and including ``until``; kinds without any
        are left out."""
        with self._lock, store.explained(self.path):
            return store.counted(self._connection, after, until)

    def position(self) -> int:
        """The ``seq`` of the newest entry; 0 for an empty ledger."""
        return self._last().seq

    def head(self) -> str:
        """The hash of the newest entry, which stands for the whole chain; 64 zeros for an empty ledger."""
        return self._last().hash

    def verify(self) -> VerifyReport:
        """Recompute the whole chain and compare it with the head file; the report names the first thing wrong."""
        # The head file is read first: it never runs ahead of the ledger, but the ledger may run ahead of it.
        noted = self._head_file.read()
        with store.explained(self.path):
            return verify_rows(self._rows(None, 0, None, {}), noted)

    def _last(self) -> Head:
        with self._lock, store.explained(self.path):
            row = store.last_row(self._connection)
        return Head(0, GENESIS) if row is None else Head(row.seq, row.hash)

    def _checked_head(self) -> Head:
        head, noted = self._last(), self._head_file.read()
        if noted is not None and noted.seq > head.seq:
            raise WorkspaceError("ledger.truncated", path=self.path.name, noted=noted.seq, found=head.seq)
        return head

    def _write_chunk(self, drafts: list[Draft], head: Head) -> tuple[Head, int]:
        known = self._repeated(drafts)
        rows: list[Row] = []
        for checked in drafts:
            if checked.key is not None and checked.key in known:
                _same(checked, known[checked.key])
                continue
            rows.append(checked.chained(head.seq + 1, head.hash))
            head = Head(rows[-1].seq, rows[-1].hash)
            if checked.key is not None:
                known[checked.key] = rows[-1]
        store.insert(self._connection, rows)
        return head, len(drafts) - len(rows)

    def _repeated(self, drafts: list[Draft]) -> dict[str, Row]:
        keys = [checked.key for checked in drafts if checked.key is not None]
        known = store.rows_with_keys(self._connection, keys) if keys else {}
        for checked in drafts:
            if checked.key is not None and checked.key in known:
                _same(checked, known[checked.key])
        return known

    def _entries(
        self, kind: str | None, after: int, limit: int | None, fields: Mapping[str, object]
    ) -> Iterator[Entry]:
        for row in self._rows(kind, after, limit, fields):
            yield row.entry()

    def _rows(self, kind: str | None, after: int, limit: int | None, fields: Mapping[str, object]) -> Iterator[Row]:
        left = limit
        while left is None or left > 0:
            count = _CHUNK if left is None else min(left, _CHUNK)
            with self._lock, store.explained(self.path):
                rows = store.page(self._connection, after, count, kind, fields)
            yield from rows
            if len(rows) < count:
                return
            after = rows[-1].seq
            left = None if left is None else left - len(rows)


def _same(checked: Draft, written: Row) -> None:
    if (checked.kind, checked.body) != (written.kind, written.body):
        raise InputError("ledger.key_reused", key=checked.key, seq=written.seq)
