"""The workspace and its published tables, as the pages reach them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from huaxiang.engine import DuckEngine
from huaxiang.settings import FILE
from huaxiang.workspace import Workspace

_HELD = threading.local()


def workspace() -> Workspace:
    """The workspace that these pages serve, with its definitions as they stand now."""
    return Workspace.open(Path(settings.HUAXIANG_WORKSPACE))


@contextmanager
def reading() -> Iterator[DuckEngine]:
    """An engine over the published tables, kept by this thread from request to request.

    Opening one costs more than most pages take. It is opened anew when a rebuild has put another lake in place.
    """
    lake = workspace().lake
    held: DuckEngine | None = getattr(_HELD, "engine", None)
    if held is None or held.lake != lake:
        if held is not None:
            held.close()
        held = _HELD.engine = DuckEngine(lake, read_only=True)
    yield held


def is_workspace() -> bool:
    """Whether the folder served has been made a workspace; the sign-in pages work before that."""
    return (Path(settings.HUAXIANG_WORKSPACE) / FILE).exists()


def workspace_name() -> str:
    """What the top bar calls the workspace: the name in its settings, else its folder's."""
    return workspace().settings.name if is_workspace() else Path(settings.HUAXIANG_WORKSPACE).name
