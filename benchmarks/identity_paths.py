"""Why two records are one customer, or why they are not: how long the answer takes in a workspace that is refreshed.

    python -m benchmarks.identity_paths workspace [pairs]

Asked about are the records of the largest customers that are farthest apart in the order of keys, of customers drawn
by hash, and of two customers each; beside it what it takes to open the lake and read one customer's links.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import ibis

import huaxiang
from huaxiang.engine.interface import Engine, only
from huaxiang.workspace import Workspace

Pair = tuple[str, str]


def main(workspace: Workspace, count: int) -> None:
    """Print the seconds of each kind of question."""
    with workspace.reading() as engine:
        largest, drawn = _records(engine, count, by_size=True), _records(engine, count, by_size=False)
    apart = [(one[0], other[0]) for one, other in pairwise(drawn)]
    questions: dict[str, Sequence[Pair]] = {
        "largest customers": largest,
        "customers by hash": drawn,
        "two customers": apart,
    }
    for name, pairs in questions.items():
        print(f"{name}: {_told([_seconds(lambda pair=pair: workspace.explain(*pair)) for pair in pairs])}")  # type: ignore[misc]
    print(f"one customer's links alone: {_told([_seconds(lambda: _links(workspace)) for _ in range(5)])}")


def _records(engine: Engine, count: int, *, by_size: bool) -> list[Pair]:
    """The first and the last account of so many customers of several."""
    account = engine.table("account")
    found = account.group_by("customer_id").agg(
        accounts=account.count(), first=account.account_key.min(), last=account.account_key.max()
    )
    order = ibis.desc("accounts") if by_size else found.customer_id.hexdigest("md5")
    rows = only(engine.arrow(found.filter(found.accounts > 1).order_by([order, "customer_id"]).limit(count)))
    return [(str(row["first"]), str(row["last"])) for row in rows]


def _links(workspace: Workspace) -> None:
    with workspace.reading() as engine:
        link = engine.table("identity_link")
        engine.arrow(link.filter(link.customer_id == "c0"))


def _seconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def _told(seconds: list[float]) -> str:
    most = max(seconds)
    last = quantiles(seconds, n=20)[-1] if len(seconds) > 1 else most
    return f"n {len(seconds)}, median {median(seconds):.3f} s, 95 % below {min(last, most):.3f} s, most {most:.3f} s"


if __name__ == "__main__":
    main(huaxiang.open(Path(sys.argv[1])), int(sys.argv[2]) if len(sys.argv) > 2 else 20)
