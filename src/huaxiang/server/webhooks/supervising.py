"""Keeps the delivering process running beside the pages."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Seconds before a process that ended is started again.
AGAIN_AFTER = 5.0


@contextmanager
def delivering(workspace: Path) -> Iterator[None]:
    """Have webhooks delivered while the block runs; a process that dies is started again."""
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(workspace, done), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join(timeout=20)


def _keep(workspace: Path, done: threading.Event) -> None:
    command = [sys.executable, "-m", "huaxiang.server.webhooks.run", str(workspace)]
    while not done.is_set():
        # Its end of the pipe closes when this process goes, however it goes.
        process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - the command is ours
        while process.poll() is None and not done.wait(0.5):
            pass
        if process.stdin is not None:
            process.stdin.close()
        process.wait()
        done.wait(AGAIN_AFTER)
