"""Crowds as they are asked for while somebody edits: ``python -m benchmarks.crowds FOLDER [--repeats 40]``.

Three kinds of rule, each many times with other thresholds, so that nothing is remembered from the time before: five
conditions over tags, a count of events in a window, three steps in order. Ours answers with what the builder shows
(exact customers, of how many something is known, revenue, shares), worded anew each time; beside it the same customers
by SQL written by hand in the same session, by pandas over columns that are in memory already (tags only), and the bare
reading of the columns. Counts are compared.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import duckdb
import pandas as pd

from benchmarks.measuring import machine
from benchmarks.scale import DAY, Size, workspace_at
from huaxiang.analyse.crowd_sizes import composition
from huaxiang.analyse.population import Population
from huaxiang.engine.lake import ALIAS
from huaxiang.model.condition_text import condition_from_text
from huaxiang.workspace import Workspace

_PROFILE, _ACT = f"{ALIAS}.main.profile", f"{ALIAS}.main.act"
_CATEGORIES = ("女装", "男装", "童装", "鞋靴", "箱包", "美妆", "护肤", "家居", "食品", "数码", "运动", "母婴")


@dataclass(frozen=True)
class Asked:
    """One question: the rule, the same in SQL (one number), and for pandas the thresholds."""

    rule: str
    sql: str
    thresholds: tuple[int, ...] = ()


def tag_rules(chance: Random) -> Iterator[Asked]:
    """Five conditions over tags."""
    while True:
        orders, paid = chance.randint(1, 6), chance.randint(10, 900)
        days, visits = chance.randint(30, 300), chance.randint(0, 5)
        tests = (f"orders_365d >= {orders}", f"net_revenue_365d > {paid}", f"days_since_last_order < {days}")
        more = (f"scale_page_365d >= {visits}", "city_tier in (tier_1, new_tier_1, tier_2)")
        yield Asked(
            " and ".join((*tests, *more)),
            f"SELECT count(*) FROM {_PROFILE} WHERE {' AND '.join(tests)} AND scale_page_365d >= {visits}"  # noqa: S608
            " AND city_tier IN ('tier_1', 'new_tier_1', 'tier_2')",
            (orders, paid, days, visits),
        )


def event_rules(chance: Random) -> Iterator[Asked]:
    """At least so many events of a kind and category in a window."""
    while True:
        days, least, category = chance.randint(14, 120), chance.randint(1, 4), chance.choice(_CATEGORIES)
        yield Asked(
            f"did act where (event_name = cart and category = {category}) in last {days} days count >= {least}",
            f"SELECT count(*) FROM (SELECT customer_id FROM {_ACT} WHERE event_name = 'cart'"  # noqa: S608
            f" AND category = '{category}' AND occurred_at >= DATE '{DAY}' + 1 - {days}"
            f" AND occurred_at < DATE '{DAY}' + 1 GROUP BY customer_id HAVING count(*) >= {least})",
        )


def sequence_rules(chance: Random) -> Iterator[Asked]:
    """Search, then a cart within some hours, then an order within some days."""
    while True:
        hours, days, window = chance.randint(2, 48), chance.randint(2, 14), chance.randint(60, 360)
        yield Asked(
            f"sequence (act where (event_name = search) then within {hours} hours act where (event_name = cart)"
            f" then within {days} days act where (event_name = order)) in last {window} days",
            f"WITH a AS (SELECT customer_id, event_name, occurred_at AS t FROM {_ACT}"  # noqa: S608
            f" WHERE occurred_at >= DATE '{DAY}' + 1 - {window} AND occurred_at < DATE '{DAY}' + 1"
            "  AND event_name IN ('search', 'cart', 'order')),"
            " two AS (SELECT c.customer_id, c.t FROM a c SEMI JOIN (SELECT * FROM a WHERE event_name = 'search') s"
            f"  ON s.customer_id = c.customer_id AND s.t < c.t AND c.t <= s.t + INTERVAL {hours} HOUR"
            "  WHERE c.event_name = 'cart')"
            " SELECT count(DISTINCT o.customer_id) FROM a o SEMI JOIN two"
            f"  ON two.customer_id = o.customer_id AND two.t < o.t AND o.t <= two.t + INTERVAL {days} DAY"
            " WHERE o.event_name = 'order'",
        )


def main() -> None:
    """Print one row per kind of rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for name, value in asdict(Size()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--repeats", type=int, default=40)
    given = vars(parser.parse_args())
    folder, repeats = given.pop("folder"), given.pop("repeats")
    workspace = workspace_at(folder, Size(**given))
    heads = ("rule", "ours (ms)", "ours p95", "SQL (ms)", "SQL p95", "pandas (ms)", "limit (ms)", "same?")
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    for line in measured(workspace, repeats):
        print("| " + " | ".join(line) + " |", flush=True)
    print(f"\n{json.dumps(machine(folder))}")


def measured(workspace: Workspace, repeats: int) -> Iterator[tuple[str, ...]]:
    """The lines of the table."""
    with workspace.reading() as engine:
        population = workspace.population(engine)
        duck = engine._ibis.con  # noqa: SLF001 - the twin runs where ours does
        kinds: dict[str, tuple[Callable[[Random], Iterator[Asked]], int, str]] = {
            "five conditions over tags": (tag_rules, repeats, _scan(_PROFILE, _TAGS)),
            "events in a window": (event_rules, repeats, _scan(_ACT, ("customer_id", "event_name", "occurred_at"))),
            "three steps in order": (sequence_rules, max(5, repeats // 4), _scan(_ACT, ("customer_id", "occurred_at"))),
        }
        frame = duck.execute(f"SELECT {', '.join(_TAGS)} FROM {_PROFILE}").df()  # noqa: S608
        for name, (rules, times, scan) in kinds.items():
            asked = [rule for rule, _ in zip(rules(Random(name)), range(times), strict=False)]
            ours = [_timed(partial(_counted, population, one.rule)) for one in asked]
            theirs = [_timed(partial(_by_sql, duck, one)) for one in asked]
            bare = median(_timed(partial(_read, duck, scan))[0] for _ in range(3))
            told = [_timed(partial(_by_pandas, frame, one))[0] for one in asked] if asked[0].thresholds else []
            equal = sum(one[1] == other[1] for one, other in zip(ours, theirs, strict=True))
            largest = max(one[1] for one in ours)
            yield (
                name,
                *(_ms(figure) for times_of in (ours, theirs) for figure in _typical([one[0] for one in times_of])),
                _ms(median(told)) if told else "—",
                _ms(bare),
                f"{equal} of {len(asked)}, up to {largest:,} customers",
            )


_TAGS = (
    *("orders_365d", "net_revenue_365d", "days_since_last_order", "scale_page_365d", "city_tier"),
    "net_revenue_total",
)


def _counted(population: Population, rule: str) -> int:
    return composition(population, condition_from_text(rule)).customers


def _by_pandas(frame: pd.DataFrame, asked: Asked) -> int:
    orders, paid, days, visits = asked.thresholds
    inside = (
        (frame.orders_365d >= orders)
        & (frame.net_revenue_365d > paid)
        & (frame.days_since_last_order < days)
        & (frame.scale_page_365d >= visits)
        & frame.city_tier.isin(["tier_1", "new_tier_1", "tier_2"])
    )
    return int(inside.sum())


def _scan(table: str, columns: Sequence[str]) -> str:
    return f"SELECT {', '.join(f'count({key}), min({key})' for key in columns)} FROM {table}"  # noqa: S608


def _timed(run: Callable[[], Any]) -> tuple[float, Any]:
    started = perf_counter()
    given = run()
    return perf_counter() - started, given


def _by_sql(duck: duckdb.DuckDBPyConnection, asked: Asked) -> int:
    (row,) = duck.execute(asked.sql).fetchall()
    return int(row[0])


def _read(duck: duckdb.DuckDBPyConnection, scan: str) -> None:
    duck.execute(scan).fetchall()


def _typical(seconds: Sequence[float]) -> tuple[float, float]:
    return median(seconds), quantiles(seconds, n=20, method="inclusive")[-1]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"


if __name__ == "__main__":
    main()
