"""Columns that no field took are kept as JSON that says exactly what the file said."""

from __future__ import annotations

import json

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.collect.extra import extra_json

TEXT = st.one_of(
    st.text(max_size=12), st.sampled_from(["", '"', "\\", "\x00\x1f\x7f", "😀", "a\nb\tc", '{"a": 1}', "\u2028"])
)
NAMES = st.lists(
    st.text(min_size=1, max_size=6).filter(lambda name: name not in ("source_row", "taken")),
    min_size=1,
    max_size=4,
    unique=True,
)


@given(names=NAMES, data=st.data())
def test_extra_is_json_of_what_the_file_said(names: list[str], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.lists(TEXT, min_size=len(names), max_size=len(names)), min_size=1, max_size=5))
    columns = {name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)}
    batch = pa.RecordBatch.from_pydict(
        {**columns, "taken": pa.array(["t"] * len(rows)), "source_row": pa.array(range(len(rows)), pa.int64())}
    )
    for row, found in zip(rows, extra_json(batch, {"taken"}).to_pylist(), strict=True):
        expected = {name: cell for name, cell in zip(names, row, strict=True) if cell}
        assert (json.loads(found) if found else {}) == expected
        assert (found is None) == (not expected)


def test_there_is_no_extra_when_every_column_is_taken() -> None:
    batch = pa.RecordBatch.from_pydict({"a": ["x"], "source_row": [1]})
    assert extra_json(batch, {"a"}).to_pylist() == [None]
