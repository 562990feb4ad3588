"""The delivering process: it survives being killed, and one destination that never answers holds up no other."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from time import sleep

import pytest
from tests.server.webhooks.receiver import Receiver

pytestmark = pytest.mark.slow
#: Subscribes both destinations from the first refresh on, in a process of its own.
SUBSCRIBE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from huaxiang.server.serve import set_up
set_up(Path(sys.argv[1]))
from huaxiang.server.webhooks.subscribing import Asked, subscribe
for url in sys.argv[2:]:
    made = subscribe(Asked("one", url, ("townspeople",)), datetime.now(UTC), "kim")
    made.run_id = "run-00001"
    made.save()
"""


def started(folder: Path) -> subprocess.Popen[bytes]:
    """The delivering process."""
    command = [sys.executable, "-m", "huaxiang.server.webhooks.run", str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def awaited(condition: object) -> None:
    """Wait until it holds; a test that waits for a minute has failed."""
    for _ in range(600):
        if condition():  # type: ignore[operator]
            return
        sleep(0.1)
    pytest.fail("it did not happen within a minute")


def states(folder: Path) -> list[dict[str, object]]:
    """The webhooks as the command line tells them."""
    command = [sys.executable, "-m", "huaxiang.cli", "webhook", "list", "--json", "-w", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: list[dict[str, object]] = json.loads(done.stdout)["webhooks"]
    return found


def test_killed_while_sending_it_sends_the_same_message_again(
    moved_shop: Path, tmp_path: Path, receiver: Receiver
) -> None:
    folder = Path(shutil.copytree(moved_shop, tmp_path / "ws", symlinks=True))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # It accepts connections and never answers.
        never = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        subprocess.run([sys.executable, "-c", SUBSCRIBE, str(folder), never, receiver.url], check=True)
        hold = threading.Event()
        receiver.before = hold.wait
        first = started(folder)
        awaited(lambda: receiver.got)
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        assert first.stdin is not None
        first.stdin.close()
        hold.set()
        second = started(folder)
        try:
            awaited(lambda: len(receiver.got) == 2)
            awaited(lambda: states(folder)[1]["waiting"] == 0)
            told = states(folder)
        finally:
            assert second.stdin is not None
            # Its parent's end of the pipe is all that keeps it.
            second.stdin.close()
            assert second.wait(timeout=60) == 0
    assert receiver.ids[0] == receiver.ids[1]
    assert receiver.got[0].body == receiver.got[1].body
    assert [(one["waiting"], one["dead"]) for one in told] == [(1, 0), (0, 0)]
