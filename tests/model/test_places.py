"""Spellings of a place are one value: whole names by the list of the ministry, rules and given values alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.model.compared import compared_with
from huaxiang.model.conditions import Test
from huaxiang.model.facts import fact_named
from huaxiang.model.given_values import value_text
from huaxiang.model.places import PlaceKind, city_of, place_of, province_of, whole_name
from huaxiang.model.tags import shipped_tags

CITY = shipped_tags()["city"]


@pytest.mark.parametrize(
    ("text", "kind", "whole"),
    [
        ("上海", "city", "上海市"),
        ("上海市", "city", "上海市"),
        (" 广 州 ", "city", "广州市"),
        ("广东省广州市", "city", "广州市"),
        ("中国浙江杭州", "city", "杭州市"),
        ("大理", "city", "大理白族自治州"),
        ("大理州", "city", "大理白族自治州"),
        ("吉林", "city", "吉林市"),
        ("香港", "city", "香港"),
        ("吉林", "province", "吉林省"),
        ("广东", "province", "广东省"),
        ("重庆", "province", "重庆市"),
        ("广西", "province", "广西壮族自治区"),
        ("新疆自治区", "province", "新疆维吾尔自治区"),
        ("香港", "province", "香港特别行政区"),
        # Not the place alone, a part of it, or a place that is not known.
        ("上海市浦东新区", "city", None),
        ("大理市", "city", None),
        ("朝阳区", "city", None),
        ("广东省广州市", "province", None),
        ("市辖区", "city", None),
        ("Shanghai", "city", None),
        ("Bahia", "province", None),
        ("", "city", None),
    ],
)
def test_a_place_has_one_whole_name(text: str, kind: PlaceKind, whole: str | None) -> None:
    assert whole_name(text, kind) == whole


@given(st.text("北京上海吉林省市州广东西自治区 a", max_size=8))
def test_whole_names_stay_and_agree_with_what_addresses_say(text: str) -> None:
    city, province = whole_name(text, "city"), whole_name(text, "province")
    if city is not None:
        assert (whole_name(city, "city"), city_of(text)) == (city, city)
    if province is not None:
        assert (whole_name(province, "province"), province_of(text)) == (province, province)
        assert place_of(province).province == province


def test_rules_and_given_values_take_any_spelling() -> None:
    assert compared_with(Test(field="city", op="=", value="上海"), CITY.field) == "上海市"
    assert compared_with(Test(field="city", op="in", value=("广东广州", "Paris")), CITY.field) == ("广州市", "Paris")
    # Operators that look inside the text take it as it is.
    assert compared_with(Test(field="city", op="contains", value="上海"), CITY.field) == "上海"
    assert compared_with(Test(field="city", op="=", value="北京"), fact_named("sale").columns["city"]) == "北京市"
    assert value_text(CITY, "杭州") == "杭州市"
    assert value_text(CITY, "Paris") == "Paris"
