"""The portrait of a group: 30 tags beside everyone, with intervals: ``python -m benchmarks.group_portrait FOLDER``.

In one run and over the same published table: ours from the marked customers to the corrected verdicts; the same counts
by SQL written by hand; the same counts by pandas over columns that are in memory already. Counts are compared. The
limit is reading the columns once.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from benchmarks.measuring import Figure, machine, timed
from benchmarks.scale import Size, workspace_at
from huaxiang.analyse.groups.contrast import GroupPortrait, group_portrait
from huaxiang.analyse.groups.cross_table import cross_table
from huaxiang.analyse.groups.splits import Split, splits_of
from huaxiang.analyse.groups.suggested_rule import suggested_rule
from huaxiang.analyse.groups.value_measures import value_measures
from huaxiang.analyse.population import Population
from huaxiang.engine import DuckEngine
from huaxiang.engine.lake import ALIAS
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.fields import NUMERIC
from huaxiang.workspace import Workspace

RULE = condition_from_text("orders_365d >= 3 and lifecycle in (active, returned)")
#: The same by hand.
_SIDE = "coalesce(orders_365d >= 3, false) AND coalesce(lifecycle IN ('active', 'returned'), false)"
TAGS = 30


def main() -> None:
    """Print one row per figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for name, value in asdict(Size()).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--repeats", type=int, default=5)
    given = vars(parser.parse_args())
    folder, repeats = given.pop("folder"), given.pop("repeats")
    workspace = workspace_at(folder, Size(**given))
    figures = list(measured(workspace, repeats))
    print("| figure | ours (s) | SQL (s) | ratio | limit (s) | same? |\n|---|---|---|---|---|---|")
    for one in figures:
        numbers = [
            f"{number:.2f}" if number is not None else "—" for number in (one.ours, one.twin, one.ratio, one.limit)
        ]
        print(f"| {one.name} | {' | '.join(numbers)} | {one.agrees} |")
    print(f"\n{json.dumps(machine(folder))}")


def measured(workspace: Workspace, repeats: int) -> Sequence[Figure]:
    """Every figure, beside its twins."""
    with workspace.reading() as engine:
        population = workspace.population(engine)
        keys = _tags(workspace, population)
        rows = population.over(engine.table("profile")).marked({"inside": RULE}, keys)
        ours, portrait = timed(lambda: group_portrait(engine, rows, population.fields, keys), repeats)
        splits = splits_of(engine, rows.mutate(side=1), population.fields, keys)
        duck = engine._ibis.con  # noqa: SLF001 - the twin runs where ours does
        by_sql, counted = timed(lambda: duck.execute(_statement(splits)).fetchall(), repeats)
        limit, _ = timed(lambda: duck.execute(_scan(keys)).fetchall(), repeats)
        by_pandas, frames = _by_pandas(duck, splits, repeats)
        found = _counts(portrait)
        return [
            Figure(
                f"portrait of {len(keys)} tags beside everyone, beside SQL",
                ours,
                by_sql,
                limit,
                _same(found, _of_sql(counted)),
            ),
            Figure(
                f"portrait of {len(keys)} tags beside everyone, beside pandas",
                ours,
                by_pandas,
                limit,
                _same(found, frames),
            ),
            *_others(engine, population, keys, repeats),
        ]


def _tags(workspace: Workspace, population: Population) -> list[str]:
    """Thirty tags of every type: as many texts and yes-or-no tags as there are up to half, then numbers and days."""
    tags = workspace.definitions.tags
    told = [
        key for key in population.fields if key in tags and not tags[key].helper and key in population.table.columns
    ]
    texts = [key for key in told if population.fields[key].type in ("text", "bool")][: TAGS // 2]
    others = [key for key in told if population.fields[key].type in (*NUMERIC, "date")]
    return [*texts, *others[: TAGS - len(texts)]]


def _statement(splits: dict[str, Split]) -> str:
    counted = "SELECT {place} AS place, {side} AS side, count(*) AS n FROM {table} GROUP BY ALL"
    parts = [
        f"SELECT '{key}' AS tag, CAST(place AS VARCHAR), side, n FROM ("  # noqa: S608
        + counted.format(place=_place(key, split), side=_SIDE, table=f"{ALIAS}.main.profile")
        + ")"
        for key, split in splits.items()
    ]
    return " UNION ALL ".join(parts)


def _place(key: str, split: Split) -> str:
    if split.kind == "values":
        return key
    dated = split.field.type == "date"
    cases = [f"WHEN {key} IS NULL THEN NULL", *([f"WHEN {key} <= 0 THEN 0"] if split.zero else [])]
    for cut in split.cuts:
        edge = f"DATE '{cut}'" if dated else cut
        cases.append(f"WHEN {key} < {edge} THEN {len(cases) - 1}")
    return f"CASE {' '.join(cases)} ELSE {len(cases) - 1} END"


def _scan(keys: Sequence[str]) -> str:
    return f"SELECT {', '.join(f'count({key}), min({key})' for key in keys)} FROM {ALIAS}.main.profile"  # noqa: S608


def _by_pandas(duck: duckdb.DuckDBPyConnection, splits: dict[str, Split], repeats: int) -> tuple[float, dict[Any, int]]:
    columns = ", ".join(dict.fromkeys([*splits, "orders_365d", "lifecycle"]))
    frame = duck.execute(f"SELECT {columns} FROM {ALIAS}.main.profile").df()  # noqa: S608

    def count() -> dict[Any, int]:
        side = (frame["orders_365d"] >= 3) & frame["lifecycle"].isin(["active", "returned"])
        found: dict[Any, int] = {}
        for key, split in splits.items():
            place = _pandas_place(frame[key], split)
            grouped = frame.groupby([place, side], dropna=False, observed=True).size().reset_index(name="customers")
            for value, inside, customers in zip(*(grouped[name] for name in grouped), strict=True):
                found[key, None if pd.isna(value) else _text(value), bool(inside)] = int(customers)
        return found

    return timed(count, min(repeats, 2))


def _pandas_place(column: pd.Series[Any], split: Split) -> pd.Series[Any]:
    if split.kind == "values":
        return column
    edges: list[Any] = [pd.Timestamp(cut) if split.field.type == "date" else float(cut) for cut in split.cuts]  # type: ignore[arg-type]
    numbers: pd.Series[Any] = pd.to_datetime(column) if split.field.type == "date" else column.astype(float)
    if not split.zero:
        lowest = pd.Timestamp.min if split.field.type == "date" else float("-inf")
        highest = pd.Timestamp.max if split.field.type == "date" else float("inf")
        return pd.cut(numbers, [lowest, *edges, highest], right=False, labels=False)  # type: ignore[no-any-return,call-overload]
    above = pd.cut(numbers, [0, *edges, float("inf")], right=False, labels=False) + 1
    return above.where(numbers > 0, 0).where(numbers.notna())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def _counts(portrait: GroupPortrait) -> dict[str, list[tuple[int, int]]]:
    return {
        key: sorted((share.inside, share.beside) for bar, share in tag.bars if bar.kind != "rest")
        for key, tag in portrait.tags.items()
        if not any(bar.kind == "rest" for bar, _ in tag.bars)
    }


def _of_sql(rows: list[tuple[Any, ...]]) -> dict[Any, int]:
    return {(key, place, bool(side)): count for key, place, side, count in rows}


def _same(ours: dict[str, list[tuple[int, int]]], theirs: dict[Any, int]) -> str:
    pairs: dict[str, dict[Any, list[int]]] = {}
    for (key, place, inside), count in theirs.items():
        pairs.setdefault(key, {}).setdefault(place, [0, 0])[0 if inside else 1] += count
    equal = sum(found == sorted(tuple(pair) for pair in pairs[key].values()) for key, found in ours.items())
    return f"{equal} of {len(ours)} tags equal"


def _others(engine: DuckEngine, population: Population, keys: Sequence[str], repeats: int) -> list[Figure]:
    rows = population.over(engine.table("profile")).marked({"inside": RULE}, [*keys, "purchase_revenue_total"])
    down, across = keys[0], keys[1]
    crossed, _ = timed(lambda: cross_table(engine, rows, population.fields, down, across), repeats)
    brought, _ = timed(lambda: value_measures(engine, rows, population.fields, down), repeats)
    ruled, rule = timed(lambda: suggested_rule(population.over(rows), keys, ("orders_365d", "lifecycle")), 1)
    lift = rule.quality.lift if rule.quality else None
    return [
        Figure("two-tag cross table", crossed, None, None, ""),
        Figure("measures by value", brought, None, None, ""),
        Figure("suggested rule over 30 tags", ruled, None, None, f"lift {lift:.1f}" if lift else "no rule"),
    ]


if __name__ == "__main__":
    main()
