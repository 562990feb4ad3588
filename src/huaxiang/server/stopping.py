"""How the processes of a server end: the first one is told and tells the others, each within a few seconds.

A handler of Python runs in the middle of whatever the main thread does, so one that sets an event may wait for a lock
that the main thread holds: what is to be done on a signal is done by a thread of its own.
"""

from __future__ import annotations

import _thread
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds that a process has for what it is at, before it is ended: requests under way, a message being sent.
GRACE = 2


def when_told(stop: Callable[[], None]) -> None:
    """Have ``stop`` called by a thread of its own at each SIGINT and SIGTERM; it may be called more than once."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _thread.start_new_thread(stop, ()))


@contextmanager
def deaf_children() -> Iterator[None]:
    """Processes started while the block runs never hear Ctrl-C, which a terminal sends to all: their parent ends them.

    This process hears what came meanwhile when the block ends.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
