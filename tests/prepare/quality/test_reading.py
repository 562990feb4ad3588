"""Identity cards, addresses and names read apart: published examples, a second computation, invariants."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.model.identity import identity_rules
from huaxiang.model.places import Place, city_of, city_of_landline, place_of, province_of
from huaxiang.prepare.check_digits import check_digit
from huaxiang.prepare.quality.id_card import read_id_card
from huaxiang.prepare.quality.person_names import NameParts, gender_of_title, has_known_surname, name_parts

RULES = identity_rules().names


@pytest.mark.parametrize(
    ("number", "born", "gender"),
    [
        # The two examples of the standard, GB 11643-1999.
        ("11010519491231002X", date(1949, 12, 31), "female"),
        ("440524188001010014", date(1880, 1, 1), "male"),
    ],
)
def test_the_examples_of_the_standard_are_read(number: str, born: date, gender: str) -> None:
    card = read_id_card(number)
    assert card is not None
    assert (card.birth_date, card.gender) == (born, gender)


@pytest.mark.parametrize(
    "number",
    [
        *("110105194912310021", "11010519491231002x", "1101051949123100", "", "111111111111111111"),
        *("000105194912310020", "11010519490231002X", "11010517491231002X", "１１０１０５１９４９１２３１００２Ｘ"),
    ],
)
def test_a_number_that_cannot_be_right_says_nothing(number: str) -> None:
    assert read_id_card(number) is None


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_digit_is_that_of_iso_7064(seventeen: str) -> None:
    # ISO 7064 MOD 11-2 by its recursion, not by weights.
    total = 0
    for digit in seventeen:
        total = (total + int(digit)) * 2 % 11
    assert check_digit(seventeen) == "0123456789X"[(12 - total) % 11]


@given(st.dates(date(1900, 1, 1), date(2025, 12, 31)), st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(born: date, sequence: int, place: int, shift: int) -> None:
    bare = f"330106{born:%Y%m%d}{sequence:03}"
    number = bare + check_digit(bare)
    card = read_id_card(number)
    assert card is not None
    assert (card.birth_date, card.gender) == (born, "male" if sequence % 2 else "female")
    old = "0123456789X".index(number[place])
    other = "0123456789X"[(old + shift) % (11 if place == 17 else 10)]
    assert other == number[place] or read_id_card(number[:place] + other + number[place + 1 :]) is None


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("浙江省杭州市西湖区文三路1号", Place("浙江省", "杭州市", "西湖区")),
        ("北京市朝阳区建国路88号", Place("北京市", "北京市", "朝阳区")),
        ("上海浦东新区世纪大道100号", Place("上海市", "上海市", "浦东新区")),
        ("广西壮族自治区南宁市", Place("广西壮族自治区", "南宁市", None)),
        ("新疆 伊犁哈萨克自治州", Place("新疆维吾尔自治区", "伊犁哈萨克自治州", None)),
        ("杭州", Place("浙江省", "杭州市", None)),
        ("吉林省长春市", Place("吉林省", "长春市", None)),
        ("吉林省", Place("吉林省", None, None)),
        ("吉林市", Place("吉林省", "吉林市", None)),
        ("内蒙古自治区兴安盟乌兰浩特市", Place("内蒙古自治区", "兴安盟", "乌兰浩特市")),
        ("中国广东深圳市南山区", Place("广东省", "深圳市", "南山区")),
        ("北京西路12号", Place(None, None, None)),
        ("中山路5号", Place(None, None, None)),
        ("朝阳区建国路88号", Place(None, None, None)),
        ("科技路368号金色家园13栋1202室", Place(None, None, None)),
        ("", Place(None, None, None)),
        ("Hangzhou", Place(None, None, None)),
    ],
)
def test_an_address_says_where_it_lies(address: str, place: Place) -> None:
    assert place_of(address) == place


@given(st.text(max_size=40))
def test_any_text_is_an_address_that_says_something_or_nothing(text: str) -> None:
    place = place_of(text)
    assert (place.city is None) or province_of(place.city) is not None
    assert city_of(text) == place.city


@pytest.mark.parametrize(
    ("number", "city"),
    [("057188886666", "杭州市"), ("01088886666", "北京市"), ("08981234567", None), ("13812345678", None), ("", None)],
)
def test_an_area_code_names_its_city_when_it_has_only_one(number: str, city: str | None) -> None:
    assert city_of_landline(number) == city


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("王小明", NameParts("王", "小明", None)),
        ("欧阳修", NameParts("欧阳", "修", None)),
        ("欧阳先生", NameParts("欧阳", None, "先生")),
        ("欧阳", NameParts("欧", "阳", None)),
        ("张女士", NameParts("张", None, "女士")),
        ("John Smith", NameParts("smith", "john", None)),
        ("Mr. Smith", NameParts("smith", None, "mr.")),
        ("先生", NameParts("先", "生", None)),
        ("", NameParts(None, None, None)),
    ],
)
def test_a_name_is_taken_apart(name: str, parts: NameParts) -> None:
    assert name_parts(name, RULES) == parts


def test_a_form_of_address_tells_the_gender_where_it_can() -> None:
    told = {name: gender_of_title(name, RULES) for name in ("张女士", "李先生", "王老师", "赵敏", "Mrs. Jones", "女士")}
    assert told == {
        "张女士": "female",
        "李先生": "male",
        "王老师": None,
        "赵敏": None,
        "Mrs. Jones": "female",
        "女士": None,
    }


@pytest.mark.parametrize(
    ("name", "known"),
    [("赵敏", True), ("司马光", True), ("哈哈哈", True), ("嘿嘿", False), ("John Smith", None), ("张", True)],
)
def test_a_surname_is_one_in_use(name: str, known: bool | None) -> None:
    assert has_known_surname(name, RULES) is known
