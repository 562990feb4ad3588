"""The figures of tables without rows: the first rows change them as they would have made them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from tests.engines import new_lake, rows

from huaxiang.engine import DuckEngine, Lake, lake
from huaxiang.engine.extensions import connection_settings, load_extensions
from huaxiang.engine.no_rows import note_tables_without_rows

FIRST = pa.table({"row_key": ["b", None], "source_row": pa.array([7, 2], pa.int64())})
MORE = pa.table({"row_key": ["a"], "source_row": pa.array([9], pa.int64())})
_TABLES = """
SELECT t.table_name, s.record_count, s.next_row_id
FROM catalogue.ducklake_table AS t JOIN catalogue.ducklake_table_stats AS s USING (table_id)
"""
_COLUMNS = """
SELECT t.table_name, c.column_name, s.contains_null, s.min_value, s.max_value
FROM catalogue.ducklake_table AS t JOIN catalogue.ducklake_column AS c USING (table_id)
JOIN catalogue.ducklake_table_column_stats AS s USING (table_id, column_id)
"""
_FIGURES = tuple(f"{text} WHERE t.end_snapshot IS NULL" for text in (_TABLES, _COLUMNS))


def figures(of: Lake, table: str | None = None) -> list[list[tuple[Any, ...]]]:
    """Return what the catalogue says of every table that stands, or of one: of the table, and of its columns."""
    with closing(duckdb.connect(config=connection_settings())) as reader:
        load_extensions(reader)
        reader.execute(f"ATTACH '{of.catalogue}' AS catalogue (TYPE sqlite, READ_ONLY)")
        found = [reader.execute(statement).fetchall() for statement in _FIGURES]
    return [sorted((row for row in some if table in (None, row[0])), key=repr) for some in found]


def filled(of: Lake) -> Lake:
    """Publish rows into an empty table, twice."""
    engine = DuckEngine(of)
    for some in (FIRST, MORE):
        engine.publish({}, {"exposure": engine.bring("some", some)})
    engine.close()
    return of


def test_every_table_has_figures_from_the_start(lake: Lake) -> None:
    engine = DuckEngine(lake)
    tables, columns = figures(lake)
    assert tables == sorted(((name, 0, 0) for name in engine.tables()), key=repr)
    assert {(row[0], row[1]) for row in columns} == {
        (name, column) for name in engine.tables() for column in engine.table(name).columns
    }
    engine.close()


def test_rows_make_the_figures_that_they_make_without_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = filled(new_lake(tmp_path / "noted"))
    monkeypatch.setattr(lake, "note_tables_without_rows", lambda *_: None)
    plain = filled(new_lake(tmp_path / "plain"))
    assert figures(noted, "exposure") == figures(plain, "exposure")
    assert ("exposure", "source_row", 0, "2", "9") in figures(noted)[1]


def test_a_table_published_without_rows_has_figures_and_takes_rows(lake: Lake) -> None:
    engine = DuckEngine(lake)
    engine.publish({"new": engine.bring("none", FIRST.slice(0, 0))})
    assert figures(lake, "new")[0] == [("new", 0, 0)]
    engine.publish({}, {"new": engine.bring("some", FIRST)})
    assert rows(engine, engine.table("new").filter(engine.table("new").row_key.isnull())) == [
        {"row_key": None, "source_row": 2}
    ]
    assert figures(lake, "new")[0] == [("new", 2, 2)]
    engine.close()


def test_noting_again_changes_nothing(lake: Lake) -> None:
    before = figures(filled(lake))
    connection = duckdb.connect(config=connection_settings())
    lake.attach(connection)
    note_tables_without_rows(connection, "lake")
    connection.close()
    assert figures(lake) == before
