"""Who changed is told from a sum of hashes as it is from the rows themselves."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from huaxiang.analyse.changed_customers import COMPARED, are_comparable, changed_customers
from huaxiang.engine import Engine

KINDS = {"customer_id": pa.string(), "one": pa.string(), "other": pa.string(), "number": pa.int64(), "id": pa.int64()}
TEXTS = st.sampled_from([None, "", "0", "a", "b"])
ROW = st.tuples(st.sampled_from([None, "c1", "c2", "c3"]), TEXTS, TEXTS, st.sampled_from([None, 0, 1]), st.just(1))
Row = tuple[Any, ...]


def by_rows(before: list[Row], now: list[Row]) -> set[str]:
    """Who changed, by laying each customer's rows beside each other."""
    sides: list[dict[str, Counter[Row]]] = []
    for rows in (before, now):
        owned: dict[str, Counter[Row]] = defaultdict(Counter)
        for row in rows:
            owned[row[0]][row] += 1
        sides.append(owned)
    return {who for who in sides[0].keys() | sides[1].keys() if who and sides[0].get(who) != sides[1].get(who)}


def found(engine: Engine, before: list[Row], now: list[Row], name: str = "act") -> set[str]:
    """Who changed, by fingerprints; the columns of now stand in another order."""
    tables = []
    for side, rows, order in (("old", before, list(KINDS)), ("new", now, sorted(KINDS))):
        given = {one: rows if one == name else [] for one in COMPARED}
        arrays = {one: pa.Table.from_pylist([dict(zip(KINDS, row, strict=True)) for row in all_], pa.schema(KINDS))
                  for one, all_ in given.items()}  # fmt: skip
        tables.append({one: engine.bring(f"{side}_{one}", table.select(order)) for one, table in arrays.items()})
    return {row["customer_id"] for row in engine.arrow(changed_customers(*tables)).to_pylist()}


@settings(max_examples=20)
@given(before=st.lists(ROW, max_size=8), now=st.lists(ROW, max_size=8))
def test_fingerprints_tell_what_rows_tell(duck: Engine, before: list[Row], now: list[Row]) -> None:
    """Nulls, empty texts, zeros, rows that are there twice, and rows of nobody."""
    assert found(duck, before, now) == by_rows(before, now)


def test_both_engines_tell_nulls_apart_and_count_rows(engine: Engine) -> None:
    """Customers of whom one thing is another, and some of whom nothing is but the order of their rows."""
    pairs: dict[str, tuple[list[Row], list[Row]]] = {
        "null moved": ([(None, "a", 1)], [("a", None, 1)]),
        "null and empty": ([(None, "a", 1)], [("", "a", 1)]),
        "null and zero": ([("a", "a", None)], [("a", "a", 0)]),
        "twice": ([("a", "a", 1)], [("a", "a", 1)] * 2),
        "exchanged": ([("a", "b", 1), ("c", "d", 1)], [("a", "d", 1), ("c", "b", 1)]),
        "came": ([], [("a", "a", 1)]),
        "went": ([("a", "a", 1)], []),
        "same": ([("a", "b", 1), ("b", "a", None)], [("b", "a", None), ("a", "b", 1)]),
    }
    before, now = ([(who, *row, 1) for who, sides in pairs.items() for row in sides[side]] for side in (0, 1))
    guests: list[Row] = [(None, "a", "b", 1, 1)]
    assert found(engine, before, now + guests, name="feedback_fact") == pairs.keys() - {"same"}


def test_every_single_change_is_seen(duck: Engine) -> None:
    """Ten thousand customers, each with one row that differs in one number by one: nobody is missed, nobody else is
    found."""
    before: list[Row] = [(f"c{n}", "a", "b", n % 7, n) for n in range(10_000)]
    now: list[Row] = [(who, one, other, number + 1, key) for who, one, other, number, key in before[::2]]
    assert found(duck, before, now + before[1::2]) == {row[0] for row in now}


def test_tables_of_other_columns_or_types_are_not_comparable(duck: Engine) -> None:
    one = duck.bring("one", pa.table({"a": [1], "b": ["x"]}))
    assert are_comparable(one, duck.bring("same", pa.table({"b": ["y"], "a": [2]})))
    assert not are_comparable(one, duck.bring("more", pa.table({"a": [1], "b": ["x"], "c": [1]})))
    assert not are_comparable(one, duck.bring("other", pa.table({"a": ["1"], "b": ["x"]})))
