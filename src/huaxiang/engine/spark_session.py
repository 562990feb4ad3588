"""A Spark session that keeps to itself: on this machine's own address, without a web page, saying nothing to anyone."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from huaxiang.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: What `session` starts when it is told nothing else: Spark inside this process, on every core.
LOCAL = "local[*]"
_QUIET = {
    "spark.app.name": "huaxiang",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.catalogImplementation": "in-memory",
}
#: What follows from a filter is sought among all columns with the same content: with a hundred tags, without end.
_PLANNING = {"spark.sql.constraintPropagation.enabled": "false"}
_OWN_ADDRESS = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


def session(conf: Mapping[str, str] | None = None) -> SparkSession:
    """The process's Spark session, started when there is none yet.

    ``conf`` are Spark properties and win over the defaults; ``spark.master`` is ``local[*]`` unless it says otherwise.
    A local master listens on 127.0.0.1 only. Raises :class:`EngineError` with the command that installs what is
    missing when PySpark or Java is not there, and when Spark does not start.
    """
    _require_parts()
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    wanted = {"spark.master": LOCAL, **_QUIET, **_PLANNING, **(conf or {})}
    if wanted["spark.master"].startswith("local"):
        wanted = {**_OWN_ADDRESS, **wanted}
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    # What fails is raised; PySpark would print the Java stack beside it.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
    try:
        return SparkSession.builder.config(map=wanted).getOrCreate()
    except PySparkException as problem:
        raise EngineError("spark.not_started", reason=str(problem).splitlines()[0]) from problem


def _require_parts() -> None:
    if find_spec("pyspark") is None:
        raise EngineError("spark.pyspark_missing", command='pip install "huaxiang[spark]"')
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and (Path(home) / "bin" / "java").exists())):
        raise EngineError("spark.java_missing", command="sudo apt-get install openjdk-17-jre-headless")
