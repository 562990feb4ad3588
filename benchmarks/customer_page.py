"""The page of one customer in a large lake: ``python -m benchmarks.customer_page FOLDER [--customers 1000000 ...]``.

The lake is that of ``benchmarks.scale``, made when it is not there. Pages are asked of random customers in this process
as an admin; beside them stands what DuckDB needs for the same customers' rows of profile and history by hand.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import asdict
from pathlib import Path
from statistics import median
from time import perf_counter

import duckdb

from benchmarks.measuring import machine
from benchmarks.pages import signed_in
from benchmarks.scale import Size, workspace_at
from huaxiang.workspace import Workspace

PAGES = {
    "customer": "/customers/{id}/",
    "timeline": "/customers/{id}/timeline/",
    "all tags": "/customers/{id}/tags/",
    "similar customers": "/customers/{id}/alike/",
    "why": "/customers/{id}/why/?tag=net_revenue_365d",
    "history of a tag": "/customers/{id}/history/?tag=orders_365d",
    "shop-floor card": "/customers/{id}/counter/",
}
_WARM, _SEED = 2, 20260630


def customers(workspace: Workspace, count: int) -> list[str]:
    """Random customers, the same in every run."""
    with workspace.reading() as engine:
        ids = engine.arrow(engine.table("profile").select("customer_id").order_by("customer_id"))
    return random.Random(_SEED).sample(ids.column(0).to_pylist(), count)


def asked(folder: Path, ids: list[str]) -> dict[str, list[float]]:
    """Seconds of every page for every customer, after a few that warm up."""
    browser, found = signed_in(folder), {}
    for name, address in PAGES.items():
        taken = []
        for key in ids:
            started = perf_counter()
            answer = browser.get(address.format(id=key), headers={"HX-Request": "true"} if name != "customer" else {})
            taken.append(perf_counter() - started)
            if answer.status_code != 200:
                raise RuntimeError(f"{name} of {key} answered {answer.status_code}")
        found[name] = taken[_WARM:]
    return found


def by_hand(workspace: Workspace, ids: list[str]) -> list[float]:
    """Seconds in which DuckDB alone gives a customer's profile and latest entries."""
    duck = duckdb.connect()
    workspace.lake.attach(duck, read_only=True)
    known = {row[0] for row in duck.execute("SELECT table_name FROM ducklake_table_info('lake')").fetchall()}
    tables = ["profile", *(["history"] if "history" in known else [])]
    taken = []
    for key in ids:
        started = perf_counter()
        for table in tables:
            duck.execute(f"SELECT * FROM lake.{table} WHERE customer_id = ?", [key]).to_arrow_table()  # noqa: S608
        taken.append(perf_counter() - started)
    duck.close()
    return taken[_WARM:]


def p95(taken: list[float]) -> float:
    """The 95th percentile."""
    return sorted(taken)[int(len(taken) * 0.95)]


def main() -> None:
    """Print the figures, one line each, and the machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--asked", type=int, default=42)
    for name, value in asdict(Size()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    given = vars(parser.parse_args())
    folder, count = given.pop("folder"), given.pop("asked")
    workspace = workspace_at(folder, Size(**given))
    ids = customers(workspace, count)
    plain = by_hand(workspace, ids)
    for name, taken in {"DuckDB by hand, profile and history": plain, **asked(folder / "ws", ids)}.items():
        ratio = median(taken) / median(plain)
        found = f"median {median(taken) * 1000:7.1f} ms  p95 {p95(taken) * 1000:7.1f} ms"
        print(f"{name:38} {found}  {ratio:5.1f}x by hand")
    print(json.dumps(machine(folder)))


if __name__ == "__main__":
    main()
