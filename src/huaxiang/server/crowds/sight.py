"""What one visitor looks at: the portrait within their store scope, what conditions may name, and its day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

import ibis.expr.types as ir
from django.http import HttpRequest

from huaxiang.analyse.population import Population, published_population
from huaxiang.engine import DuckEngine
from huaxiang.engine.deadline import SECONDS, within
from huaxiang.errors import DefinitionError, InputError, NotFound, nearest
from huaxiang.maintain.definitions import Definitions
from huaxiang.model.fields import Fields
from huaxiang.model.segments import Segment
from huaxiang.model.tags import fields_of
from huaxiang.release.roles import Access
from huaxiang.server.data import reading, workspace
from huaxiang.server.permissions import access_of
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import latest_run
from huaxiang.server.snapshot_values import once_per_snapshot
from huaxiang.workspace import Workspace


@dataclass(frozen=True)
class Sight:
    """The customers that ``access`` may see, as of the last refresh.

    ``refreshed_at`` is naive, in the workspace's time zone.
    """

    workspace: Workspace
    engine: DuckEngine
    population: Population
    access: Access
    lang: str
    refreshed_at: datetime

    @property
    def table(self) -> ir.Table:
        """The portrait of those customers."""
        return self.population.table

    @property
    def fields(self) -> Fields:
        """What conditions may name."""
        return self.population.fields

    @property
    def as_of(self) -> date:
        """The day that the portrait stands for."""
        return self.population.as_of

    @property
    def definitions(self) -> Definitions:
        """Tags and segments as they stand now."""
        return self.workspace.definitions

    @property
    def of_layers(self) -> Sight:
        """The same with no more than layers of tags may ask: no lists, and nothing that is known only after them."""
        asked = replace(self.population, fields=fields_of(self.definitions.tags), lists={})
        return replace(self, population=asked)

    def segment(self, key: str) -> Segment:
        """The segment of that key; :class:`NotFound` names the nearest ones."""
        segments, unreadable = self.definitions.segments, self.definitions.unreadable_segments
        if key in unreadable:
            raise DefinitionError(unreadable[key].code, **unreadable[key].params)
        if key not in segments:
            raise NotFound("segment.unknown", given=key, nearest=nearest(key, segments))
        return segments[key]


@contextmanager
def sight_of(request: HttpRequest, seconds: float = SECONDS) -> Iterator[Sight]:
    """What the visitor looks at; :class:`InputError` ``workspace.never_refreshed`` while there is no portrait.

    What takes longer than so many seconds is stopped with :class:`huaxiang.errors.EngineError`.
    """
    with sight_with(access_of(request), lang_of(request), seconds) as sight:
        yield sight


@contextmanager
def sight_with(access: Access, lang: str, seconds: float = SECONDS) -> Iterator[Sight]:
    """The same for whoever has this access."""
    home = workspace()
    with reading() as engine, within(engine, seconds):
        as_of, refreshed_at = _last_run(engine)
        known = home.definitions
        whom = as_of, access.stores, home.list_tables(engine), known.broken, known.unreadable_segments
        population = published_population(engine, known.tags, known.segments, *whom)
        population = replace(population, once=partial(once_per_snapshot, engine))
        yield Sight(home, engine, population, access, lang, refreshed_at)


def is_not_refreshed(error: InputError) -> bool:
    """Whether the error says that nothing has been refreshed yet, so that a page teaches the next step instead."""
    return error.code == "workspace.never_refreshed"


def _last_run(engine: DuckEngine) -> tuple[date, datetime]:
    run = latest_run(engine)
    if run is None:
        raise InputError("workspace.never_refreshed")
    return run["as_of"], run["started_at"]
