"""A count that is running can be stopped: by the person, or by the next count of the same builder page.

Each builder page has a name of its own. While it counts, ``tmp/counts/<name>`` says which count is the latest one; a
count that reads a later one there, or that it shall stop, stops its engine. So it does not matter which process or
thread of the pages computes it. The page numbers what it asks for, since requests may arrive in another order: an
earlier one that comes late stops nothing.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from huaxiang.engine import DuckEngine
from huaxiang.errors import Cancelled
from huaxiang.workspace import Workspace

STOP = "stop"
_STROKE = 0.05
#: A day: marks that are older were left by processes that died.
_OLDEST_SECONDS = 86_400


class Asker(NamedTuple):
    """What asks for a count: the builder page of a person, and which of that page's requests this is."""

    user: str
    page: str
    #: The page counts up. Pages without scripts, whose requests take turns, leave it at 0.
    number: int = 0


class _Said(NamedTuple):
    """What a mark holds: the number of a request, and the name of its count or :data:`STOP`."""

    number: int
    name: str


_NOTHING = _Said(0, "")


def page_name() -> str:
    """A name for a builder page that nobody can guess."""
    return token_hex(12)


def stop(workspace: Workspace, asker: Asker) -> None:
    """Stop what this person's builder page has asked for before, wherever it is counted."""
    _write(_mark(workspace, asker), _Said(asker.number, STOP))


@contextmanager
def stoppable(engine: DuckEngine, workspace: Workspace, asker: Asker) -> Iterator[None]:
    """Whatever the engine computes inside can be stopped by a later :func:`stop`, and by a later such block of the same
    page.

    Raises :class:`Cancelled` then: ``crowds.count_stopped``, or ``crowds.count_superseded``. The engine can be used
    again at once. A block whose page has asked for another one meanwhile does not begin.
    """
    mark, own = _mark(workspace, asker), _Said(asker.number, token_hex(8))
    _sweep(mark.parent)
    later = _read(mark)
    if later.number > own.number:
        raise _stopped(later)
    _write(mark, own)
    watch = _Watch(engine, mark, own)
    watch.start()
    try:
        yield
        watch.look()
    except Exception as problem:
        # An engine that is stopped while it only looks up what there is says so in words of its own.
        if watch.said.name:
            raise _stopped(watch.said) from problem
        raise
    finally:
        watch.end()
        if _read(mark) == own:
            mark.unlink(missing_ok=True)
    if watch.said.name:
        raise _stopped(watch.said)


class _Watch(threading.Thread):
    """Reads the mark until it is ended, and stops the engine once the mark names a later one; ``said`` is what."""

    def __init__(self, engine: DuckEngine, mark: Path, own: _Said) -> None:
        super().__init__(name="count", daemon=True)
        self._engine, self._mark, self._own = engine, mark, own
        self._over = threading.Event()
        self.said = _NOTHING

    def run(self) -> None:
        while not self._over.wait(_STROKE):
            self.look()
            if self.said.name:
                # A statement that began just after the last stroke is stopped by this one.
                self._engine.cancel()

    def look(self) -> None:
        said = _read(self._mark)
        if not said.name or said == self._own:
            return
        if said.number < self._own.number:
            # Two began at once, and the earlier one wrote last.
            _write(self._mark, self._own)
        else:
            self.said = said

    def end(self) -> None:
        self._over.set()
        self.join()


def _stopped(said: _Said) -> Cancelled:
    return Cancelled("crowds.count_stopped" if said.name == STOP else "crowds.count_superseded")


def _mark(workspace: Workspace, asker: Asker) -> Path:
    name = hashlib.sha256(f"{asker.user}\n{asker.page}".encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return workspace.folder / "tmp" / "counts" / name


def _write(mark: Path, said: _Said) -> None:
    mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = mark.with_name(f"{mark.name}.{token_hex(4)}")
    partial.write_text(f"{said.number} {said.name}", encoding="ascii")
    partial.replace(mark)


def _read(mark: Path) -> _Said:
    try:
        number, name = mark.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return _NOTHING
    return _Said(int(number), name)


def _sweep(folder: Path) -> None:
    oldest = time.time() - _OLDEST_SECONDS
    for mark in folder.glob("*"):
        try:
            if mark.stat().st_mtime < oldest:
                mark.unlink()
        except FileNotFoundError:
            continue  # another process swept it
