"""A process that has done the work. Those to be killed start as copies of it, with all that it has loaded and worded:
wording the statements of a refresh takes longer than computing them."""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
import traceback
from multiprocessing.connection import Connection
from typing import NamedTuple, NoReturn

from tests.main_job.work import work

_SPAWNED = multiprocessing.get_context("spawn")


class Order(NamedTuple):
    """What to do on the workspace in ``folder``, and when to be killed: at a place, or after so many seconds."""

    folder: str
    what: str
    files: list[str]
    place: str | None = None
    seconds: float = 600.0


class Nursery:
    """That process, as others see it."""

    def __init__(self) -> None:
        self._pipe, there = _SPAWNED.Pipe()
        self._process = _SPAWNED.Process(target=_obey, args=(there,), daemon=True)
        self._process.start()
        there.close()

    def learn(self, order: Order) -> None:
        """Have the work done by the process itself, and by nobody who could be killed."""
        self._pipe.send((_do, order))
        assert self._pipe.recv() == 0

    def done(self, order: Order) -> int:
        """Have the work done by a copy; how it ended: 0 by itself, -9 when it was killed."""
        self._pipe.send((_copy, order))
        return int(self._pipe.recv())

    def end(self) -> None:
        """Let the process go."""
        self._pipe.close()
        self._process.join()


def _obey(pipe: Connection) -> None:
    while True:
        try:
            how, order = pipe.recv()
        except EOFError:
            return
        pipe.send(how(order))


def _do(order: Order) -> int:
    work(order.folder, order.what, order.files, order.place)
    return 0


def _copy(order: Order) -> int:
    # Nothing of DuckDB is open between two orders, so no thread of it is missing in the copy.
    pid = os.fork()
    if not pid:
        _do_and_end(order)
    ended, handle = select.poll(), os.pidfd_open(pid)
    ended.register(handle, select.POLLIN)
    ended.poll(order.seconds * 1000)
    os.close(handle)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _do_and_end(order: Order) -> NoReturn:
    try:
        _do(order)
    except BaseException:  # noqa: BLE001 - what fails in a copy must not go on as the process that it was made from
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
