"""A count that is running can be stopped: by the person, or by the next count of the same builder page.

Each builder page has a name of its own. While it counts, ``tmp/counts/<name>`` says which count is the latest one; a
count that reads another one there, or that it shall stop, stops its engine. So it does not matter which process or
thread of the pages computes it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from huaxiang.engine import DuckEngine
from huaxiang.errors import Cancelled
from huaxiang.workspace import Workspace

STOP = "stop"
_STROKE = 0.05
#: A day: marks that are older were left by processes that died.
_OLDEST_SECONDS = 86_400


def page_name() -> str:
    """A name for a builder page that nobody can guess."""
    return token_hex(12)


def stop(workspace: Workspace, user: str, page: str) -> None:
    """Stop the count that this person's builder page of that name is running, wherever it runs."""
    _write(_mark(workspace, user, page), STOP)


@contextmanager
def stoppable(engine: DuckEngine, workspace: Workspace, user: str, page: str) -> Iterator[None]:
    """Whatever the engine computes inside can be stopped by :func:`stop`, and by the next such block of the same page.

    Raises :class:`Cancelled` then: ``crowds.count_stopped``, or ``crowds.count_superseded``. The engine can be used
    again at once.
    """
    mark, own = _mark(workspace, user, page), token_hex(8)
    _sweep(mark.parent)
    _write(mark, own)
    watch = _Watch(engine, mark, own)
    watch.start()
    try:
        yield
        watch.look()
    except Exception as problem:
        # An engine that is stopped while it only looks up what there is says so in words of its own.
        if watch.said:
            raise _stopped(watch.said) from problem
        raise
    finally:
        watch.end()
        if _read(mark) == own:
            mark.unlink(missing_ok=True)
    if watch.said:
        raise _stopped(watch.said)


class _Watch(threading.Thread):
    """Reads the mark until it is ended, and stops the engine once the mark names another count; ``said`` is what."""

    def __init__(self, engine: DuckEngine, mark: Path, own: str) -> None:
        super().__init__(name="count", daemon=True)
        self._engine, self._mark, self._own = engine, mark, own
        self._over = threading.Event()
        self.said = ""

    def run(self) -> None:
        while not self._over.wait(_STROKE):
            self.look()
            if self.said:
                # A statement that began just after the last stroke is stopped by this one.
                self._engine.cancel()

    def look(self) -> None:
        said = _read(self._mark)
        if said not in ("", self._own):
            self.said = said

    def end(self) -> None:
        self._over.set()
        self.join()


def _stopped(said: str) -> Cancelled:
    return Cancelled("crowds.count_stopped" if said == STOP else "crowds.count_superseded")


def _mark(workspace: Workspace, user: str, page: str) -> Path:
    name = hashlib.sha256(f"{user}\n{page}".encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return workspace.folder / "tmp" / "counts" / name


def _write(mark: Path, text: str) -> None:
    mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = mark.with_name(f"{mark.name}.{token_hex(4)}")
    partial.write_text(text, encoding="ascii")
    partial.replace(mark)


def _read(mark: Path) -> str:
    try:
        return mark.read_text(encoding="ascii")
    except FileNotFoundError:
        return ""


def _sweep(folder: Path) -> None:
    oldest = time.time() - _OLDEST_SECONDS
    for mark in folder.glob("*"):
        try:
            if mark.stat().st_mtime < oldest:
                mark.unlink()
        except FileNotFoundError:
            continue  # another process swept it
