"""What one visitor looks at: the portrait within their store scope, what conditions may name, and its day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

import ibis.expr.types as ir
from django.http import HttpRequest

from huaxiang.analyse.portrait import portrait, portrait_fields
from huaxiang.engine import DuckEngine
from huaxiang.errors import InputError, NotFound, nearest
from huaxiang.maintain.definitions import Definitions
from huaxiang.model.fields import Field
from huaxiang.model.segments import Segment
from huaxiang.release.roles import Access
from huaxiang.server.data import reading, workspace
from huaxiang.server.permissions import access_of
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import latest_run
from huaxiang.workspace import Workspace


@dataclass(frozen=True)
class Sight:
    """The portrait of the customers that ``access`` may see, as of the last refresh.

    ``refreshed_at`` is naive, in the workspace's time zone.
    """

    workspace: Workspace
    engine: DuckEngine
    table: ir.Table
    fields: Mapping[str, Field]
    access: Access
    lang: str
    as_of: date
    refreshed_at: datetime

    @property
    def definitions(self) -> Definitions:
        """Tags and segments as they stand now."""
        return self.workspace.definitions

    def segment(self, key: str) -> Segment:
        """The segment of that key; :class:`NotFound` names the nearest ones."""
        segments = self.definitions.segments
        if key not in segments:
            raise NotFound("segment.unknown", given=key, nearest=nearest(key, segments))
        return segments[key]


@contextmanager
def sight_of(request: HttpRequest) -> Iterator[Sight]:
    """What the visitor looks at; :class:`InputError` ``workspace.never_refreshed`` while there is no portrait."""
    home, access = workspace(), access_of(request)
    with reading() as engine:
        table = portrait(engine, access.stores)
        as_of, refreshed_at = _last_run(engine)
        fields = portrait_fields(home.definitions.tags)
        yield Sight(home, engine, table, fields, access, lang_of(request), as_of, refreshed_at)


def is_not_refreshed(error: InputError) -> bool:
    """Whether the error says that nothing has been refreshed yet, so that a page teaches the next step instead."""
    return error.code == "workspace.never_refreshed"


def _last_run(engine: DuckEngine) -> tuple[date, datetime]:
    run = latest_run(engine)
    if run is None:
        raise InputError("workspace.never_refreshed")
    return run["as_of"], run["started_at"]
