"""Delimiters, quotes, ragged rows and headers: what is kept, what is set aside, and on which row it stands."""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.collect.reading import Dialect, Limits, Reading, open_file
from huaxiang.errors import InputError

Read = Callable[..., Reading]
Rows = Callable[[Reading], list[tuple[int, list[str]]]]


def reasons(reading: Reading) -> list[tuple[int, str]]:
    return [(row.source_row, row.reason.removeprefix("reading.")) for row in reading.rejected]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "\x01"])
def test_delimiters(delimiter: str, read: Read, rows: Rows) -> None:
    lines = ["id,name,price", "1,Anna,2.50", "2,Ben,3.75"]
    reading = read("\n".join(line.replace(",", delimiter) for line in lines))
    assert reading.dialect == Dialect(delimiter)
    assert rows(reading) == [(2, ["1", "Anna", "2.50"]), (3, ["2", "Ben", "3.75"])]


def test_decimal_commas_do_not_hide_the_semicolons(read: Read, rows: Rows) -> None:
    reading = read("id;price;weight\n1;2,50;1,0\n2;3,75;2,0\n3;4;5\n")
    assert rows(reading)[0] == (2, ["1", "2,50", "1,0"])


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("a,b\n1,'x,y'\n2,'z,w'\n", Dialect(",", "'")),
        ('a,b\n1,"x \\"y\\", z"\n2,"u \\"v\\", w"\n', Dialect(",", '"', "\\")),
        ('a, b\n1, "x, y"\n2, "z, w"\n', Dialect(",", '"', None, True)),
        ('a\tb\n1\t"x" said y\n2\t"z" said w\n3\tplain\n', Dialect("\t", None)),
    ],
)
def test_quotings(text: str, dialect: Dialect, read: Read, rows: Rows) -> None:
    reading = read(text)
    assert reading.dialect == dialect
    assert [row for row, _ in rows(reading)][:2] == [2, 3]
    assert reading.rejected == []


def test_escaped_quotes_lose_their_backslash(read: Read, rows: Rows) -> None:
    assert rows(read('a,b\n1,"x \\"y\\", z"\n2,"c:\\\\d, e"\n')) == [(2, ["1", 'x "y", z']), (3, ["2", "c:\\d, e"])]


def test_one_bad_quote_costs_one_row(read: Read, rows: Rows) -> None:
    body = [f'{number},"name {number}",x' for number in range(2, 200)]
    body[50] = '52,"never closed,x'
    reading = read("\n".join(["id,name,note", *body]))
    assert len(rows(reading)) == 197
    assert reasons(reading) == [(52, "unbalanced_quote")]
    assert reading.rejected[0].raw_text == '52,"never closed,x'


def test_a_bad_quote_with_no_quote_after_it_costs_one_row(read: Read, rows: Rows) -> None:
    reading = read("id,name,note\n" + '1,"open,x\n' + "".join(f"{number},b,c\n" for number in range(2, 50_000)))
    assert len(rows(reading)) == 49_998
    assert reasons(reading) == [(2, "unbalanced_quote")]


def test_two_stray_quotes_do_not_swallow_the_rows_between(read: Read, rows: Rows) -> None:
    reading = read('a,b,c\n1,"x,2\n3,y,4\n5,z",6\n7,8,9\n')
    assert [row for row, _ in rows(reading)] == [3, 4, 5]
    assert reasons(reading) == [(2, "unbalanced_quote")]


def test_line_breaks_inside_quotes_are_text(read: Read, rows: Rows) -> None:
    reading = read('a,b,c\n1,"x\n\ny, z",2\n3,4,5\n')
    assert rows(reading) == [(2, ["1", "x\n\ny, z", "2"]), (5, ["3", "4", "5"])]


def test_quotes_inside_plain_text_stay(read: Read, rows: Rows) -> None:
    reading = read('size,item,note\n12" pipe,x,y\n5\'8",z,w\n"a" b,1,2\n')
    assert [cells[0] for _, cells in rows(reading)] == ['12" pipe', "5'8\""]
    assert reasons(reading) == [(4, "malformed_quote")]


def test_ragged_rows(read: Read, rows: Rows) -> None:
    reading = read("a,b,c\n1,2,3\n1,2\n1,2,3,,\n1,2,3,4\n\n,,\n4,5,6\n")
    assert rows(reading) == [(2, ["1", "2", "3"]), (4, ["1", "2", "3"]), (8, ["4", "5", "6"])]
    assert reasons(reading) == [(3, "too_few_fields"), (5, "too_many_fields")]
    assert reading.rejected[0].params == {"expected": 3, "found": 2}
    assert (reading.blank_rows, reading.rows_read) == (2, 7)


def test_texts_are_not_turned_into_anything(read: Read, rows: Rows) -> None:
    values = [
        "NA",
        "",
        "null",
        "007",
        "1e309",
        "NaN",
        "-0",
        " x ",
        "TRUE",
        "9007199254740993",
        "２０",
        "￥12",
        "=1+1",
        "(5.00)",
    ]
    body = "\n".join(f"k{place},{value}" for place, value in enumerate(values))
    assert [cells[1] for _, cells in rows(read("key,value\n" + body))] == values


@pytest.mark.parametrize(
    ("text", "header", "has_header"),
    [
        ("1,2268318,pv,1511544070\n1,2333346,pv,1511561733\n", ("column_1", "column_2", "column_3", "column_4"), False),
        ("张三,北京,2024-01-01\n李四,上海,2024-02-01\n", ("column_1", "column_2", "column_3"), False),
        ("pv,red\nbuy,blue\npv,red\npv,green\n", ("column_1", "column_2"), False),
        ("name, name ,,name\n1,2,3,4\n", ("name", "name_2", "column_3", "name_3"), True),
        ("店铺,2022年,2023年\n一店,100,200\n二店,300,400\n", ("店铺", "2022年", "2023年"), True),
        ("ＩＤ,姓　名 \n1,张三\n2,李四\n", ("ID", "姓 名"), True),
        ("source_row,b\n7,8\n", ("source_row_2", "b"), True),
        ("a,b\n", ("a", "b"), True),
        ("a,b,,\n1,2\n3,4\n", ("a", "b"), True),
        ("a,b\n1,2,x\n3,4,y\n", ("a", "b", "column_3"), True),
    ],
)
def test_headers(text: str, header: tuple[str, ...], has_header: bool, read: Read, rows: Rows) -> None:
    reading = read(text)
    assert (reading.header, reading.has_header) == (header, has_header)
    kept = rows(reading)
    assert len(kept) == len(text.splitlines()) - has_header
    assert not kept or kept[0][0] == 1 + has_header


def test_titles_above_the_header_are_skipped_and_said(read: Read, rows: Rows) -> None:
    reading = read("账单明细\n导出时间：2024-05-01\n\n单号,金额,时间\nA1,5.00,2024-04-01\nA2,7.50,2024-04-02\n")
    assert reading.header == ("单号", "金额", "时间")
    assert [row for row, _ in rows(reading)] == [5, 6]
    assert {"lines": 3} in [dict(message.params) for message in reading.messages]


def test_one_column(read: Read, rows: Rows) -> None:
    reading = read("comment\ngood, really\nbad\n\nso so\n")
    assert (reading.dialect, reading.header) == (Dialect(None), ("comment",))
    assert rows(reading) == [(2, ["good, really"]), (3, ["bad"]), (5, ["so so"])]


def test_raw_text_is_capped(read: Read, rows: Rows) -> None:
    reading = read("a,b,c\n1,2,3\n4,5,6\n" + "x" * 10_050 + ",1\n")
    rows(reading)
    assert reading.rejected[0].raw_text == "x" * 10_000 + "…[+52]"


def test_a_ten_megabyte_cell_is_read(read: Read, rows: Rows) -> None:
    big = "长" * 3_500_000
    kept = rows(read(f'id,text\n1,"{big}"\n2,"a, b"\n'))
    assert [len(cells[1]) for _, cells in kept] == [3_500_000, 4]


def test_a_line_beyond_the_limit_is_refused_by_row(read: Read) -> None:
    reading = read("id,text\n1,a\n2," + "x" * 9_000_000, limits=Limits(max_record_bytes=1_000_000))
    with pytest.raises(InputError) as refused:
        list(reading.batches())
    assert refused.value.code == "reading.line_too_long"


def test_too_many_columns_and_too_many_bad_rows(read: Read) -> None:
    with pytest.raises(InputError, match="at most 16384"):
        read("x," * 20_000 + "x\n")
    reading = read("a,b,c\n" + "1,2,3\n" * 30 + "1\n" * 30, limits=Limits(max_rejected_rows=10))
    with pytest.raises(InputError) as refused:
        list(reading.batches())
    assert refused.value.code == "reading.too_many_rejected"


def test_gzipped_text_and_its_limits(tmp_path: Path, rows: Rows) -> None:
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress("姓名,城市\n张三,北京\n".encode("gbk")))
    [reading] = open_file(path)
    assert rows(reading) == [(2, ["张三", "北京"])]
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 1_000_000))
    with pytest.raises(InputError) as refused:
        open_file(path, limits=Limits(max_file_bytes=100_000))
    assert refused.value.code == "reading.file_too_large"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n" * 9)[:-12])
    with pytest.raises(InputError) as refused:
        open_file(path)
    assert refused.value.code == "reading.damaged_gzip"


def test_batches_can_be_read_again_and_in_small_pieces(read: Read, rows: Rows) -> None:
    reading = read("a,b\n1,2\n3\n4,5\n6,7\n")
    once = rows(reading)
    assert [batch.num_rows for batch in reading.batches(rows=2)] == [2, 1]
    assert rows(reading) == once
    assert len(reading.rejected) == 1


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\n\r\t"), max_size=12)


@given(table=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=15), crlf=st.booleans())
def test_what_python_writes_comes_back(
    table: list[tuple[str, str, str]], crlf: bool, tmp_path_factory: pytest.TempPathFactory, rows: Rows
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n" if crlf else "\n")
    writer.writerows([("key", "one", "two", "three"), *((f"k{place}", *row) for place, row in enumerate(table))])
    path = tmp_path_factory.mktemp("written") / "file.csv"
    path.write_bytes(out.getvalue().encode("utf-8"))
    [reading] = open_file(path)
    kept = rows(reading)
    assert [tuple(cells) for _, cells in kept] == [(f"k{place}", *row) for place, row in enumerate(table)]


def test_randomly_broken_files_keep_their_good_rows(read: Read, rows: Rows) -> None:
    """Of rows spoiled by a stray quote, a missing or an extra field, only those are lost."""
    chance = random.Random(7)
    lines, good = ["id,name,city,amount"], []
    for number in range(3_000):
        line = f'{number},"name, {number}",city {number % 7},{number}.50'
        spoiled = chance.random() < 0.05
        if spoiled:
            line = chance.choice(
                [line.replace('"', "", 1), line.replace(",", "", 1), line + ",extra", line.replace('",', ",")]
            )
        else:
            good.append(str(number))
        lines.append(line)
    reading = read("\n".join(lines))
    kept = [cells[0] for _, cells in rows(reading)]
    assert set(good) <= set(kept)
    assert len(good) < 2_900
