"""What every engine promises about tables: published ones, brought ones, kept ones."""

import threading

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.engines import open_engine, rows

from huaxiang.engine import DuckEngine, Engine, Lake
from huaxiang.engine.interface import Exchange
from huaxiang.errors import Cancelled, EngineError, HuaxiangError, NotFound
from huaxiang.model.tables import canonical_tables

PEOPLE = pa.table({"name": ["一", "二", "三"], "n": [1, 2, 3]})


def test_a_new_lake_holds_the_canonical_tables(engine: Engine) -> None:
    assert engine.tables() == sorted(engine.tables())
    assert set(canonical_tables()) <= set(engine.tables())


def test_every_empty_table_has_its_columns_and_types(engine: Engine) -> None:
    found = {name: engine.table(name).schema().to_pyarrow() for name in canonical_tables()}
    assert found == {name: ibis.schema(table.ibis_schema).to_pyarrow() for name, table in canonical_tables().items()}
    orders = engine.arrow(engine.table("orders"))
    assert (orders.num_rows, orders.schema) == (0, found["orders"])


def test_an_unknown_table_is_refused_with_the_nearest_names(engine: Engine) -> None:
    with pytest.raises(NotFound) as refused:
        engine.table("ordres")
    assert refused.value.params["given"] == "ordres"
    assert "orders" in refused.value.params["nearest"]


def test_brought_rows_come_back_and_are_not_published(engine: Engine) -> None:
    brought = engine.bring("people", PEOPLE)
    assert engine.arrow(brought.order_by("n")).equals(PEOPLE)
    assert "people" not in engine.tables()


def test_bringing_again_replaces_what_was_brought(engine: Engine) -> None:
    engine.bring("people", PEOPLE)
    again = engine.bring("people", PEOPLE.slice(1, 1))
    assert rows(engine, again) == [{"name": "二", "n": 2}]


def test_rows_having_a_value_are_found_in_whatever_files_they_stand(engine: Engine) -> None:
    """In several files, in none, where rows were deleted since, and where there is no published table."""

    def found(*ids: str) -> list[int]:
        table = engine.having(engine.table("spread"), {"customer_id": ids, "given_by": ids}, ["n"])
        return sorted(table.column("n").to_pylist())

    rows = [{"customer_id": "a", "given_by": "c", "n": 1}, {"customer_id": "b", "n": 2}, {"given_by": "b", "n": 3}]
    later = [{"customer_id": "b", "given_by": "a", "n": 4}, {"customer_id": "一", "n": 5}]
    schema = pa.schema({"customer_id": pa.string(), "given_by": pa.string(), "n": pa.int64()})
    engine.publish({"spread": engine.bring("first", pa.Table.from_pylist(rows, schema))})
    assert (found("b"), found("z"), found("a", "c")) == ([2, 3], [], [1])
    engine.publish({}, {"spread": engine.bring("second", pa.Table.from_pylist(later, schema))})
    assert (found("b"), found("z"), found("a", "一")) == ([2, 3, 4], [], [1, 4, 5])
    gone = engine.bring("gone", pa.table({"customer_id": ["b"]}))
    new = engine.bring("new", pa.Table.from_pylist([{"customer_id": "b", "n": 6}], schema))
    engine.publish({}, exchange={"spread": Exchange(gone, new)})
    assert (found("b"), found("a")) == ([3, 6], [1])
    kept = engine.keep("kept", engine.table("spread").filter(ibis._.n > 3))
    assert engine.having(kept, {"customer_id": ["b", "一"]}).num_rows == 2
    assert (
        tuple(engine.having(engine.table("orders"), {"order_no": ["D1"]}).schema.names)
        == engine.table("orders").columns
    )


def test_a_brought_table_hides_no_published_one(engine: Engine) -> None:
    engine.bring("orders", PEOPLE)
    assert "order_no" in engine.table("orders").columns


def test_what_is_brought_is_seen_by_no_other_engine(engine: Engine, lake: Lake) -> None:
    engine.publish({"people": engine.bring("mine", PEOPLE)})
    other = open_engine(engine.name, lake)
    try:
        assert len(rows(other, other.table("people"))) == 3
        with pytest.raises(HuaxiangError):
            other.table("mine")
    finally:
        other.close()


def test_a_kept_table_stands_when_its_source_changes(engine: Engine) -> None:
    engine.publish({"people": engine.bring("people", PEOPLE)})
    people = engine.table("people")
    kept = engine.keep("many", people.filter(people.n > 1))
    engine.publish({"people": engine.bring("nobody", PEOPLE.slice(0, 0))})
    assert rows(engine, kept.order_by("n")) == [{"name": "二", "n": 2}, {"name": "三", "n": 3}]


def test_a_table_can_be_kept_under_its_own_name_again(engine: Engine) -> None:
    kept = engine.keep("numbers", engine.bring("people", PEOPLE))
    kept = engine.keep("numbers", kept.mutate(n=kept.n * 10))
    kept = engine.keep("numbers", kept.filter(kept.n > 10))
    assert sorted(row["n"] for row in rows(engine, kept)) == [20, 30]


def test_columns_and_single_values_become_tables(engine: Engine) -> None:
    people = engine.bring("people", PEOPLE)
    assert engine.arrow(people.n.sum().name("total")).to_pydict() == {"total": [6]}
    assert sorted(engine.arrow(people.name.name("who")).to_pydict()["who"]) == sorted(["一", "二", "三"])


def test_rows_written_into_the_expression_itself_are_read_exactly(engine: Engine) -> None:
    inline = ibis.memtable(pa.table({"n": pa.array([1, None, 3], pa.int64()), "word": ["一", None, ""]}))
    joined = engine.bring("people", PEOPLE).join(inline, "n").select("name", "word")
    assert sorted(rows(engine, joined), key=lambda row: str(row["name"])) == [
        {"name": "一", "word": "一"},
        {"name": "三", "word": ""},
    ]


def test_a_computation_that_fails_says_so_in_one_line(engine: Engine) -> None:
    broken = engine.bring("words", pa.table({"word": ["12", "twelve"]}))
    with pytest.raises(EngineError) as refused:
        engine.arrow(broken.mutate(number=broken.word.cast("int64")))
    assert "twelve" in str(refused.value)
    assert "\tat " not in str(refused.value)


def test_looking_up_tables_can_be_stopped_too(lake: Lake) -> None:
    duck, over = DuckEngine(lake), threading.Event()

    def stop() -> None:
        while not over.is_set():
            duck.cancel()

    stopper = threading.Thread(target=stop)
    stopper.start()
    try:
        with pytest.raises(Cancelled) as stopped:
            [duck.tables() for _ in range(100_000)]
    finally:
        over.set()
        stopper.join()
    assert stopped.value.code == "engine.cancelled"
    assert "orders" in duck.tables()
    duck.close()


def test_staged_parquet_files_are_read(engine: Engine, lake: Lake) -> None:
    paths = [str(lake.scratch / f"第 {part} [part].parquet") for part in range(2)]
    for path in paths:
        pq.write_table(PEOPLE, path)
    staged = engine.read_parquet(paths)  # type: ignore[attr-defined]
    assert engine.arrow(staged.n.sum().name("total")).to_pydict() == {"total": [12]}


def test_the_statement_can_be_read(engine: Engine) -> None:
    people = engine.bring("people", PEOPLE)
    statement = engine.sql(people.filter(people.n > 1))
    assert "SELECT" in statement
    assert "> " in statement
