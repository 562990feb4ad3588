"""How often a key may ask, counted over all worker processes of this machine.

Each key has eight bytes of a shared file: the instant at which its bucket is empty again. A request moves it on by the
key's interval and is refused when it would lie further ahead than one minute's worth of requests (the generic cell rate
algorithm), so the wait that a refusal names is exact.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from threading import Lock

_SLOT = struct.Struct("<d")
_MINUTE = 60.0


class Rates:
    """The buckets of one workspace. Times are seconds of any one clock."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # The file's lock keeps other processes out, not other threads.
        self._lock = Lock()

    def admit(self, number: int, per_minute: int, now: float) -> int:
        """Count one request of the key of that number: 0 lets it pass, else it has to wait for so many seconds."""
        with self._lock, self._slot(number):
            kept = os.pread(self._handle, _SLOT.size, number * _SLOT.size)
            free_at = max(_SLOT.unpack(kept)[0] if len(kept) == _SLOT.size else 0.0, now)
            # A clock that was set back must not lock anybody out.
            free_at = min(free_at, now + 2 * _MINUTE)
            ahead = free_at + _MINUTE / per_minute - now
            if ahead > _MINUTE:
                return max(1, ceil(ahead - _MINUTE))
            os.pwrite(self._handle, _SLOT.pack(now + ahead), number * _SLOT.size)
            return 0

    @contextmanager
    def _slot(self, number: int) -> Iterator[None]:
        fcntl.lockf(self._handle, fcntl.LOCK_EX, _SLOT.size, number * _SLOT.size)
        try:
            yield
        finally:
            fcntl.lockf(self._handle, fcntl.LOCK_UN, _SLOT.size, number * _SLOT.size)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._handle)
