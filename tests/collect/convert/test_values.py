"""Values keep their meaning: each cell is kept, converted with a note, or refused with a reason."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.collect.convert.reading_cells import read

from huaxiang.model.mapping import Kind

Case = tuple[Kind, str, Any, str | None, str | None]

IDENTITIES: list[Case] = [
    ("id", "007", "007", None, None),
    ("id", "0001234567890123456789", "0001234567890123456789", None, None),
    ("id", "9007199254740993", "9007199254740993", None, None),
    ("id", "1234567890123456789", "1234567890123456789", None, None),
    ("id", "C536379", "C536379", None, None),
    ("id", "CN-2015-1196810", "CN-2015-1196810", None, None),
    ("id", "曾惠-14485", "曾惠-14485", None, None),
    ("id", "1.38001E+10", None, None, "id_scientific"),
    ("id", "1e10", None, None, "id_scientific"),
    ("id", "12346.0", "12346", "id_decimal_cut", None),
    ("id", "１２３", "123", "width_folded", None),
    ("id", " A-1 ", "A-1", None, None),
    ("id", "NA", None, None, None),
    ("id", "-", None, None, None),
    ("id", "null", None, None, None),
    ("phone", "13800138001", "13800138001", None, None),
    ("phone", "1.38001E+10", None, None, "phone_scientific"),
    ("phone", "+86 138-0013-8001", "13800138001", "phone_reworded", None),
    ("phone", "008613800138001", "13800138001", "phone_reworded", None),
    ("phone", "１３８００１３８００１", "13800138001", "phone_reworded", None),
    ("phone", "13800138001.0", "13800138001", "phone_reworded", None),
    ("phone", "138****8001", None, None, "phone_masked"),
    ("phone", "1380013800", None, None, "phone_invalid"),
    ("phone", "138001380012", None, None, "phone_invalid"),
    ("phone", "010-12345678", "01012345678", "phone_reworded", None),
    ("phone", "+14155552671", "+14155552671", None, None),
    ("email", "A@B.com", "a@b.com", "email_reworded", None),
    ("email", "a@@b.com", None, None, "email_invalid"),
    ("email", "无", None, None, None),
    ("id_card", "11010119900307123x", "11010119900307123X", None, None),
    ("id_card", "1101011990", None, None, "id_card_invalid"),
    ("name", "王　小明", "王 小明", "width_folded", None),
    ("text", " =1+1 ", "=1+1", None, None),
]
AMOUNTS: list[Case] = [
    ("money", "12.34", Decimal("12.3400"), None, None),
    ("money", "-0", Decimal(0), None, None),
    ("city", "广州", "广州市", "place_reworded", None),
    ("province", "Bahia", "Bahia", None, None),
    ("money", "1,234.50", Decimal("1234.5"), "amount_reworded", None),
    ("money", "12,34,56", None, None, "amount_unreadable"),
    ("money", "￥12", Decimal(12), "amount_reworded", None),
    ("money", "¥ 1,234.5", Decimal("1234.5"), "amount_reworded", None),
    ("money", "RMB 12.5", Decimal("12.5"), "amount_reworded", None),
    ("money", "12.5元", Decimal("12.5"), "amount_reworded", None),
    ("money", "１２．５", Decimal("12.5"), "amount_reworded", None),
    ("money", "(5.00)", Decimal(-5), "amount_reworded", None),
    ("money", "-$5", Decimal(-5), "amount_reworded", None),
    ("money", "1e3", Decimal(1000), None, None),
    ("money", "1e308", None, None, "amount_out_of_range"),
    ("money", "1e309", None, None, "amount_out_of_range"),
    ("money", "NaN", None, None, None),
    ("money", "inf", None, None, "amount_unreadable"),
    ("money", "Infinity", None, None, "amount_unreadable"),
    ("money", "9007199254740993", None, None, "amount_out_of_range"),
    ("money", "90071992547409.93", Decimal("90071992547409.93"), None, None),
    ("money", "0.12345", Decimal("0.1234"), "amount_rounded", None),
    ("money", "4.950000000000001", Decimal("4.95"), None, None),
    ("money", "见备注", None, None, "amount_unreadable"),
    ("money", "##########", None, None, "amount_unreadable"),
    ("quantity", "-3", Decimal(-3), None, None),
    ("quantity", "0.5", Decimal("0.5"), None, None),
    ("int", "9007199254740993", 9007199254740993, None, None),
    ("int", "3.0", 3, None, None),
    ("int", "3.5", None, None, "number_unreadable"),
    ("score_1_5", "5分", 5, "number_reworded", None),
    ("score_1_5", "6", None, None, "number_out_of_range"),
    ("score_0_10", "10", 10, None, None),
    ("age", "118", None, None, "age_implausible"),
    ("birth_year", "1893", None, None, "birth_date_implausible"),
]
TIMES: list[Case] = [
    ("time", "2026-03-05 14:03:00", datetime(2026, 3, 5, 14, 3), None, None),
    ("time", "2026-03-05", datetime(2026, 3, 5), None, None),
    ("time", "2026/3/5 14:03", datetime(2026, 3, 5, 14, 3), "time_reworded", None),
    ("time", "2024年1月2日", datetime(2024, 1, 2), "time_reworded", None),
    ("time", "2024年1月2日 下午3时5分", datetime(2024, 1, 2, 15, 5), "time_reworded", None),
    ("time", "2018.02.26 19:58", datetime(2018, 2, 26, 19, 58), "time_reworded", None),
    ("time", "20141231", datetime(2014, 12, 31), "time_reworded", None),
    ("time", "20141231235959", datetime(2014, 12, 31, 23, 59, 59), "time_reworded", None),
    ("time", "45000", datetime(2023, 3, 15), "time_reworded", None),
    ("time", "45000.5", datetime(2023, 3, 15, 12), "time_reworded", None),
    ("time", "1511544070", datetime(2017, 11, 25, 1, 21, 10), "time_reworded", None),
    ("time", "2026-03-05T06:03:00Z", datetime(2026, 3, 5, 14, 3), "time_reworded", None),
    ("time", "2026-03-05T06:03:00+00:00", datetime(2026, 3, 5, 14, 3), "time_reworded", None),
    ("time", "2024-02-29", datetime(2024, 2, 29), None, None),
    ("time", "2026-02-30", None, None, "time_impossible"),
    ("time", "2025/13/05", None, None, "time_impossible"),
    ("time", "0000-00-00", None, None, "time_impossible"),
    ("time", "2026-03-05 25:00", None, None, "time_impossible"),
    ("time", "昨天", None, None, "time_unreadable"),
    ("time", "1812-01-01", None, None, "time_out_of_range"),
    ("date", "2026-03-05 14:03:00", date(2026, 3, 5), None, None),
    ("birth_date", "1893-05-20", None, None, "birth_date_implausible"),
    ("birth_date", "2027-01-01", None, None, "birth_date_implausible"),
]
WORDS: list[Case] = [
    ("gender", "女士", "female", None, None),
    ("gender", "M", "male", None, None),
    ("gender", "1", None, None, "gender_unknown"),
    ("bool", "是", True, None, None),
    ("bool", "N", False, None, None),
    ("bool", "maybe", None, None, "bool_unknown"),
    ("order_status", "交易成功", "paid", None, None),
    ("order_status", "等待买家付款", "unpaid", None, None),
    ("order_status", "交易关闭", "cancelled", None, None),
    ("order_status", "全额退款", "returned", None, None),
    ("order_status", "怪", None, None, "order_status_unknown"),
    ("payment_status", "退款成功", "done", None, None),
    ("event_name", "加购", "cart", None, None),
    ("event_name", "自定义", "自定义", None, None),
    ("currency", "￥", "CNY", None, None),
    ("currency", "gbp", "GBP", None, None),
    ("currency", "元宝", None, None, "currency_unknown"),
]


@pytest.mark.parametrize(("kind", "text", "value", "repair", "fault"), [*IDENTITIES, *AMOUNTS, *TIMES, *WORDS])
def test_a_cell(kind: Kind, text: str, value: Any, repair: str | None, fault: str | None) -> None:
    assert read(kind, text) == (value, repair, fault)


@pytest.mark.parametrize(
    ("text", "month_first", "day"),
    [
        ("01/02/2024", True, date(2024, 1, 2)),
        ("01/02/2024", False, date(2024, 2, 1)),
        ("12/1/2010 8:26", True, date(2010, 12, 1)),
    ],
)
def test_the_mapping_settles_which_part_is_the_month(text: str, month_first: bool, day: date) -> None:
    value, _, fault = read("time", text, month_first=month_first)
    assert (value.date(), fault) == (day, None)


@pytest.mark.parametrize(("text", "value"), [("1.234,56", "1234.56"), ("12,5", "12.5"), ("-3", "-3")])
def test_a_decimal_comma(text: str, value: str) -> None:
    assert read("money", text, decimal_comma=True)[0] == Decimal(value)


def test_a_decimal_comma_is_not_guessed() -> None:
    assert read("money", "1.234,56") == (None, None, "amount_unreadable")


@pytest.mark.parametrize(("code", "meaning"), [("0", "male"), ("1", "female")])
def test_codes_of_a_source_are_read_by_the_mapping_alone(code: str, meaning: str) -> None:
    codes = {"cell": {"0": "male", "1": "female"}}
    assert read("gender", code, values=codes) == (meaning, None, None)
    assert read("gender", code) == (None, None, "gender_unknown")
