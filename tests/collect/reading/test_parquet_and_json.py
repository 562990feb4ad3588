"""Typed files come as exact text."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.collect.reading import Limits, Reading, open_file
from huaxiang.errors import InputError

Read = Callable[..., Reading]
Rows = Callable[[Reading], list[tuple[int, list[str]]]]


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([9007199254740993, -1]), ["9007199254740993", "-1"]),
        (pa.array([0.1, 1e-7, None]), ["0.1", "1e-7", ""]),
        (pa.array([Decimal("1.50"), Decimal("0.01")]), ["1.50", "0.01"]),
        (pa.array([Decimal("0.0000001")]), ["0.0000001"]),
        (pa.array([dt.date(2024, 1, 2), None]), ["2024-01-02", ""]),
        (pa.array([dt.datetime(2024, 1, 2, 3, 4, 5)], pa.timestamp("us")), ["2024-01-02 03:04:05"]),
        (pa.array([dt.datetime(2024, 1, 2, 3, 4, 5, 60)], pa.timestamp("us")), ["2024-01-02 03:04:05.000060"]),
        (pa.array([0], pa.timestamp("ms", tz="Asia/Shanghai")), ["1970-01-01 08:00:00+0800"]),
        (pa.array([dt.time(8, 30)]), ["08:30:00"]),
        (pa.array([90], pa.duration("s")), ["90 s"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array(["姓名", "", None, "x"], pa.large_string()), ["姓名", "", "", "x"]),
        (pa.array([b"abc", b"\xff\x00"]), ["abc", "ff00"]),
        (pa.array([{"a": 1, "b": [Decimal("2.5")]}]), ['{"a": 1, "b": ["2.5"]}']),
    ],
)
def test_parquet_values(column: pa.Array, texts: list[str], tmp_path: Path, rows: Rows) -> None:
    keys = pa.array([f"k{place}" for place in range(len(column))])
    pq.write_table(pa.table({"key": keys, "value": column}), tmp_path / "t.parquet")
    [reading] = open_file(tmp_path / "t.parquet")
    assert rows(reading) == [(place + 1, [f"k{place}", text]) for place, text in enumerate(texts)]


def test_a_damaged_parquet_file_is_refused(read: Read) -> None:
    with pytest.raises(InputError) as refused:
        read(b"PAR1" + bytes(50), "t.parquet")
    assert refused.value.code == "reading.parquet_damaged"


def test_json_lines_keep_numbers_as_written(read: Read, rows: Rows) -> None:
    text = '{"id": 12345678901234567890, "价": 1.50, "ok": true}\n\n{"id": "007", "x": {"n": [1.0, null]}}\n'
    reading = read(text, "t.jsonl")
    assert reading.header == ("id", "价", "ok", "x")
    assert rows(reading) == [
        (1, ["12345678901234567890", "1.50", "true", ""]),
        (3, ["007", "", "", '{"n": [1.0, null]}']),
    ]
    assert reading.blank_rows == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": 1', "json_line_damaged"),
        ('{"a": NaN}', "json_line_damaged"),
        ('{"a": 1, "a": 2}', "json_repeated_key"),
        ("[1]", "json_not_object"),
        ("7", "json_not_object"),
        ('{"a": "\\ud800"}', "undecodable_bytes"),
        ('{"a": ' + "[" * 100_000 + "}", "json_line_damaged"),
    ],
)
def test_bad_json_lines_are_set_aside(line: str, reason: str, read: Read, rows: Rows) -> None:
    reading = read(f'{{"a": 1}}\n{line}\n{{"a": 2}}', "t.json")
    assert rows(reading) == [(1, ["1"]), (3, ["2"])]
    assert [(row.source_row, row.reason) for row in reading.rejected] == [(2, f"reading.{reason}")]


def test_a_json_list(read: Read, rows: Rows) -> None:
    reading = read('[\n {"a": 1.10},\n 5,\n {"b": "x"}\n]', "t.json")
    assert rows(reading) == [(1, ["1.10", ""]), (3, ["", "x"])]
    assert [row.source_row for row in reading.rejected] == [2]


@pytest.mark.parametrize(
    ("text", "code"),
    [('[{"a": 1}', "json_damaged"), ("[]", "no_table"), ('{\n"a": 1\n}', "no_table"), ("<html><table>", "html")],
)
def test_json_without_records_is_refused(text: str, code: str, read: Read) -> None:
    with pytest.raises(InputError) as refused:
        read(text, "t.json")
    assert refused.value.code == f"reading.{code}"


def test_a_long_json_list_is_refused_before_it_is_held(read: Read) -> None:
    with pytest.raises(InputError) as refused:
        read('[{"a": 1}' + ',{"a": 1}' * 1000 + "]", "t.json", Limits(max_json_array_bytes=1000))
    assert refused.value.code == "reading.json_list_too_large"


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8)
VALUES = st.one_of(
    TEXT, st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.lists(st.integers(), max_size=3)
)


@given(objects=st.lists(st.fixed_dictionaries({"key": st.just("k"), "v": VALUES}), min_size=1, max_size=8))
def test_json_values_survive(
    objects: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory, rows: Rows
) -> None:
    path = tmp_path_factory.mktemp("json") / "t.jsonl"
    path.write_text("\n".join(json.dumps(item) for item in objects), encoding="utf-8")
    [reading] = open_file(path)
    place = reading.header.index("v")
    found = [cells[place] for _, cells in rows(reading)]
    for text, item in zip(found, objects, strict=True):
        assert (text if isinstance(item["v"], str) else json.loads(text)) == item["v"]
