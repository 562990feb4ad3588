"""Files that another program wrote, made to survive a power cut before anybody is told of them."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from huaxiang.flushing import flush


def make_durable(folder: Path) -> tuple[Path, ...]:
    """Flush the folder's Parquet files to disk and give those that hold rows; everything else in it is removed."""
    kept = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".parquet" and pq.read_metadata(path).num_rows:
            flush(path)
            kept.append(path)
        else:
            path.unlink()
    flush(folder)
    flush(folder.parent)
    return tuple(kept)
