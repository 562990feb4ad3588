"""Measuring: medians of repeats, and what the machine was like meanwhile."""

from __future__ import annotations

import os
import platform
import resource
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, TypeVar

Given = TypeVar("Given")
_FSYNCS = 20


@dataclass(frozen=True)
class Figure:
    """One headline figure. Seconds are medians; ``twin`` is the same result by hand-written SQL, ``limit`` what the
    machine needs for the bare reading or writing; ``agrees`` says how the results compare."""

    name: str
    ours: float
    twin: float | None
    limit: float | None
    agrees: str

    @property
    def ratio(self) -> float | None:
        """How many times the twin's seconds ours are."""
        return None if self.twin is None else self.ours / self.twin


def timed(run: Callable[[], Given], repeats: int = 1) -> tuple[float, Given]:
    """The median of the seconds that ``run`` takes, and what it gave the last time."""
    taken = []
    for _ in range(repeats):
        started = perf_counter()
        given = run()
        taken.append(perf_counter() - started)
    return median(taken), given


def written_and_flushed(folder: Path, size: int) -> float:
    """The seconds that writing so many bytes to disk takes."""
    path, block = folder / "limit.bin", os.urandom(1 << 20)

    def write() -> None:
        with path.open("wb") as stream:
            for start in range(0, size, len(block)):
                stream.write(block[: min(len(block), size - start)])
            stream.flush()
            os.fsync(stream.fileno())

    seconds, _ = timed(write, 3)
    path.unlink()
    return seconds


def machine(folder: Path) -> dict[str, Any]:
    """Cores, load, memory used at the peak, and how long a flush of one small write takes."""
    return {
        "cores": os.cpu_count(),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "fsync_ms": round(1000 * _fsync_seconds(folder), 2),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _fsync_seconds(folder: Path) -> float:
    path = folder / "fsync.bin"
    with path.open("wb") as stream:

        def write() -> None:
            stream.write(b"x" * 4096)
            stream.flush()
            os.fsync(stream.fileno())

        seconds, _ = timed(write, _FSYNCS)
    path.unlink()
    return seconds
