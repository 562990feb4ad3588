"""What every engine promises about publishing: exact rows, all tables or none, nothing half done for anybody to see."""

import math
from datetime import date, datetime
from decimal import Decimal

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engines import open_engine, rows

from huaxiang.engine import DuckEngine, Engine, Lake
from huaxiang.engine.interface import Exchange
from huaxiang.errors import EngineError

EVERY_TYPE = pa.schema(
    [
        ("id", pa.int64()),
        ("text", pa.string()),
        ("money", pa.decimal128(18, 4)),
        ("wide", pa.decimal128(38, 4)),
        ("at", pa.timestamp("us")),
        ("day", pa.date32()),
        ("yes", pa.bool_()),
        ("ratio", pa.float64()),
        ("small", pa.int32()),
        ("words", pa.list_(pa.string())),
    ]
)
EXTREMES = pa.Table.from_pylist(
    [
        {"id": 1, "text": "画像 😀 'quoted' \\ \n", "money": Decimal("99999999999999.9999"), "wide": Decimal("1e33"),
         "at": datetime(1, 1, 1), "day": date(1, 1, 1), "yes": True, "ratio": 0.1, "small": -(2**31),
         "words": ["一", None]},
        {"id": 2, "text": "", "money": Decimal("-0.0001"), "wide": Decimal("-0.0001"), "words": [], "yes": False,
         "at": datetime(9999, 12, 31, 23, 59, 59, 999999), "day": date(9999, 12, 31), "ratio": -1.5e300,
         "small": 2**31 - 1},
        {"id": 3},
        {"id": -(2**63), "at": datetime(1969, 12, 31, 23, 59, 59, 1), "day": date(1582, 10, 10), "ratio": math.inf},
    ],
    schema=EVERY_TYPE,
)  # fmt: skip


def as_duckdb_reads(lake: Lake, table: str) -> pa.Table:
    """Return the rows of a published table, in the order of their ids, as another process with DuckDB sees them."""
    reader = DuckEngine(lake, read_only=True)
    try:
        return reader.arrow(reader.table(table).order_by("id"))
    finally:
        reader.close()


def test_every_type_survives_being_published(engine: Engine, lake: Lake) -> None:
    engine.publish({"extremes": engine.bring("given", EXTREMES)})
    in_order = EXTREMES.sort_by("id")
    assert engine.arrow(engine.table("extremes").order_by("id")).equals(in_order)
    assert as_duckdb_reads(lake, "extremes").equals(in_order)


def test_not_a_number_stays_not_a_number(engine: Engine, lake: Lake) -> None:
    engine.publish({"odd": engine.bring("given", pa.table({"id": [1, 2], "ratio": [math.nan, 1.0]}))})
    assert [math.isnan(ratio) for ratio in as_duckdb_reads(lake, "odd")["ratio"].to_pylist()] == [True, False]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=80),
            st.none() | st.decimals(-(10**13), 10**13, places=4),
            st.none() | st.datetimes(),
        ),
        max_size=40,
    )
)
def test_random_rows_survive_and_are_found_by_value(
    engine: Engine, lake: Lake, values: list[tuple[str | None, Decimal | None, datetime | None]]
) -> None:
    given_rows = pa.table(
        {
            "id": pa.array(range(len(values)), pa.int64()),
            "text": pa.array([value[0] for value in values], pa.string()),
            "money": pa.array([value[1] for value in values], pa.decimal128(18, 4)),
            "at": pa.array([value[2] for value in values], pa.timestamp("us")),
        }
    )
    engine.publish({"random": engine.bring("given", given_rows)})
    assert as_duckdb_reads(lake, "random").equals(given_rows)
    reader = DuckEngine(lake, read_only=True)
    published = reader.table("random")
    for number, (text, money, at) in enumerate(values[:5]):
        # The smallest and greatest values of each file, noted when it was taken in, must not hide a row.
        same = published.filter(
            published.text.identical_to(ibis.literal(text, type="string")),
            published.money.identical_to(ibis.literal(money, type="decimal(18, 4)")),
            published.at.identical_to(ibis.literal(at, type="timestamp(6)")),
        )
        assert number in [row["id"] for row in rows(reader, same)]
    reader.close()


def test_computed_columns_have_the_types_that_the_expression_declares(engine: Engine, lake: Lake) -> None:
    sold = engine.bring("sold", pa.table({"id": [1, 1, 2], "n": [1, 2, 2**62 + 1], "paid": [Decimal("1.5000")] * 3}))
    paid = sold.paid.cast("decimal(18, 4)")
    totals = sold.group_by("id").agg(
        n=sold.n.sum(), orders=sold.count(), paid=paid.sum(), share=sold.n.sum() / sold.count(), one=ibis.literal(1)
    )
    engine.publish({"totals": totals})
    found = as_duckdb_reads(lake, "totals")
    assert found.schema == totals.schema().to_pyarrow()
    assert found["n"].to_pylist() == [3, 2**62 + 1]
    assert found["paid"].to_pylist() == [Decimal("3.0000"), Decimal("1.5000")]


def test_replacing_gives_exactly_the_new_rows_and_columns(engine: Engine, lake: Lake) -> None:
    engine.publish({"t": engine.bring("old", pa.table({"id": [1, 2, 3], "gone": ["a", "b", "c"]}))})
    engine.publish({"t": engine.bring("new", pa.table({"id": [9], "fresh": ["z"]}))})
    assert as_duckdb_reads(lake, "t").to_pylist() == [{"id": 9, "fresh": "z"}]
    assert rows(engine, engine.table("t")) == [{"id": 9, "fresh": "z"}]


def test_a_table_can_be_replaced_by_an_expression_over_itself(engine: Engine, lake: Lake) -> None:
    engine.publish({"t": engine.bring("old", pa.table({"id": [1, 2, 3]}))})
    before = engine.table("t")
    engine.publish({"t": before.filter(before.id > 1)})
    assert as_duckdb_reads(lake, "t")["id"].to_pylist() == [2, 3]


def test_no_rows_can_be_published(engine: Engine, lake: Lake) -> None:
    engine.publish({"none": engine.bring("given", EXTREMES.slice(0, 0))})
    assert as_duckdb_reads(lake, "none").equals(EXTREMES.slice(0, 0))
    engine.publish({}, {"none": engine.bring("still", EXTREMES.slice(0, 0))})
    assert engine.arrow(engine.table("none")).equals(EXTREMES.slice(0, 0))


def test_appending_matches_columns_by_name_and_leaves_the_rest_null(engine: Engine, lake: Lake) -> None:
    engine.publish({"t": engine.bring("first", pa.table({"id": [1], "word": ["a"], "n": [7]}))})
    engine.publish({}, {"t": engine.bring("more", pa.table({"word": ["b"], "id": [2]}))})
    assert as_duckdb_reads(lake, "t").to_pylist() == [{"id": 1, "word": "a", "n": 7}, {"id": 2, "word": "b", "n": None}]


def test_appending_what_the_table_has_no_place_for_changes_nothing(engine: Engine, lake: Lake) -> None:
    engine.publish({"t": engine.bring("first", pa.table({"id": [1]}))})
    before = engine.snapshot()
    more = engine.bring("more", pa.table({"id": [2], "unknown": ["x"]}))
    for table in ("t", "missing"):
        with pytest.raises(EngineError):
            engine.publish({"other": more}, {table: more})
    assert engine.snapshot() == before
    assert "other" not in engine.tables()
    assert as_duckdb_reads(lake, "t").to_pylist() == [{"id": 1}]


def test_a_publish_is_one_snapshot(engine: Engine) -> None:
    before = engine.snapshot()
    one = engine.bring("one", pa.table({"id": [1]}))
    engine.publish({"a": one, "b": one})
    after = engine.publish({"a": one}, {"b": one})
    assert engine.snapshot() == after == before + 2


def test_when_one_table_fails_none_is_changed(engine: Engine, lake: Lake) -> None:
    good = engine.bring("good", pa.table({"id": [1], "word": ["x"]}))
    engine.publish({"a": good, "b": good})
    before = engine.snapshot()
    with pytest.raises(EngineError) as refused:
        engine.publish({"a": good.mutate(id=good.id + 1), "b": good.mutate(id=good.word.cast("int64"))})
    assert refused.value.code == "engine.publish_failed"
    assert engine.snapshot() == before
    assert as_duckdb_reads(lake, "a").to_pylist() == [{"id": 1, "word": "x"}]
    engine.publish({"a": good.mutate(id=good.id + 1)})
    assert as_duckdb_reads(lake, "a")["id"].to_pylist() == [2]


def test_a_reader_that_stays_open_sees_the_new_rows(engine: Engine, lake: Lake) -> None:
    engine.publish({"t": engine.bring("old", pa.table({"id": [1]}))})
    reader = open_engine(engine.name, lake)
    assert rows(reader, reader.table("t")) == [{"id": 1}]
    engine.publish({"t": engine.bring("new", pa.table({"id": [2]}))})
    assert rows(reader, reader.table("t")) == [{"id": 2}]
    reader.close()


def test_an_exchange_changes_the_rows_of_some_alone(engine: Engine, lake: Lake) -> None:
    """Those of the customers who are named give way, whether new ones come or not; all in one publication."""
    kinds = pa.schema([("customer_id", pa.string()), ("n", pa.int64())])

    def brought(name: str, *told: tuple[str, int]) -> ibis.Table:
        said = [{"customer_id": who, "n": n} for who, n in told]
        return engine.bring(name, pa.Table.from_pylist(said, schema=kinds))

    engine.publish({"wide": brought("all", ("a", 1), ("a", 2), ("b", 3), ("c", 4)), "other": brought("one", ("x", 1))})
    gone = brought("gone", ("a", 0), ("b", 0), ("nobody", 0))
    changed = Exchange(gone, brought("come", ("a", 5), ("d", 6)))
    before = engine.snapshot()
    engine.publish({"other": brought("two", ("y", 2))}, exchange={"wide": changed})
    assert engine.snapshot() > before
    reader = DuckEngine(lake, read_only=True)
    try:
        told = reader.arrow(reader.table("wide").order_by("customer_id")).to_pylist()
        assert [(row["customer_id"], row["n"]) for row in told] == [("a", 5), ("c", 4), ("d", 6)]
        assert reader.arrow(reader.table("other").n).to_pylist() == [{"n": 2}]
    finally:
        reader.close()
