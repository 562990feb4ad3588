"""Which engine computes: the one at hand, or Spark where the settings say so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from huaxiang.engine.duck import DuckEngine
from huaxiang.engine.interface import Engine
from huaxiang.settings import Settings


@contextmanager
def computing(settings: Settings, embedded: DuckEngine) -> Iterator[Engine]:
    """The engine that the settings choose, over the lake of the embedded one; Spark is started for as long as needed.

    Raises :class:`EngineError` saying what to install when Spark is chosen and not there.
    """
    if settings.engine == "duckdb":
        yield embedded
        return
    # Spark is an extra: nothing of it is imported unless it is asked for.
    from huaxiang.engine.spark import SparkEngine
    from huaxiang.engine.spark_session import session

    spark = SparkEngine(embedded.lake, session({"spark.master": settings.spark_master}))
    try:
        yield spark
    finally:
        spark.close()
