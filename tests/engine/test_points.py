"""One customer at a time: the points say what the lake says, and appear whole or not at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huaxiang.engine import DuckEngine, Lake
from huaxiang.engine import points as module
from huaxiang.engine.points import NAMES, Making, Meant, latest_points, make_points
from huaxiang.errors import WorkspaceError

SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("orders", pa.int64()),
        ("revenue", pa.decimal128(18, 4)),
        ("last_order_on", pa.date32()),
        ("city", pa.string()),
        ("stores", pa.list_(pa.string())),
    ]
)
_NUMBERS = count(1)
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
_ROW = st.fixed_dictionaries(
    {
        "customer_id": _TEXT,
        "orders": st.none() | st.integers(-(2**63), 2**63 - 1),
        "revenue": st.none() | st.decimals(-999, 999, places=4),
        "last_order_on": st.none() | st.dates(date(1900, 1, 1)),
        "city": st.none() | _TEXT,
        "stores": st.none() | st.lists(_TEXT, max_size=3),
    }
)


@pytest.fixture
def duck(tmp_path: Path) -> DuckEngine:
    """An engine over an empty lake."""
    lake = Lake(tmp_path / "lake", tmp_path / "tmp", memory_limit="1GB", threads=2)
    (tmp_path / "tmp").mkdir()
    lake.create()
    return DuckEngine(lake)


def making(duck: DuckEngine, rows: list[dict[str, object]], names: list[tuple[str, str, str]] | None = None) -> Making:
    """What points are made of, from plain rows."""
    told = [dict(zip(NAMES, name, strict=True)) for name in names or []]
    listed = duck.bring("told", pa.Table.from_pylist(told, schema=pa.schema(list(NAMES.items()))))
    return Making(duck.bring("rows", pa.Table.from_pylist(rows, schema=SCHEMA)), listed, {"as_of": "2026-06-30"})


@given(rows=st.lists(_ROW, max_size=40, unique_by=lambda row: str(row["customer_id"])), piece=st.integers(1, 9))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_is_found_as_it_is(
    duck: DuckEngine, monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, object]], piece: int
) -> None:
    monkeypatch.setattr(module, "_PIECE", piece)
    run = f"run-{next(_NUMBERS):05d}"
    make_points(duck, run, lambda: making(duck, rows))
    # Another version of the program may cut otherwise; few pieces are held open.
    monkeypatch.setattr(module, "_PIECE", piece + 1)
    monkeypatch.setattr(module, "_OPEN", 2)
    found = module.Points(duck.lake.folder / "points" / run)
    assert len(found) == len(rows)
    assert [found.row(str(row["customer_id"])) for row in rows] == rows
    assert found.row("nobody of this name") is None
    some = ("city", "no such column", "orders")
    told = [found.row(str(row["customer_id"]), some) for row in rows]
    assert told == [{"city": row["city"], "orders": row["orders"]} for row in rows]


def test_a_name_means_one_customer_several_or_a_former_one(duck: DuckEngine) -> None:
    rows: list[dict[str, object]] = [{"customer_id": each} for each in ("a", "b", "é", "客")]
    names = [
        ("139", "b", "identifier"),
        ("139", "a", "identifier"),
        ("139", "a", "identifier"),
        ("old", "客", "former"),
    ]
    make_points(duck, "run-00001", lambda: making(duck, rows, names))
    points = latest_points(duck.lake)
    assert points is not None
    assert points.run_id == "run-00001"
    assert points.about == {"as_of": "2026-06-30"}
    assert points.meant("139") == [Meant("a", "identifier"), Meant("b", "identifier")]
    assert points.meant("old") == [Meant("客", "former")]
    assert points.meant("客") == [Meant("客", "id")]
    assert points.meant("") == points.meant("1390") == []


def test_the_newest_whole_run_is_read_and_old_ones_go(duck: DuckEngine) -> None:
    assert latest_points(duck.lake) is None
    for number in range(1, 5):
        rows: list[dict[str, object]] = [{"customer_id": "a", "orders": number, "revenue": Decimal(1)}]
        make_points(duck, f"run-{number:05d}", lambda rows=rows: making(duck, rows))  # type: ignore[misc]
    held = latest_points(duck.lake)
    assert held is not None
    assert sorted(path.name for path in (duck.lake.folder / "points").iterdir()) == ["run-00003", "run-00004"]
    (duck.lake.folder / "points" / "run-00005.partial").mkdir()
    assert latest_points(duck.lake) is held
    make_points(duck, "run-00006", lambda: making(duck, []))
    make_points(duck, "run-00007", lambda: making(duck, []))
    newest = latest_points(duck.lake)
    assert newest is not None
    assert newest.run_id == "run-00007"
    assert not list((duck.lake.folder / "points").glob("*.partial"))
    assert held.row("a") == dict.fromkeys(SCHEMA.names) | {
        "customer_id": "a",
        "orders": 4,
        "revenue": Decimal("1.0000"),
    }


def test_what_could_not_be_written_leaves_the_run_before(duck: DuckEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    make_points(duck, "run-00001", lambda: making(duck, [{"customer_id": "a"}]))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write_table", full)
    with pytest.raises(WorkspaceError, match="No space left"):
        make_points(duck, "run-00002", lambda: making(duck, [{"customer_id": "a"}]))
    assert [path.name for path in (duck.lake.folder / "points").iterdir()] == ["run-00001"]


def test_batches_are_the_rows(duck: DuckEngine) -> None:
    expr = ibis.range(0, 5000).unnest().name("n").as_table()
    reader = duck.batches(expr, 700)
    assert sorted(value for batch in reader for value in batch.column(0).to_pylist()) == list(range(5000))
