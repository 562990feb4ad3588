"""Masks: what people see of each kind, and that the middle never shows, whatever the value is."""

import re
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from huaxiang.errors import InputError, NotFound
from huaxiang.model.tables import canonical_tables
from huaxiang.release.masking import MASKS, mask_column, mask_named, mask_value
from huaxiang.words import knows

KINDS = [mask.kind for mask in MASKS]
#: Kinds of text in which more than a value stands.
SHOW_MORE = ("text", "address", "ip", "account", "account_tail")
ANYTHING = st.text() | st.text("0123456789+-. ()*@aX张三省市区县１２：:/\u200b\u0301", max_size=30)
DIGITS = "0123456789"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "13800138000", "138****8000"),
        ("phone", "+86 138-0013-8000", "+86 138****8000"),
        ("phone", "8613800138000", "+86 138****8000"),
        ("phone", "１３８００１３８０００", "138****8000"),
        ("phone", "010-12345678", "****5678"),
        ("phone", "13800138000/13900139000", "****9000"),
        ("phone", "110", "****"),
        ("phone", "无", "****"),
        ("id_card", "110101199003071234", "110***********1234"),
        ("id_card", "11010119900307123X", "110***********123X"),
        ("id_card", "110101900307123", "110********7123"),
        ("id_card", "E12345678", "****5678"),
        ("id_card", "12345678", "****"),
        ("name", "张三", "张*"),
        ("name", "张三丰", "张*"),
        ("name", "欧阳锋", "欧阳*"),
        ("name", "欧阳", "欧*"),
        ("name", "张", "***"),
        ("name", "John Smith", "J***"),
        ("name", "J", "***"),
        ("name", "👩‍🦰ann", "***"),
        ("email", "zhang@qq.com", "z***@qq.com"),
        ("email", "z@qq.com", "***@qq.com"),
        ("email", "zhang at qq.com", "****"),
        ("email", "a@b@c.com", "****"),
        ("bank_card", "6222 0212 3456 7890 123", "**** 0123"),
        ("bank_card", "1234", "****"),
        ("address", "广东省深圳市南山区科技园南路5号", "广东省深圳市南山区****"),
        ("address", "上海市浦东新区张江路1号", "上海市浦东新区****"),
        ("address", "北京市阳光小区5号", "北京市****"),
        ("address", "内蒙古自治区呼和浩特市新城区海拉尔大街", "内蒙古自治区呼和浩特市新城区****"),
        ("address", "江苏省苏州市昆山市玉山镇", "江苏省苏州市昆山市****"),
        ("address", "12 Main Street", "****"),
        ("plate", "粤B·12312", "粤B***12"),
        ("plate", "粤BD12345", "粤B***45"),
        ("plate", "粤B", "****"),
        ("ip", "203.0.113.77", "203.0.113.0/24"),
        ("ip", "::ffff:203.0.113.77", "203.0.113.0/24"),
        ("ip", "2001:db8:1:2::5", "2001:db8:1::/48"),
        ("ip", "203.0.113.77/32", "****"),
        ("ip", "example.com", "****"),
        ("openid", "oABCD1234567890xyz", "oABC****0xyz"),
        ("openid", "oABCD1234", "****"),
        ("birth_date", "1990-05-17", "1990"),
        ("birth_date", "05-17", "****"),
        ("account", "member_no:M0012345", "member_no:****"),
        ("account", "phone:13800138000", "phone:138****8000"),
        ("account_tail", "member_no:M00123456", "member_no:****3456"),
        ("account_tail", "member_no:M0012345", "member_no:****"),
        ("account_tail", "phone:13800138000", "phone:138****8000"),
        ("account", "email:zhang@qq.com", "email:z***@qq.com"),
        ("account", "phone:客服工单:13800138000|王小明", "phone:客服工单:138****8000|王*"),
        ("account", "phone:客服工单:13800138000|", "phone:客服工单:138****8000|"),
        ("account", "email:满意度:问卷:zhang@qq.com|欧阳小明", "email:满意度:问卷:z***@qq.com|欧阳*"),
        ("identifier", "110101199003071234", "110***********1234"),
        ("identifier", "M001", "****"),
        ("text", "打我电话138-0013-8000，邮箱zhang@qq.com。", "打我电话138****8000，邮箱z***@qq.com。"),
        ("text", "身份证110101199003071234卡6222021234567890123", "身份证110***********1234卡**** 0123"),
        ("text", "座机010-88886666，QQ 1234567890", "座机****，QQ ****"),
        ("text", "幺三八零零幺三八零零零", "****"),
        ("text", "2026-11-21 19:20 买了3件，共199.00元", "2026-11-21 19:20 买了3件，共199.00元"),
        ("all", "x", "****"),
    ],
)
def test_what_is_shown(kind: str, value: str, shown: str) -> None:
    assert mask_value(value, kind) == shown


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_stays_nothing(kind: str) -> None:
    assert mask_value(None, kind) is None
    assert mask_value("", kind) == ""
    assert mask_value(" \t\u3000", kind) == ""


@pytest.mark.parametrize("kind", KINDS)
@given(value=ANYTHING)
@example(value="张*")
@example(value="****5678")
def test_masking_twice_is_masking_once(kind: str, value: str) -> None:
    once = mask_value(value, kind)
    assert mask_value(once, kind) == once


@given(st.from_regex(r"(\+86 ?|86|)1[3-9][0-9]{9}", fullmatch=True))
def test_the_middle_of_a_mobile_number_never_shows(phone: str) -> None:
    middle = phone[-8:-4]
    for kind in ("phone", "identifier", "account", "all"):
        shown = mask_value(phone, kind) or ""
        assert re.sub(r"^\+86 ", "", shown) in (f"{phone[-11:-8]}****{phone[-4:]}", "****"), (kind, middle)


@given(
    before=st.text("你好电话abc，。 ", max_size=6),
    phone=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    gap=st.sampled_from(["", " ", "-", ".", "\u200b"]),
    after=st.text("，。找我xyz ", max_size=6),
)
def test_a_mobile_number_inside_text_never_shows(before: str, phone: str, gap: str, after: str) -> None:
    written = gap.join((phone[:3], phone[3:7], phone[7:]))
    shown = mask_value(f"{before}{written}{after}", "text") or ""
    assert sum(letter in DIGITS for letter in shown) <= 7
    assert f"{phone[:3]}****{phone[-4:]}" in shown


@given(st.from_regex(r"[1-8][0-9]{16}[0-9X]", fullmatch=True))
def test_the_middle_of_an_id_card_never_shows(card: str) -> None:
    for kind in ("id_card", "text"):
        assert mask_value(card, kind) == card[:3] + "*" * 11 + card[-4:]


@given(
    kind=st.sampled_from([kind for kind in KINDS if kind not in ("text", "address", "ip", "account", "account_tail")]),
    value=ANYTHING,
)
def test_at_most_the_ends_show(kind: str, value: str) -> None:
    shown = mask_value(value, kind) or ""
    if kind == "email" or (kind == "identifier" and "@" in value):
        shown = shown.split("@")[0]
    visible = [letter for letter in shown if letter not in "*+ "]
    assert len(visible) <= 9
    assert not value.strip() or "*" in shown or kind == "birth_date"


@given(st.text(st.characters(categories=["L", "N"]), min_size=1))
def test_a_name_shows_its_surname_or_first_letter_only(name: str) -> None:
    assert len((mask_value(name, "name") or "").replace("*", "")) <= 2


@given(st.ip_addresses())
def test_an_address_shows_its_network_only(address: object) -> None:
    shown = mask_value(str(address), "ip") or ""
    assert shown.endswith(("/24", "/48"))


@given(values=st.lists(st.none() | ANYTHING.filter(lambda text: text.isprintable()), max_size=8))
@pytest.mark.parametrize("kind", KINDS)
def test_a_column_is_masked_as_its_values_are(kind: str, values: list[str | None]) -> None:
    expected = [mask_value(value, kind) for value in values]
    assert mask_column(pa.array(values, pa.string()), kind).to_pylist() == expected
    chunks = pa.chunked_array([values[:3], values[3:]], pa.string())
    assert mask_column(chunks, kind).to_pylist() == expected
    assert mask_column(pa.array([values, None], pa.list_(pa.string())), kind).to_pylist() == [expected, None]
    assert mask_column(pa.array(values, pa.string()).dictionary_encode(), kind).to_pylist() == expected


def test_columns_of_other_types_are_masked_by_their_text() -> None:
    day = date(1990, 5, 17)
    assert mask_column(pa.array([day, None]), "birth_date").to_pylist() == ["1990", None]
    assert mask_column(pa.array([13800138000]), "phone").to_pylist() == ["138****8000"]
    assert mask_column(pa.array([120000.5]), "all").to_pylist() == ["****"]
    assert mask_column(pa.chunked_array([], pa.string()), "phone").to_pylist() == []


def test_a_slice_is_masked_without_its_neighbours() -> None:
    whole = pa.array([["13800138000"], ["13900139000", None], None])
    assert mask_column(whole.slice(1), "phone").to_pylist() == [["139****9000", None], None]


def test_a_column_without_text_form_is_refused() -> None:
    with pytest.raises(InputError, match="struct"):
        mask_column(pa.array([{"phone": "13800138000"}]), "phone")


def test_an_unknown_mask_names_the_nearest() -> None:
    with pytest.raises(NotFound, match="phone"):
        mask_value("x", "fone")


def test_every_mask_of_a_canonical_column_exists_and_is_worded() -> None:
    used = {column.mask for table in canonical_tables().values() for column in table.columns.values() if column.mask}
    assert used
    assert {mask_named(kind).kind for kind in used} == used
    assert [kind for kind in KINDS if not knows(f"release.mask.{kind}")] == []
