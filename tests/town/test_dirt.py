"""Every piece of dirt in the truth lies in that file, at that row, and is what its reason says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.town.plain_reading import cents, instant, records

from huaxiang.town import TownReport
from huaxiang.town.dirt import Mark, Soiled, soil
from huaxiang.town.stains import STAINS
from huaxiang.town.write import CsvFile

Cells = dict[int, list[str]]
_UNKNOWN = {"无", "不详", "未知", "NULL", "NA", "-", "/"}


@dataclass(frozen=True)
class Found:
    """A dirty row of the truth with what really is there in the file."""

    dirt: dict[str, Any]
    header: list[str]
    row: list[str]
    cells: Cells

    @property
    def cell(self) -> str:
        """The cell that is said to be dirty."""
        return self.row[self.header.index(self.dirt["column"])]

    @property
    def meant(self) -> str:
        """What it should say."""
        return str(self.dirt["meant"])

    @property
    def number(self) -> int:
        """Which row it is."""
        return int(self.dirt["row_number"])


def _digits(text: str) -> str:
    return "".join(str(int(sign)) for sign in text if sign.isdigit())


CHECKS: dict[str, Callable[[Found], bool]] = {
    "date_form": lambda f: instant(f.cell) == instant(f.meant) is not None and f.cell != f.meant,
    "impossible_date": lambda f: instant(f.cell) is None,
    "amount_form": lambda f: cents(f.cell) == cents(f.meant) is not None and f.cell != f.meant,
    "unparsable_amount": lambda f: cents(f.cell) is None,
    "phone_form": lambda f: _digits(f.cell)[-11:] == f.meant != f.cell,
    "phone_length": lambda f: len(f.cell) in {10, 12},
    "placeholder_phone": lambda f: f.cell in {"13800000000", "13800138000", "11111111111", "00000000000"},
    "implausible_birthday": lambda f: f.cell < "1901",
    "missing_word": lambda f: f.cell in _UNKNOWN,
    "missing_key": lambda f: not f.cell,
    "test_order": lambda f: "测试" in f.cell and f.row[f.header.index("实付金额")] == "0.01",
    "blank_row": lambda f: not any(f.row),
    "too_few_fields": lambda f: 0 < len(f.row) < len(f.header),
    "too_many_fields": lambda f: len(f.row) > len(f.header),
    "duplicate_row": lambda f: any(f.cells.get(number) == f.row for number in range(f.number - 1, 1, -1)),
    "subtotal_row": lambda f: f.row[0] == "合计" and f.number == max(f.cells),
    "header_whitespace": lambda f: f.number == 1 and all(word == f"{word.strip()} " for word in f.row),
}


def _read(path: Path) -> Cells:
    if path.suffix == ".csv":
        return {line.number: line.fields for line in records(path)}
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    rows = sheet.iter_rows(values_only=True)
    return {number: ["" if cell is None else str(cell) for cell in row] for number, row in enumerate(rows, 1)}


@pytest.mark.parametrize("size", ["small_town", "town"])
def test_dirt_lies_where_the_truth_says(size: str, request: pytest.FixtureRequest) -> None:
    built: TownReport = request.getfixturevalue(size)
    wrong, files = [], dict[str, Cells]()
    for dirt in pq.read_table(built.folder / "truth" / "dirty_rows.parquet").to_pylist():
        if dirt["file"] not in files:
            files[dirt["file"]] = _read(built.folder / "raw" / dirt["file"])
        cells = files[dirt["file"]]
        header = [word.strip() for word in cells[1]]
        found = Found(dirt, header, cells[dirt["row_number"]], cells)
        if not CHECKS[dirt["reason"]](found):
            wrong.append((dirt, found.row))
    assert not wrong


def test_every_kind_of_dirt_occurs(town: TownReport) -> None:
    reasons = set(pq.read_table(town.folder / "truth" / "dirty_rows.parquet")["reason"].to_pylist())
    assert reasons == set(CHECKS)


@given(st.integers(0, 10_000), st.integers(60, 200))
def test_soiling_adds_rows_and_changes_only_marked_ones(seed: int, count: int) -> None:
    numbers = [f"{n:06d}" for n in range(count)]
    rows = {
        "退款单号": pa.array(numbers),
        "退款时间": pa.array(["2026-03-05 14:03:00"] * count),
        "退款金额": pa.array(["1234.50"] * count),
    }
    soiled = soil(rows, STAINS["退款"], np.random.default_rng(seed), first=True)
    marked = {mark.place for mark in soiled.marks}
    assert len(marked) == len(soiled.marks)
    clean = [n for place, n in enumerate(soiled.rows["退款单号"].to_pylist()) if place not in marked]
    in_place = [soiled.rows["退款单号"][mark.place].as_py() for mark in soiled.marks if not mark.stain.adds]
    assert sorted(clean + in_place) == numbers
    assert soiled.rows["退款单号"][-1].as_py() == numbers[-1]
    keys = soiled.rows["退款单号"].to_pylist()
    twice = [mark.place for mark in soiled.marks if mark.stain.reason == "duplicate_row"]
    assert twice
    assert all(keys.index(keys[place]) < place for place in twice)


def test_row_numbers_count_lines_over_blocks(tmp_path: Path) -> None:
    file = CsvFile(tmp_path / "a.csv", ["意见建议", "手机号"])
    stain = STAINS["满意度问卷"][2]
    for _ in range(2):
        rows = {"意见建议": pa.array(["好\n谢谢", '他说"行"，好', "a,b"]), "手机号": pa.array(["1", "2", "+86 3"])}
        last = file.add(Soiled(rows, [Mark(2, stain, "+86 3", "3")]))
    file.close()
    assert file.rows == 6
    assert last["row_number"] == [9]
    lines = {line.number: line.fields for line in records(tmp_path / "a.csv")}
    assert lines[9] == ["a,b", "+86 3"]
    assert lines[8] == ['他说"行"，好', "2"]
    assert lines[6] == ["好\n谢谢", "1"]
