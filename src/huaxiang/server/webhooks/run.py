"""The process that delivers: ``python -m huaxiang.server.webhooks.run WORKSPACE``; it ends when its parent does."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
from pathlib import Path

from huaxiang.server.clock import system_clock
from huaxiang.server.settings import configure


def main(folder: str) -> None:
    """Deliver until told to stop, or until the other end of the standard input is gone. One process at a time."""
    configure(Path(folder))
    from huaxiang.server.webhooks.worker import Worker

    path = Path(folder) / "tmp" / "webhooks.lock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        worker = Worker(system_clock)
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())
        signal.signal(signal.SIGINT, lambda *_: worker.stop())
        threading.Thread(target=_until_parent_ends, args=(worker,), daemon=True).start()
        worker.run()


def _until_parent_ends(worker: object) -> None:
    # Without a buffer, whose lock a thread that still waits here would hold when the process ends.
    while os.read(0, 1):
        pass
    worker.stop()  # type: ignore[attr-defined] # imported only once Django is set up


if __name__ == "__main__":
    main(sys.argv[1])
