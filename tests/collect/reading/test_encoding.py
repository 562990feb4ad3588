"""Text in thirty and more encodings and states of damage is read right, or refused with the right sentence."""

from __future__ import annotations

import codecs
from collections.abc import Callable

import pytest

from huaxiang.collect.reading import Reading
from huaxiang.errors import InputError

Read = Callable[..., Reading]
Rows = Callable[[Reading], list[tuple[int, list[str]]]]

MAINLAND = "姓名,城市,备注\n张三,北京,老客户\n李四,上海,会员生日\n王小明,广州,喜欢咖啡\n"
TAIWAN = "姓名,縣市,備註\n陳小明,臺北,老顧客\n林美玲,高雄,喜歡咖啡\n黃志強,臺中,會員生日\n"
RARE = "姓名,城市\n李㙍,北京\n王𠮷,上海\n张三,广州\n赵云,成都\n"
WESTERN = "name,city\nJosé,São Paulo\nMüller,Köln\nZoë,Orléans\n"
PRICES = "name,price\nCafé,€5\nCrème brûlée,€7\n"
GENDER = "id,sex\na1,男\na2,女\na3,男\n"
SYSTEM = "id,from\na1,系统\na2,系统\n"
JAPANESE = "名前,都市\n山田たろう,とうきょう\nさくらんぼ,おおさか\n"
RUSSIAN = "имя,город\nИван,Москва\nАнна,Казань\n"
GREEK = "όνομα,πόλη\nΜαρία,Αθήνα\n"
EMOJI = "name,mood\nAnna,😀\nBen,😀👍\n"
ASCII = "id,name\n1,Anna\n2,Ben\n"

WHOLE = [
    ("utf-8", MAINLAND, b"", "UTF-8"),
    ("utf-8", MAINLAND, codecs.BOM_UTF8, "UTF-8"),
    ("utf-8", TAIWAN, b"", "UTF-8"),
    ("utf-8", RARE, b"", "UTF-8"),
    ("utf-8", WESTERN, b"", "UTF-8"),
    ("utf-8", RUSSIAN, b"", "UTF-8"),
    ("utf-8", GREEK, b"", "UTF-8"),
    ("utf-8", JAPANESE, b"", "UTF-8"),
    ("utf-8", EMOJI, b"", "UTF-8"),
    ("utf-8", SYSTEM, b"", "UTF-8"),
    ("utf-8", ASCII, b"", "UTF-8"),
    ("gbk", MAINLAND, b"", "GB18030"),
    ("gbk", TAIWAN, b"", "GB18030"),
    ("gbk", GENDER, b"", "GB18030"),
    ("gbk", SYSTEM, b"", "GB18030"),
    ("gb18030", MAINLAND, b"", "GB18030"),
    ("gb18030", RARE, b"", "GB18030"),
    ("big5", TAIWAN, b"", "Big5"),
    ("big5", GENDER, b"", "Big5"),
    ("utf-16-le", MAINLAND, codecs.BOM_UTF16_LE, "UTF-16 LE"),
    ("utf-16-be", MAINLAND, codecs.BOM_UTF16_BE, "UTF-16 BE"),
    ("utf-16-le", MAINLAND, b"", "UTF-16 LE"),
    ("utf-16-be", MAINLAND, b"", "UTF-16 BE"),
    ("utf-16-le", ASCII, b"", "UTF-16 LE"),
    ("utf-16-be", ASCII, b"", "UTF-16 BE"),
    ("utf-16-le", RARE, codecs.BOM_UTF16_LE, "UTF-16 LE"),
    ("utf-32-le", MAINLAND, codecs.BOM_UTF32_LE, "UTF-32 LE"),
    ("latin-1", WESTERN, b"", "Windows-1252"),
    ("cp1252", PRICES, b"", "Windows-1252"),
    ("ascii", ASCII, b"", "UTF-8"),
]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("codec", "text", "bom", "label"), WHOLE)
def test_whole_files(codec: str, text: str, bom: bytes, label: str, line_end: str, read: Read, rows: Rows) -> None:
    reading = read(bom + text.replace("\n", line_end).encode(codec))
    header, *expected = (tuple(line.split(",")) for line in text.splitlines())
    assert reading.encoding == label
    assert reading.header == header
    assert [(row, tuple(cells)) for row, cells in rows(reading)] == list(enumerate(expected, 2))
    assert ("reading.bom_removed" in {message.code for message in reading.messages}) == bool(bom)


@pytest.mark.parametrize(
    ("content", "kept", "broken_row"),
    [
        (MAINLAND.encode()[:-2], 2, 4),
        (MAINLAND.encode("gbk")[:-2], 2, 4),
        (MAINLAND.encode().replace("老".encode(), b"\xe8\x80") + (MAINLAND * 3).split("\n", 1)[1].encode(), 13, 2),
        (codecs.BOM_UTF16_LE + MAINLAND.encode("utf-16-le")[:-1], 2, 4),
    ],
)
def test_a_torn_character_costs_its_row_only(
    content: bytes, kept: int, broken_row: int, read: Read, rows: Rows
) -> None:
    reading = read(content)
    found = rows(reading)
    assert [(row.source_row, row.reason) for row in reading.rejected] == [(broken_row, "reading.undecodable_bytes")]
    assert "reading.some_bytes_broken" in {message.code for message in reading.messages}
    assert len(found) == kept


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ((MAINLAND * 3).encode("gbk") + (MAINLAND * 3).encode("utf-8"), "reading.mixed_encodings"),
        ((MAINLAND * 9).encode("utf-8") + (MAINLAND * 9).encode("gbk"), "reading.mixed_encodings"),
        (JAPANESE.encode("shift_jis"), "reading.encoding_unknown"),
        (RUSSIAN.encode("cp1251"), "reading.encoding_unknown"),
        (bytes(range(256)) * 40, "reading.not_text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "reading.foreign_format"),
        (b"%PDF-1.7 ...", "reading.foreign_format"),
        (codecs.BOM_UTF8, "reading.file_empty"),
        (b"", "reading.file_empty"),
        (b" \n\n", "reading.file_empty"),
    ],
)
def test_what_cannot_be_told_is_refused(content: bytes, code: str, read: Read) -> None:
    with pytest.raises(InputError) as refused:
        read(content)
    assert refused.value.code == code
    assert all("file.csv" in refused.value.say(lang) for lang in ("zh", "en"))


def test_a_nul_byte_costs_its_row_only(read: Read, rows: Rows) -> None:
    reading = read(b"id,name\n1,An\0na\n2,Ben\n")
    assert rows(reading) == [(3, ["2", "Ben"])]
    assert [(row.source_row, row.reason) for row in reading.rejected] == [(2, "reading.nul_byte")]


def test_non_ascii_text_far_down_the_file_decides(read: Read, rows: Rows) -> None:
    plain = "id,name\n" + "".join(f"{number},Anna\n" for number in range(150_000))
    reading = read((plain + "150000,张三\n150001,李小明\n").encode("gbk"))
    assert reading.encoding == "GB18030"
    assert rows(reading)[-1] == (150_003, ["150001", "李小明"])
