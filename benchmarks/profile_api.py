"""Latency of the profile API under an open load: ``python -m benchmarks.profile_api FOLDER [--customers 1000000]``.

The real server answers on the loopback; customers are drawn at random, so no answer is held. Beside it stand the same
server with a handler that does nothing (what HTTP costs) and the same look-ups by DuckDB in one process.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

from benchmarks.measuring import machine
from benchmarks.open_load import Load, open_load
from benchmarks.scale import Size, workspace_at
from huaxiang.engine import DuckEngine
from huaxiang.engine.points import Points, latest_points
from huaxiang.maintain.serving import serve_points
from huaxiang.server.serve import crew
from huaxiang.server.settings import configure
from huaxiang.workspace import Workspace

_DUCK_LOOKUPS = 50


def customers_at(workspace: Workspace) -> tuple[Points, list[str], float]:
    """The points beside the lake, made where they are not there, random ids of theirs, and the seconds to make them."""
    started = perf_counter()
    engine = DuckEngine(workspace.lake)
    try:
        serve_points(engine)
    finally:
        engine.close()
    seconds = perf_counter() - started
    points = latest_points(workspace.lake)
    if points is None:
        raise SystemExit("the lake has no published portrait")
    with workspace.reading() as reading:
        rows = reading.table("profile")
        ids = reading.arrow(rows.select("customer_id").order_by("customer_id")).column(0).to_pylist()
    return points, random.Random(7).choices(ids, k=20_000), seconds


def key_for(workspace: Workspace) -> str:
    """A key that may read profiles, made for this measurement."""
    configure(workspace.folder)
    from django.core.management import call_command

    from huaxiang.server.api.keys import Wanted, make

    call_command("migrate", verbosity=0)
    return make(Wanted("benchmark", ("profile:read",), rate_per_minute=600_000), datetime.now(UTC), "benchmark").token


@contextmanager
def serving(application: str, environment: dict[str, str]) -> Iterator[int]:
    """An application on granian, as ``huaxiang serve`` starts it; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    factory = [] if application.endswith(":application") else ["--factory"]
    processes, threads = crew(os.cpu_count() or 1)
    told = ["--interface", "wsgi", "--port", str(port), "--workers", str(processes)]
    told += ["--blocking-threads", str(threads), "--log-level", "warning"]
    command = [sys.executable, "-m", "granian", *factory, *told, application]
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _await(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            sleep(0.1)
        else:
            return
    raise SystemExit(f"nothing answers on port {port}")


def asking(path: str, token: str) -> bytes:
    """One request as it goes over the wire."""
    headers = ("Host: 127.0.0.1", f"Authorization: Bearer {token}", "Accept-Language: zh")
    return "\r\n".join([f"GET {path} HTTP/1.1", *headers, "", ""]).encode()


def measured(port: int, ids: list[str], token: str, per_second: int, seconds: float, query: str = "") -> Load:
    """The load on profiles of those customers, after a short one that fills what a server holds."""
    open_load(port, lambda number: asking(f"/api/v1/customers/{ids[-number - 1]}{query}", token), 20, 3)
    return open_load(port, lambda number: asking(f"/api/v1/customers/{ids[number]}{query}", token), per_second, seconds)


def duck_lookup(workspace: Workspace, ids: list[str]) -> float:
    """Milliseconds of one look-up by DuckDB, in the middle of several."""
    taken = []
    with workspace.reading() as engine:
        rows = engine.table("profile")
        for customer_id in ids[:_DUCK_LOOKUPS]:
            started = perf_counter()
            engine.arrow(rows.filter(rows.customer_id == customer_id))
            taken.append(perf_counter() - started)
    return 1000 * median(taken)


def points_lookup(points: Points, ids: list[str]) -> float:
    """Milliseconds of one look-up in the points, in the middle of many."""
    taken = []
    for customer_id in ids[:2_000]:
        started = perf_counter()
        points.row(customer_id)
        taken.append(perf_counter() - started)
    return 1000 * median(taken)


def told(name: str, load: Load) -> dict[str, Any]:
    """One line of the result."""
    figures = {f"p{share}_ms": round(load.percentile(share / 100), 2) for share in (50, 95, 99)}
    return {"what": name, **figures, "failed": load.failed, "per_second": round(load.per_second, 1)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--tags", type=int, default=200)
    parser.add_argument("--per-second", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    workspace = workspace_at(given.folder, Size(given.customers, given.events, given.tags))
    points, ids, made = customers_at(workspace)
    token = key_for(workspace)
    here = {"HUAXIANG_WORKSPACE": str(workspace.folder)}
    rate = (given.per_second, given.seconds)
    results = []
    with serving("benchmarks.no_op:application", here) as port:
        results.append(told("no-op handler", measured(port, ids, token, *rate)))
    with serving("huaxiang.server.wsgi:application_from_environment", here) as port:
        results.append(told("profile, 10 tags", measured(port, ids, token, *rate, query=_few(points))))
        results.append(told("profile, all tags", measured(port, ids, token, *rate)))
    lookups = {"duckdb_ms": round(duck_lookup(workspace, ids), 2), "points_ms": round(points_lookup(points, ids), 3)}
    size = sum(path.stat().st_size for path in points.folder.iterdir())
    about = {"customers": len(points), "tags": len(points.schema), "made_s": round(made, 1), "mb": size // 2**20}
    print(
        json.dumps(
            {"results": results, "look_up": lookups, "points": about, "machine": machine(given.folder)}, indent=1
        )
    )


def _few(points: Points) -> str:
    names = [name for name in points.schema.names if not name.startswith("_") and name != "customer_id"]
    return "?tags=" + ",".join(names[:10])


if __name__ == "__main__":
    main()
