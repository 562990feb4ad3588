"""The quality of the data published last, held by each thread for its next page."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import ibis.expr.types as ir
from django.http import HttpRequest

from huaxiang.analyse.quality import Quality, published_quality, quality
from huaxiang.engine import DuckEngine
from huaxiang.release.roles import Access
from huaxiang.server.data import reading
from huaxiang.server.permissions import access_of
from huaxiang.server.preferences import lang_of
from huaxiang.server.published import latest


@dataclass(frozen=True)
class Standing:
    """What a visitor looks at: the engine, the tables of cleaning, their figures, who asks and in which language."""

    engine: DuckEngine
    tables: Mapping[str, ir.Table]
    quality: Quality
    access: Access
    lang: str


class _Held(threading.local):
    stamp: tuple[DuckEngine, int] | None = None
    tables: Mapping[str, ir.Table]
    quality: Quality


_HELD = _Held()


@contextmanager
def standing_of(request: HttpRequest) -> Iterator[Standing]:
    """What the visitor looks at. Raises :class:`InputError` ``workspace.never_refreshed`` before the first refresh."""
    with reading() as engine:
        as_of, stamp = latest(engine).as_of, (engine, engine.snapshot())
        if _HELD.stamp != stamp:
            _HELD.tables = published_quality(engine, as_of)
            _HELD.quality = quality(engine, _HELD.tables, as_of)
            _HELD.stamp = stamp
        yield Standing(engine, _HELD.tables, _HELD.quality, access_of(request), lang_of(request))
