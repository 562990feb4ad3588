"""The workspace and its published tables, as the pages reach them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from huaxiang.engine import DuckEngine
from huaxiang.settings import FILE
from huaxiang.workspace import Workspace


class _Held(threading.local):
    """What a thread holds: its engine, and whether it is answering a request."""

    engine: DuckEngine | None = None
    is_answering = False
    is_settled = False


_HELD = _Held()
_HOMES: dict[Path, tuple[object, Workspace]] = {}


def workspace() -> Workspace:
    """The workspace that these pages serve, with its definitions as they stand now.

    The same one until its settings, a definition or the ledger change: reading definitions costs more than finding a
    customer.
    """
    folder = Path(settings.HUAXIANG_WORKSPACE)
    stamp = _stamp(folder)
    held = _HOMES.get(folder)
    if held is None or held[0] != stamp:
        held = _HOMES[folder] = (stamp, Workspace.open(folder))
    return held[1]


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    files = [folder / FILE, *(folder / "ledger").glob("ledger.sqlite3*")]
    for at, folders, names in os.walk(folder / "definitions"):
        folders[:] = [name for name in folders if name != "history"]
        files += [Path(at, name) for name in names]
    return tuple((str(path), seen.st_mtime_ns, seen.st_size) for path in files if (seen := _seen(path)))


def _seen(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None  # a file that is being replaced, or is not there yet


@contextmanager
def reading() -> Iterator[DuckEngine]:
    """An engine over the published tables, kept by this thread from request to request.

    Opening one costs more than most pages take. It is opened anew when a rebuild has put another lake in place.
    """
    lake = workspace().lake
    held = _HELD.engine
    if held is None or held.lake != lake:
        let_go()
        held = _HELD.engine = DuckEngine(lake, read_only=True)
    if _HELD.is_answering and not _HELD.is_settled:
        held.hold()
        _HELD.is_settled = True
    yield held


class OneSnapshot:
    """Middleware: what is published is looked up once for a request, when it first reads."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; afterwards this thread's engine sees again what others publish."""
        _HELD.is_answering = True
        try:
            return self._get_response(request)
        finally:
            _HELD.is_answering = _HELD.is_settled = False
            if _HELD.engine is not None:
                _HELD.engine.let_go()


def let_go() -> None:
    """Close this thread's engine, for a thread that ends."""
    if _HELD.engine is not None:
        _HELD.engine.close()
        _HELD.engine, _HELD.is_settled = None, False


def is_workspace() -> bool:
    """Whether the folder served has been made a workspace; the sign-in pages work before that."""
    return (Path(settings.HUAXIANG_WORKSPACE) / FILE).exists()


def workspace_name() -> str:
    """What the top bar calls the workspace: the name in its settings, else its folder's."""
    return workspace().settings.name if is_workspace() else Path(settings.HUAXIANG_WORKSPACE).name
