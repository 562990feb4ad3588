"""Workbooks: cells as exact text, the table found on its sheet, and traps refused without harm."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from huaxiang.collect.reading import Limits, Reading, open_file
from huaxiang.errors import InputError

Rows = Callable[[Reading], list[tuple[int, list[str]]]]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
    '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def sheet_file(path: Path, sheet_data: str, doctype: str = "", extra: dict[str, str] | None = None) -> Path:
    """Write a minimal .xlsx by hand: what a library would never write."""
    parts = PARTS | {
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{MAIN}"><sheetData>{sheet_data}'
        "</sheetData></worksheet>",
    }
    parts |= extra or {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def workbook(path: Path, *table: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in table:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(path)
    book.close()
    return path


def test_cells_come_as_exact_text(tmp_path: Path, rows: Rows) -> None:
    given: list[tuple[Any, str]] = [
        ("6222021234567890123", "6222021234567890123"),
        (13800138000, "13800138000"),
        (13800138000.0, "13800138000"),
        (0.1, "0.1"),
        (19.9, "19.9"),
        (-3, "-3"),
        (dt.datetime(2024, 1, 2, 3, 4, 5), "2024-01-02 03:04:05"),
        (dt.datetime(2024, 1, 2), "2024-01-02"),
        (dt.date(1999, 12, 31), "1999-12-31"),
        (dt.time(8, 30), "08:30:00"),
        (dt.timedelta(hours=30), "30:00:00"),
        (True, "TRUE"),
        ("007", "007"),
        (" 两头有空格 ", " 两头有空格 "),
        ("第一行\n第二行", "第一行\n第二行"),
        ("=not", "=not"),
    ]
    book = openpyxl.Workbook()
    sheet = book.create_sheet("数据", 0)
    sheet.append(["键", "值"])
    for place, (value, _) in enumerate(given):
        sheet.append([f"k{place}", value])
        if value == "=not":
            sheet.cell(place + 2, 2).data_type = "s"
    book.save(tmp_path / "t.xlsx")
    [reading] = open_file(tmp_path / "t.xlsx")
    assert (reading.sheet, reading.header) == ("数据", ("键", "值"))
    assert rows(reading) == [(place + 2, [f"k{place}", text]) for place, (_, text) in enumerate(given)]


def test_titles_blank_rows_and_moved_tables_keep_the_sheets_row_numbers(tmp_path: Path, rows: Rows) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    for row in (["门店日报", None, None], [], ["订单号", "会员", "金额"], ["A1", "张三", 5], [], ["A2", "李四", 7.5]):
        first.append(row)
    first.merge_cells("A1:C1")
    hidden = book.create_sheet("会员")
    hidden["B3"], hidden["C3"], hidden["B4"], hidden["C4"] = "姓名", "城市", "张三", "北京"
    hidden.sheet_state = "hidden"
    book.create_sheet("空")
    book.save(tmp_path / "t.xlsx")
    orders, members = open_file(tmp_path / "t.xlsx")
    assert rows(orders) == [(4, ["A1", "张三", "5"]), (6, ["A2", "李四", "7.5"])]
    assert (orders.blank_rows, orders.rows_read) == (1, 3)
    assert rows(members) == [(4, ["张三", "北京"])]
    assert [message.code for message in members.messages] == ["reading.sheet_hidden", "reading.lines_above_skipped"]


def test_two_sheets_can_be_read_side_by_side(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("b")):
        assert sheet is not None
        for number in range(300):
            sheet.append([f"name {number}", f"{sheet.title} {number}"])
    book.save(tmp_path / "t.xlsx")
    first, second = open_file(tmp_path / "t.xlsx")
    pairs = list(zip(first.batches(rows=50), second.batches(rows=50), strict=True))
    assert [one.column(1)[0].as_py()[:1] for pair in pairs for one in pair] == ["S", "b"] * 6


def test_the_content_decides_not_the_name(tmp_path: Path, rows: Rows) -> None:
    path = workbook(tmp_path / "t.xlsx", ["a", "b"], ["x", "y"])
    for name in ("renamed.xls", "renamed.csv"):
        [reading] = open_file(path.rename(tmp_path / name))
        assert rows(reading) == [(2, ["x", "y"])]
        path = tmp_path / name
    path.write_text("姓名\t城市\n张三\t北京\n", encoding="gbk")
    [reading] = open_file(path.rename(tmp_path / "really_text.xls"))
    assert rows(reading) == [(2, ["张三", "北京"])]


def test_styled_cells_without_text_reach_nowhere(tmp_path: Path) -> None:
    ghost = '<row r="1048576"><c r="Z1048576" s="1"/></row>'
    path = sheet_file(tmp_path / "styled.xlsx", f'<row r="1">{text_cell("A1", "x")}</row>{ghost}')
    [reading] = open_file(path)
    assert reading.header == ("x",)


def far_cell(path: Path) -> Path:
    near, far = text_cell("A1", "x"), text_cell("XFD1048576", "y")
    return sheet_file(path, f'<row r="1">{near}</row><row r="1048576">{far}</row>')


def distant_cell(path: Path) -> Path:
    """So far away that the sheet still fits into memory, but not so near that anybody means it."""
    return sheet_file(
        path, f'<row r="1">{text_cell("A1", "x")}</row><row r="1048576">{text_cell("Z1048576", "y")}</row>'
    )


def big_cell(path: Path) -> Path:
    return sheet_file(path, f'<row r="1">{text_cell("A1", "x" * 150_000_000)}</row>')


def many_rows(path: Path) -> Path:
    return sheet_file(path, "<row><c><v>1</v></c></row>" * 3_000_000)


def entities(path: Path) -> Path:
    lines = ['<!ENTITY a0 "aaaaaaaaaa">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))]
    return sheet_file(path, f'<row r="1">{text_cell("A1", "&a8;")}</row>', f"<!DOCTYPE x [{''.join(lines)}]>")


def many_members(path: Path) -> Path:
    return sheet_file(path, "", extra={f"xl/media/{number}.bin": "" for number in range(1_100)})


def encrypted(path: Path) -> Path:
    name = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + name + bytes(2000))
    return path


def broken_ole(path: Path) -> Path:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000))
    return path


def torn_zip(path: Path) -> Path:
    workbook(path, ["a"], ["b"])
    path.write_bytes(path.read_bytes()[:-300])
    return path


def no_workbook(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../escape.csv", "a,b\n1,2\n")
    return path


def zip_of_zeros(path: Path) -> Path:
    return sheet_file(path, "", extra={"xl/media/zeros.bin": "0" * 250_000_000})


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (far_cell, "workbook_too_heavy"),
        (distant_cell, "workbook_too_heavy"),
        (big_cell, "workbook_unpacks_too_large"),
        (many_rows, "workbook_unpacks_too_large"),
        (entities, "workbook_entities"),
        (many_members, "workbook_members"),
        (zip_of_zeros, "workbook_unpacks_too_large"),
        (encrypted, "workbook_encrypted"),
        (broken_ole, "workbook_damaged"),
        (torn_zip, "workbook_damaged"),
        (no_workbook, "zip_not_workbook"),
        (lambda path: sheet_file(path, ""), "workbook_empty"),
    ],
)
def test_traps_are_refused_by_name(make: Callable[[Path], Path], code: str, tmp_path: Path) -> None:
    path = make(tmp_path / "t.xlsx")
    before = sorted(tmp_path.parent.rglob("*"))
    with pytest.raises(InputError) as refused:
        open_file(path)
    assert refused.value.code == f"reading.{code}"
    assert all("t.xlsx" in refused.value.say(lang) for lang in ("zh", "en"))
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_a_workbook_under_the_ratio_that_needs_too_much_memory_stops(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{row}">{text_cell(f"A{row}", f"text {row}")}</row>' for row in range(1, 200_000))
    path = sheet_file(tmp_path / "t.xlsx", cells)
    with pytest.raises(InputError) as refused:
        open_file(path, limits=Limits(workbook_memory_bytes=20_000_000))
    assert refused.value.code == "reading.workbook_too_heavy"


def test_a_slow_workbook_is_stopped(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", ["a", "b"], ["x", "y"])
    with pytest.raises(InputError) as refused:
        open_file(path, limits=Limits(workbook_seconds=0.01))
    assert refused.value.code == "reading.workbook_too_slow"


def test_a_workbook_that_lies_about_its_size_is_bounded(tmp_path: Path) -> None:
    """The declared sizes pass, the real ones do not: the child's memory bound holds."""
    path = sheet_file(tmp_path / "t.xlsx", f'<row r="1">{text_cell("A1", "x" * 60_000_000)}</row>')
    data = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        real = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    path.write_bytes(data.replace(real.to_bytes(4, "little"), (5_000).to_bytes(4, "little")))
    with pytest.raises(InputError) as refused:
        open_file(path, limits=Limits(workbook_memory_bytes=40_000_000))
    assert refused.value.code in {"reading.workbook_too_heavy", "reading.workbook_damaged"}
