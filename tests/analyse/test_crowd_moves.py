"""Who came and went: against plain Python over random histories, and on both engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import engines

from huaxiang.analyse.crowd_moves import Run, folded, moves
from huaxiang.engine import Engine
from huaxiang.maintain.kept_history import schema_of
from huaxiang.model.crowd_tables import CROWD_CHANGE, CROWD_MEMBER, ENTERED, LEFT

engine, lake = engines.engine, engines.lake
FIRST = date(2026, 1, 1)
CROWDS = ("big", "new")
PEOPLE = tuple("abcde")
Members = dict[tuple[str, str], tuple[str, date]]
#: One refresh: who is in which crowd by the rule, which crowds fail, and whom somebody becomes part of.
REFRESH = st.tuples(
    st.sets(st.tuples(st.sampled_from(CROWDS), st.sampled_from(PEOPLE))),
    st.sets(st.sampled_from(CROWDS)),
    st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), max_size=2),
)


def redirects_of(wanted: dict[str, str]) -> dict[str, str]:
    """Redirects that lead to people who are there: nobody leads to somebody who is gone."""
    return {old: new for old, new in wanted.items() if new not in wanted}


def as_table(engine: Engine, name: str, rows: Sequence[Mapping[str, object]], schema: pa.Schema) -> ir.Table:
    """Rows as a table of the engine."""
    return engine.bring(name, pa.Table.from_pylist(rows, schema=schema))


def moved(
    engine: Engine,
    number: int,
    inside: set[tuple[str, str]],
    before: list[dict[str, object]],
    redirect: dict[str, str],
    failed: set[str],
) -> tuple[list[dict[str, object]], pa.Table]:
    """Members and changes of one refresh."""
    run = Run(f"run-{number:05d}", FIRST + timedelta(days=number))
    pairs = pa.schema([("crowd", pa.string()), ("customer_id", pa.string())])
    now = [{"crowd": crowd, "customer_id": who} for crowd, who in sorted(inside) if crowd not in failed]
    leads = pa.schema([("old_id", pa.string()), ("new_id", pa.string())])
    led = [{"old_id": old, "new_id": new} for old, new in redirect.items()]
    found = moves(
        as_table(engine, "now", now, pairs),
        as_table(engine, "before", before, schema_of(CROWD_MEMBER)),
        as_table(engine, "redirect", led, leads),
        run,
        failed,
    )
    members = engine.arrow(found.members).sort_by([("crowd", "ascending"), ("customer_id", "ascending")])
    changes = engine.arrow(found.changes)
    told = {"run_id": run.run_id, "as_of": run.as_of, "version": 1, "because": "[]"}
    rows = [{**told, **{key: row[key] for key in row if key != "is_merge"}} for row in changes.to_pylist()]
    return members.to_pylist(), pa.Table.from_pylist(rows, schema=schema_of(CROWD_CHANGE))


def by_hand(
    members: Members, inside: set[tuple[str, str]], redirect: dict[str, str], failed: set[str], run: Run
) -> Members:
    """The same in plain Python."""
    led: dict[tuple[str, str], list[tuple[bool, str, str, date]]] = {}
    for (crowd, who), (since, day) in members.items():
        today = redirect.get(who, who)
        led.setdefault((crowd, today), []).append((who != today, since, who, day))
    stay = {pair for pair in led if pair[0] in failed} | {pair for pair in inside if pair[0] not in failed}
    found = {}
    for pair in stay:
        if pair in led:
            _, since, _, day = min(led[pair])
            found[pair] = (since, day)
        else:
            found[pair] = (run.run_id, run.as_of)
    return found


@given(history=st.lists(REFRESH, min_size=1, max_size=5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_folding_all_changes_gives_the_members(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[set[tuple[str, str]], set[str], dict[str, str]]]
) -> None:
    duck = shared_duck(tmp_path_factory)
    members: list[dict[str, object]] = []
    expected: Members = {}
    all_changes: list[pa.Table] = []
    for number, (inside, failed, wanted) in enumerate(history, 1):
        redirect = redirects_of(wanted)
        present = {pair for pair in inside if pair[1] not in redirect}
        run = Run(f"run-{number:05d}", FIRST + timedelta(days=number))
        members, changes = moved(duck, number, present, members, redirect, failed)
        expected = by_hand(expected, present, redirect, failed, run)
        all_changes.append(changes)
        told = {(row["crowd"], row["customer_id"]): (row["since_run"], row["since_as_of"]) for row in members}
        assert told == expected
        fold = folded(pa.concat_tables(all_changes)).to_pylist()
        assert sorted(map(repr, fold)) == sorted(map(repr, members))
        touched = [(row["crowd"], row["customer_id"]) for row in changes.to_pylist()]
        assert len(touched) == len(set(touched)), "one change of each customer in one refresh"


def test_nothing_changed_is_no_change(tmp_path_factory: pytest.TempPathFactory) -> None:
    duck = shared_duck(tmp_path_factory)
    members, first = moved(duck, 1, {("big", "a"), ("new", "b")}, [], {}, set())
    again, second = moved(duck, 2, {("big", "a"), ("new", "b")}, members, {}, set())
    assert (again, first.num_rows, second.num_rows) == (members, 2, 0)


def test_a_merge_moves_the_membership_to_the_id_of_today(engine: Engine) -> None:
    members, _ = moved(engine, 1, {("big", "a"), ("new", "a"), ("new", "b")}, [], {}, set())
    after, changes = moved(engine, 2, {("big", "b"), ("new", "b")}, members, {"a": "b"}, set())
    assert [(row["crowd"], row["customer_id"], row["since_run"]) for row in after] == [
        ("big", "b", "run-00001"),
        ("new", "b", "run-00001"),
    ]
    told = {(row["crowd"], row["customer_id"], row["change"]) for row in changes.to_pylist()}
    assert told == {("big", "a", LEFT), ("new", "a", LEFT), ("big", "b", ENTERED)}


_DUCK: dict[str, Engine] = {}


def shared_duck(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One engine for all examples: opening one takes longer than an example."""
    if "duck" not in _DUCK:
        folder: Path = tmp_path_factory.mktemp("moves")
        _DUCK["duck"] = engines.open_engine("duckdb", engines.new_lake(folder))
    return _DUCK["duck"]
