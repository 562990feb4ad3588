"""A limit to how long an engine may compute: a rule that would never end is stopped, and says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from huaxiang.engine.interface import Engine
from huaxiang.errors import Cancelled, EngineError

#: How long a person waits for an answer, unless it is said otherwise.
SECONDS = 30.0
# A statement that begins just after the bell rang is stopped by the next stroke.
_STROKE = 0.05


@contextmanager
def within(engine: Engine, seconds: float = SECONDS) -> Iterator[None]:
    """Whatever the engine computes inside is cancelled after so many seconds, all statements counted together.

    Raises :class:`EngineError` ``engine.too_long`` then; the engine can be used again at once.
    """
    bell = _Bell(engine, seconds)
    bell.start()
    try:
        yield
    except (Cancelled, EngineError) as problem:
        if bell.rang:
            raise EngineError("engine.too_long", seconds=f"{seconds:g}") from problem
        raise
    finally:
        bell.stop()


class _Bell(threading.Thread):
    """Waits, then cancels what the engine computes until it is stopped."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        super().__init__(name="deadline", daemon=True)
        self._engine, self._seconds = engine, seconds
        self._over = threading.Event()
        self.rang = False

    def run(self) -> None:
        wait = self._seconds
        while not self._over.wait(wait):
            self.rang = True
            self._engine.cancel()
            wait = _STROKE

    def stop(self) -> None:
        self._over.set()
        self.join()
