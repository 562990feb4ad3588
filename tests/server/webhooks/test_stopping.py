"""The whole server, told to stop as a terminal does it: every process at once, pages open, a message on its way."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from time import sleep

import pytest
from tests.server.webhooks.test_worker import SUBSCRIBE, awaited

pytestmark = pytest.mark.slow
#: Seconds within which a server that was told to stop has to be gone, on a machine that is busy with other things.
BOUND = 25


def started(folder: Path, port: int) -> subprocess.Popen[str]:
    """The server, first of a process group of its own as a terminal's commands are."""
    command = [sys.executable, "-m", "huaxiang.cli", "serve", "-w", str(folder), "--port", str(port)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def open_page(port: int) -> HTTPConnection:
    """A page that was read whole, on a connection that stays."""
    connection = HTTPConnection("127.0.0.1", port)
    awaited(lambda: can_connect(connection))
    connection.request("GET", "/")
    connection.getresponse().read()
    return connection


def can_connect(connection: HTTPConnection) -> bool:
    """Whether the server listens by now."""
    try:
        connection.connect()
    except OSError:
        return False
    return True


def alive(group: int) -> list[str]:
    """The processes of a group that still run."""
    done = subprocess.run(["ps", "-A", "-o", "pgid=,stat=,args="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 2) for line in done.stdout.splitlines())
    return [args for pgid, stat, args in rows if int(pgid) == group and not stat.startswith("Z")]


def end(group: int) -> None:
    """Leave nothing behind when the test has failed."""
    if alive(group):
        os.killpg(group, signal.SIGKILL)


@pytest.mark.parametrize(
    ("number", "times", "delivers"),
    [(signal.SIGINT, 3, True), (signal.SIGTERM, 1, False)],
    ids=["impatient", "terminated"],
)
def test_all_of_it_ends_soon_and_silently(
    moved_shop: Path, tmp_path: Path, number: signal.Signals, times: int, delivers: bool
) -> None:
    folder = Path(shutil.copytree(moved_shop, tmp_path / "ws", symlinks=True))
    with ExitStack() as held:
        silent = held.enter_context(socket.create_server(("127.0.0.1", 0)))
        never = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        subprocess.run([sys.executable, "-c", SUBSCRIBE, str(folder), never], check=True)
        if not delivers:
            # Another process delivers already; the server's own one waits for its turn.
            lock = held.enter_context((folder / "tmp" / "webhooks.lock").open("a"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = held.enter_context(started(folder, port))
        held.callback(end, server.pid)
        held.callback(open_page(port).close)
        if delivers:
            # The message is on its way, and nobody will answer.
            held.enter_context(silent.accept()[0])
        else:
            awaited(lambda: any("webhooks.run" in args for args in alive(server.pid)))
        for _ in range(times):
            os.killpg(server.pid, number)
            sleep(0.05)
        said, _ = server.communicate(timeout=BOUND)
        awaited(lambda: not alive(server.pid))
    assert server.returncode == 0
    assert re.fullmatch(r"[^\n]+\n[^\n]*/link/[^\n]+\n", said), said
