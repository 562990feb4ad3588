"""What many tests start from, made once for the whole run by whichever process needs it first, and copied."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def own_copy(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder of the caller's own with what ``make`` puts into an empty one; it runs once, whoever else asks.

    ``name`` stands for what is made: the same name with another ``make`` gives what the first one made.
    """
    kept = _of_the_run(factory) / "once" / name
    with _alone(kept):
        if not _mark(kept).exists():
            shutil.rmtree(kept, ignore_errors=True)  # left by one that failed
            kept.mkdir()
            make(kept)
            _mark(kept).touch()
    return Path(shutil.copytree(kept, factory.mktemp(name) / name, symlinks=True))


def _of_the_run(factory: pytest.TempPathFactory) -> Path:
    """The folder that all processes of the run share."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def _mark(kept: Path) -> Path:
    return kept.with_name(f"{kept.name}.made")


@contextmanager
def _alone(kept: Path) -> Iterator[None]:
    kept.parent.mkdir(exist_ok=True)
    with kept.with_name(f"{kept.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
