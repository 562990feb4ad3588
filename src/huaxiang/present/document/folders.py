"""A folder of files that is there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from huaxiang.flushing import flush


def put_whole(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files into ``folder``, which takes the place of one that an interrupted attempt left there.

    Everything is on disk when this returns.
    """
    fresh = folder.with_name(f".{folder.name}")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    for name, content in files.items():
        with (fresh / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    flush(fresh)
    shutil.rmtree(folder, ignore_errors=True)
    fresh.replace(folder)
    flush(folder.parent)
