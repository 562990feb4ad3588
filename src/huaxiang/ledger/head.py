"""The head file beside the ledger: how far the chain had come. It shows when entries were cut off at the end."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from huaxiang.ledger.entries import GENESIS

_WIDTH = 20 + 1 + 64 + 1


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry known to be committed: its ``seq`` (0 for none) and its hash."""

    seq: int
    hash: str


class HeadFile:
    """One line of fixed width, ``seq hash``. It may lag behind the ledger after a crash; it never runs ahead of it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self) -> None:
        """Write the head of an empty ledger, unless there is a head file."""
        with self._locked(os.O_CREAT) as handle:
            if os.fstat(handle).st_size == 0:
                _write(handle, Head(0, GENESIS))

    def read(self) -> Head | None:
        """The head as noted; None when the file is missing or holds something else."""
        try:
            return _parse(self.path.read_bytes())
        except FileNotFoundError:
            return None

    def advance(self, head: Head) -> None:
        """Note ``head`` unless a later one is noted. A file that went missing stays missing: ``verify`` reports it."""
        try:
            with self._locked(0) as handle:
                noted = _parse(os.pread(handle, _WIDTH, 0))
                if noted is not None and noted.seq < head.seq:
                    _write(handle, head)
        except FileNotFoundError:
            return

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the head file's lock, so that only one process at a time prepares the store."""
        with self._locked(os.O_CREAT):
            yield

    @contextmanager
    def _locked(self, flags: int) -> Iterator[int]:
        handle = os.open(self.path, os.O_RDWR | os.O_CLOEXEC | flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
        finally:
            os.close(handle)


def _write(handle: int, head: Head) -> None:
    os.pwrite(handle, f"{head.seq:020d} {head.hash}\n".encode(), 0)
    os.fsync(handle)


def _parse(line: bytes) -> Head | None:
    seq, _, digest = line.decode("ascii", "replace").strip().partition(" ")
    if not (seq.isascii() and seq.isdigit() and len(digest) == len(GENESIS)):
        return None
    return Head(int(seq), digest)
