"""One builder at a time: the lock that import, refresh and rebuild hold while they write."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from huaxiang.errors import BusyError


@dataclass(frozen=True)
class Builder:
    """Who builds: process, host, since when (ISO 8601), and what."""

    pid: int
    host: str
    since: str
    work: str


@contextmanager
def building(lock: Path, work: str, now: datetime) -> Iterator[Builder]:
    """Hold the workspace's builder lock.

    Raises :class:`BusyError`, naming the one who builds, when another process holds it. The operating system lets
    go of the lock when its holder dies, so that a kill leaves nothing to clean up.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BusyError("engine.busy", **_holder(lock)) from None
        me = Builder(os.getpid(), socket.gethostname(), now.isoformat(timespec="seconds"), work)
        held.truncate(0)
        held.write(json.dumps(asdict(me)))
        held.flush()
        try:
            yield me
        finally:
            held.truncate(0)


def _holder(lock: Path) -> dict[str, object]:
    try:
        found = json.loads(lock.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = {}
    return {"pid": "?", "host": "?", "since": "?", "work": "?", **found}
