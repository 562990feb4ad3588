"""Keeps the delivering process running beside the pages."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huaxiang.server.stopping import GRACE, deaf_children

#: Seconds before a process that ended is started again.
AGAIN_AFTER = 5.0


@contextmanager
def delivering(workspace: Path) -> Iterator[None]:
    """Have webhooks delivered while the block runs; a process that dies is started again.

    What is being sent when the block ends is cut off after a few seconds: it is sent again next time, under its id.
    """
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(workspace, done), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _keep(workspace: Path, done: threading.Event) -> None:
    command = [sys.executable, "-m", "huaxiang.server.webhooks.run", str(workspace)]
    while not done.is_set():
        with deaf_children():
            # Its end of the pipe closes when this process goes, however it goes.
            process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - the command is ours
        while process.poll() is None and not done.wait(0.5):
            pass
        _end(process)
        done.wait(AGAIN_AFTER)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        # It ends by itself after its own grace; one that does not is ended.
        process.wait(2 * GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
