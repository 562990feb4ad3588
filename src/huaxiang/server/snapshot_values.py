"""What pages look up once for each published snapshot and share: values of a column, figures, versions of crowds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from huaxiang.engine import DuckEngine

T = TypeVar("T")
#: Values of one lake that are held; the one that was asked for longest ago goes first.
MOST_HELD = 400


class _Held:
    """The values of one lake's snapshot."""

    def __init__(self, snapshot: int) -> None:
        self.snapshot = snapshot
        self.values: OrderedDict[Hashable, Any] = OrderedDict()


_LAKES: dict[Path, _Held] = {}
_LOCK = Lock()


def once_per_snapshot(engine: DuckEngine, key: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gives, made once while the same snapshot is published, for all threads of this process.

    ``key`` says what is asked, with all that the answer depends on beside the published tables: stores, definitions,
    language. The value is shared, so it is a plain frozen one and no table of an engine. Two who ask for the first time
    at once both make it.
    """
    folder, snapshot = engine.lake.folder, engine.snapshot()
    with _LOCK:
        held = _LAKES.get(folder)
        if held is None or held.snapshot != snapshot:
            held = _LAKES[folder] = _Held(snapshot)
        if key in held.values:
            held.values.move_to_end(key)
            return held.values[key]  # type: ignore[no-any-return] # what make gave
    value = make()
    with _LOCK:
        held.values[key] = value
        while len(held.values) > MOST_HELD:
            held.values.popitem(last=False)
    return value
