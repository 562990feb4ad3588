"""Files that another program wrote, made to survive a power cut before anybody is told of them."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow.parquet as pq


def make_durable(folder: Path) -> tuple[Path, ...]:
    """Flush the folder's Parquet files to disk and give those that hold rows; everything else in it is removed."""
    kept = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".parquet" and pq.read_metadata(path).num_rows:
            _flush(path)
            kept.append(path)
        else:
            path.unlink()
    _flush(folder)
    _flush(folder.parent)
    return tuple(kept)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
