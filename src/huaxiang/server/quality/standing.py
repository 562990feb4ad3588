"""The quality of the data as the last refresh published it, and who looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from huaxiang.analyse.quality import Quality, quality
from huaxiang.engine import DuckEngine
from huaxiang.release.roles import Access
from huaxiang.server.data import reading
from huaxiang.server.permissions import access_of
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import latest


@dataclass(frozen=True)
class Standing:
    """What a visitor looks at: the published tables and their day, who asks and in which language."""

    engine: DuckEngine
    as_of: date
    access: Access
    lang: str

    def quality(self) -> Quality:
        """The figures of the published tables of cleaning."""
        return quality(self.engine, self.as_of)


@contextmanager
def standing_of(request: HttpRequest) -> Iterator[Standing]:
    """What the visitor looks at. Raises :class:`InputError` ``workspace.never_refreshed`` before the first refresh."""
    with reading() as engine:
        yield Standing(engine, latest(engine).as_of, access_of(request), lang_of(request))
