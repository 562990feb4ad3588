"""Files: values come back as they were, nothing runs as a formula, and a file is whole or not there."""

import csv
import hashlib
import stat
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huaxiang.errors import InputError
from huaxiang.release import files
from huaxiang.release.files import write_csv, write_xlsx

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1+1)",
    "  =1+1",
    "\u3000=1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "'=1+1",
    '"=1+1',
    "' \"=1+1",
    "=cmd|'/C calc'!A0",
    "+cmd|'/C calc'!A0",
    '=DDE("cmd";"/C calc";"x")',
    '=HYPERLINK("http://127.0.0.1/?"&A1,"x")',
    '=IMPORTXML(CONCAT("http://127.0.0.1/",A1),"//a")',
    "-2+3+cmd|' /C calc'!A0",
    '=1+1";=1+1',
    "+86 13800138000",
    "-5",
    "@张三",
]
HARMLESS = [
    "张三",
    "a=b",
    "1-2",
    "x@y.cn",
    "",
    " ",
    "13800138000",
    '说"好"',
    "a,b;c",
    "line\nbreak",
    "'quoted'",
    "é\u0301",
]


def _read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_in_csv_gets_a_quote_in_front(tmp_path: Path, text: str) -> None:
    path = write_csv(pa.table({"c": [text], text: ["x"]}), tmp_path / "a.csv").path
    assert _read(path) == [["c", "'" + text], ["'" + text, "x"]]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_in_csv_stays_as_it_is(tmp_path: Path, text: str) -> None:
    assert _read(write_csv(pa.table({"c": [text]}), tmp_path / "a.csv").path)[1:] == [[text]]


def test_machine_mode_keeps_everything_and_says_so(tmp_path: Path) -> None:
    file = write_csv(pa.table({"=c": [*FORMULAS, *HARMLESS]}), tmp_path / "a.csv", machine=True)
    assert [row[0] for row in _read(file.path)] == ["=c", *FORMULAS, *HARMLESS]
    assert file.path.read_bytes()[:1] == b'"'
    assert file.notice is not None
    assert "a.csv" in file.notice.say("zh")
    assert write_csv(pa.table({"c": ["x"]}), tmp_path / "b.csv").notice is None


def test_numbers_days_and_nulls_in_csv(tmp_path: Path) -> None:
    table = pa.table(
        {
            "n": [-5, None],
            "money": pa.array([Decimal("-1234567890.5000"), Decimal("0.0001")], pa.decimal128(18, 4)),
            "f": [0.1, None],
            "ok": [True, None],
            "day": [date(2026, 1, 2), None],
            "tags": [["高价值", "=x"], None],
        }
    )
    rows = _read(write_csv(table, tmp_path / "a.csv").path)
    assert rows[1] == ["-5", "-1234567890.5000", "0.1", "true", "2026-01-02", '["高价值", "=x"]']
    assert rows[2] == ["", "0.0001", "", "", "", ""]


@settings(max_examples=60)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=6))
def test_any_text_comes_back_from_the_machine_file(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    file = write_csv(
        pa.table({"n": list(range(len(texts))), "c": texts}), tmp_path_factory.mktemp("f") / "a.csv", machine=True
    )
    assert [row[1] for row in _read(file.path)[1:]] == texts


def test_the_file_is_described_and_for_its_owner_only(tmp_path: Path) -> None:
    file = write_csv(pa.table({"c": ["x", "y"]}), tmp_path / "new" / "a.csv")
    content = file.path.read_bytes()
    assert content == '\ufeff"c"\r\n"x"\r\n"y"\r\n'.encode()
    assert (file.rows, file.bytes, file.sha256) == (2, len(content), hashlib.sha256(content).hexdigest())
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_nothing_is_left_under_the_name_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("before")

    def half(table: pa.Table, stream: object, *, machine: bool) -> None:
        stream.write(b"half")  # type: ignore[attr-defined]
        raise OSError("disk full")

    monkeypatch.setattr(files, "write_csv_bytes", half)
    with pytest.raises(OSError, match="disk full"):
        write_csv(pa.table({"c": ["x"]}), path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_bytes_cannot_be_exported(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="binary"):
        write_csv(pa.table({"photo": [b"x"]}), tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_excel_cells_have_the_type_of_their_value(tmp_path: Path) -> None:
    table = pa.table(
        {
            "=name": ["张三", None],
            "n": [-5, 2**60],
            "money": pa.array([Decimal("12.3400"), None], pa.decimal128(18, 4)),
            "f": [0.5, float("nan")],
            "ok": [True, False],
            "day": [date(2026, 1, 2), date(1850, 1, 1)],
            "at": pa.array([datetime(2026, 1, 2, 3, 4, 5), None], pa.timestamp("us")),
            "when": pa.array([datetime(2026, 1, 2, tzinfo=UTC), None], pa.timestamp("us", "UTC")),
        }
    )
    sheet = openpyxl.load_workbook(write_xlsx(table, tmp_path / "a.xlsx").path).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == table.column_names
    assert rows[1][:5] == ["张三", -5, 12.34, 0.5, True]
    assert rows[1][5:] == [datetime(2026, 1, 2), datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 00:00:00+00:00"]
    assert rows[2] == [None, str(2**60), None, "nan", False, "1850-01-01", None, None]


def test_no_excel_cell_is_a_formula(tmp_path: Path) -> None:
    table = pa.table({"=header": [*FORMULAS, *HARMLESS]})
    path = write_xlsx(table, tmp_path / "a.xlsx").path
    with ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    cells = [row[0] for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert [bool(cell.quotePrefix) for cell in cells[: len(FORMULAS)]] == [True] * len(FORMULAS)
    assert not any(cell.quotePrefix for cell in cells[len(FORMULAS) :])


def test_the_same_table_gives_the_same_excel_bytes(tmp_path: Path) -> None:
    table = pa.table({"c": ["x"], "n": [1]})
    assert write_xlsx(table, tmp_path / "a.xlsx").sha256 == write_xlsx(table, tmp_path / "b.xlsx").sha256


def test_what_excel_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="32767"):
        write_xlsx(pa.table({"c": ["x" * 32_768]}), tmp_path / "a.xlsx")
    with pytest.raises(InputError, match="1048576 rows"):
        write_xlsx(pa.table({"c": pa.nulls(1_048_576)}), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []
