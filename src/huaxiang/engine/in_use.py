"""Folders that a process marks as in use for as long as it lives, so that whoever cleans up leaves them alone."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable
from pathlib import Path


class InUse:
    """The mark on one folder; any number of processes may set it. The operating system lifts it when a process dies."""

    def __init__(self, folder: Path) -> None:
        self._handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def lift(self) -> None:
        """Take the mark away. Doing so twice is harmless."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def remove_unused(folders: Iterable[Path]) -> list[Path]:
    """Remove those of the folders that nobody uses, and give them; the others stay for a later time."""
    return [folder for folder in folders if folder.is_dir() and _removed(folder)]


def _removed(folder: Path) -> bool:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        shutil.rmtree(folder)
        return True
    finally:
        os.close(handle)
