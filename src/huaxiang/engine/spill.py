"""Where a session puts what does not fit into memory: a folder of its own, gone with it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from huaxiang.engine.in_use import InUse, remove_unused

_PREFIX = "spill-"


class SpillFolder:
    """One session's folder in the scratch folder of a workspace. It may hold personal data: nobody else may look."""

    def __init__(self, scratch: Path) -> None:
        scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=scratch))
        self._mark = InUse(self.path)

    def remove(self) -> None:
        """Remove the folder with what is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._mark.lift()


def remove_spilled(scratch: Path) -> list[Path]:
    """Remove the folders of sessions that died, and give them."""
    return remove_unused(scratch.glob(f"{_PREFIX}*"))
