"""The process that delivers: ``python -m huaxiang.server.webhooks.run WORKSPACE``; it ends when its parent does."""

from __future__ import annotations

import fcntl
import os
import sys
import threading
from pathlib import Path
from typing import IO

from huaxiang.server.clock import system_clock
from huaxiang.server.settings import configure
from huaxiang.server.stopping import when_told


def main(folder: str) -> None:
    """Deliver until told to stop, or until the other end of the standard input is gone. One process at a time."""
    configure(Path(folder))
    from huaxiang.server.webhooks.worker import Worker

    worker = Worker(system_clock)
    when_told(worker.stop)
    threading.Thread(target=_until_parent_ends, args=(worker,), daemon=True).start()
    path = Path(folder) / "tmp" / "webhooks.lock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lock:
        while not worker.is_stopping(within=0) and not _is_taken(lock):
            worker.is_stopping(within=1)
        worker.run()


def _is_taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _until_parent_ends(worker: object) -> None:
    # Without a buffer, whose lock a thread that still waits here would hold when the process ends.
    while os.read(0, 1):
        pass
    worker.stop()  # type: ignore[attr-defined] # imported only once Django is set up


if __name__ == "__main__":
    main(sys.argv[1])
