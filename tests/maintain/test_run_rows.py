"""Runs as rows and as entries, those of earlier programs too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ibis
from tests.engines import new_lake

from huaxiang.engine import DuckEngine
from huaxiang.maintain.run_rows import added_run, computed_words, run_body, run_row
from huaxiang.model.operations import RUN

OLD: dict[str, Any] = {
    "run_id": "run-00001", "as_of": "2026-06-30", "started_at": "2026-07-01T09:00:00", "seconds": "4.25",
    "definitions": "abc", "ledger_position": 7, "import_count": 2, "customer_count": 30_000,
}  # fmt: skip
NEW = OLD | {"run_id": "run-00002", "scope": "increment", "computed_count": 1234, "messages": "[1]"}


def test_a_row_and_an_entry_say_the_same() -> None:
    for body in (OLD, NEW):
        assert run_body(run_row(body).to_pylist()[0]) == body


def test_a_run_says_for_how_many_it_computed() -> None:
    (row,) = run_row(NEW).to_pylist()
    assert computed_words(row, "zh") == "只算有变化的 1,234 人"
    assert computed_words(row, "en") == "1,234 who changed"
    assert computed_words(row | {"scope": "full"}, "en") == "everybody"
    assert computed_words(run_row(OLD).to_pylist()[0], "zh") == "—"


def test_a_lake_of_an_earlier_program_gets_the_new_columns(tmp_path: Path) -> None:
    engine = DuckEngine(new_lake(tmp_path))
    former = {name: kind for name, kind in RUN.items() if name not in ("scope", "computed_count")}
    old = run_row(OLD).select(list(former)).cast(ibis.schema(former).to_pyarrow())
    engine.publish({"run": engine.bring("former", old)})
    for number in (2, 3):
        engine.publish(*added_run(engine, run_row(NEW | {"run_id": f"run-{number:05d}"})))
    rows = engine.arrow(engine.table("run").order_by("run_id")).to_pylist()
    assert [(row["run_id"], row["computed_count"]) for row in rows] == [
        ("run-00001", None),
        ("run-00002", 1234),
        ("run-00003", 1234),
    ]
    engine.close()
