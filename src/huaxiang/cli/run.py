"""One run of the command line, from the words typed to the exit code."""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

import typer

from huaxiang.cli.app import commands
from huaxiang.cli.desk import Desk
from huaxiang.cli.failures import exit_code, told
from huaxiang.cli.language import language_of
from huaxiang.cli.output import clean
from huaxiang.cli.starting import STOPPED

#: Ibis makes millions of objects that stay for a while; looking through all of them again and again takes a tenth of
#: the time of a refresh.
_COLLECTION = (50_000, 20, 20)


class _Interrupts:
    """Remembers that the person asked to stop: deep in the engine the question comes back as another error."""

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def heard(self) -> Iterator[None]:
        before = {name: signal.signal(name, self._stop) for name in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def _stop(self, number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG002 - the signature of a handler
        self.asked = True
        raise KeyboardInterrupt


def main(words: list[str]) -> int:
    """Run one command and give its exit code; every problem becomes one sentence on stderr."""
    gc.set_threshold(*_COLLECTION)
    desk, interrupts = Desk(language_of(words, os.environ), as_json="--json" in words), _Interrupts()
    try:
        with interrupts.heard():
            code = _run(words, desk)
        # Typer turns the interrupt into a code without a word.
        return _stopped(desk) if interrupts.asked else code
    except BrokenPipeError:
        # Whoever read our answer has seen enough; Python would complain once more while closing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _stopped(desk)
    except Exception as problem:  # noqa: BLE001 - the outermost edge: a sentence and a code instead of a stack trace
        return _stopped(desk) if interrupts.asked else _failed(desk, problem)


def _run(words: list[str], desk: Desk) -> int:
    answer: Any = commands().main(words, prog_name="huaxiang", standalone_mode=False, obj=desk)
    sys.stdout.flush()
    return answer if isinstance(answer, int) else 0


def _stopped(desk: Desk) -> int:
    desk.warn(desk.say("cli.stopped"))
    return STOPPED


def _failed(desk: Desk, problem: Exception) -> int:
    if os.environ.get("HUAXIANG_DEBUG") == "1":
        traceback.print_exception(problem, file=sys.stderr)
    if isinstance(problem, typer.Abort):
        return _stopped(desk)
    said = told(problem)
    sentence, code = clean(said.say(desk.lang)), exit_code(problem)
    desk.warn(sentence)
    if desk.as_json:
        desk.answer({"error": {"code": said.code, "params": said.params, "message": sentence, "exit_code": code}})
    return code
