"""The first moments of the command line: loading the program takes a second or two, and may be stopped too."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

STOPPED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; every problem becomes one sentence on stderr."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    with _stoppable(words):
        from huaxiang.cli.run import main as run

        return run(words)


@contextmanager
def _stoppable(words: Sequence[str]) -> Iterator[None]:
    """Who stops the program before a command has begun gets the sentence about it, at once."""
    early: list[int] = []
    # The few modules that put the sentence into words are loaded first; half of one cannot be asked.
    before = signal.signal(signal.SIGINT, lambda number, _: early.append(number))
    from huaxiang.cli.language import language_of
    from huaxiang.words import say

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.write(2, f"{say('cli.stopped', language_of(words, os.environ))}\n".encode())
        # Modules that are half loaded would answer an exception with tracebacks of their own.
        os._exit(STOPPED)

    signal.signal(signal.SIGINT, stop)
    if early:
        stop(0, None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
