"""Whether a job's process still lives: the operating system lets go of its lock when it dies, however it dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Lifeline:
    """The lock of one job. It is taken before the job's process starts and handed to that process."""

    path: Path

    @contextmanager
    def held(self) -> Iterator[int]:
        """Hold the lock and give its file descriptor; a process that inherits it holds on after this one lets go."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield lock.fileno()

    def is_held(self) -> bool:
        """Whether some process holds the lock."""
        if not self.path.exists():
            return False
        with self.path.open("a", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return True
        return False
