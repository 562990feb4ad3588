"""Correcting a mapping by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.errors import HuaxiangError, InputError, NotFound
from huaxiang.model.mapping import Mapping, Match, forms
from huaxiang.server.imports.mapping_form import mapping_from

HEADER = ["会员卡", "顾客", "手机"]
BEFORE = Mapping(
    form="person",
    source="会员",
    columns={
        "member_no": Match(header="会员卡", confidence=0.9, ground="word"),
        "phone": Match(header="手机", confidence=0.7, ground="values"),
    },
)


def test_what_a_person_says_is_sure_and_the_rest_keeps_its_ground() -> None:
    found = mapping_from({"field-0": "member_no", "field-1": "person_name", "field-2": "phone"}, HEADER, BEFORE)
    assert found.columns["person_name"] == Match(header="顾客", confidence=1.0, ground="person")
    assert found.columns["phone"] == BEFORE.columns["phone"]


def test_a_column_can_be_left_unused() -> None:
    assert set(mapping_from({"field-2": ""}, HEADER, BEFORE).columns) == {"member_no"}


def test_the_column_changed_just_now_takes_the_field() -> None:
    found = mapping_from({"field-0": "member_no", "field-1": "phone", "field-2": "phone"}, HEADER, BEFORE)
    assert found.columns["phone"].header == "顾客"
    assert len(found.columns) == 2


def test_one_field_for_two_changed_columns_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        mapping_from({"field-0": "person_name", "field-1": "person_name"}, HEADER, BEFORE)
    assert "会员卡" in refused.value.say("zh")
    assert "顾客" in refused.value.say("zh")


def test_options_are_taken_and_unknown_ones_refused() -> None:
    found = mapping_from({"source": " 门店 ", "month_first": "yes", "phone_is_verified": "no"}, HEADER, BEFORE)
    assert (found.source, found.month_first, found.phone_is_verified) == ("门店", True, False)
    assert mapping_from({"phone_is_verified": ""}, HEADER, found).phone_is_verified is None
    for wrong in ({"month_first": "maybe"}, {"source": ""}, {"source": "x" * 81}):
        with pytest.raises(InputError):
            mapping_from(wrong, HEADER, BEFORE)


def test_an_unknown_field_names_near_ones() -> None:
    with pytest.raises(NotFound) as refused:
        mapping_from({"field-0": "phon"}, HEADER, BEFORE)
    assert "phone" in str(refused.value)


def outcome(data: dict[str, str]) -> Mapping | HuaxiangError:
    """The mapping that a form gives, or why it gives none."""
    try:
        return mapping_from(data, HEADER, BEFORE)
    except HuaxiangError as refused:
        return refused


@given(
    st.dictionaries(
        st.sampled_from([f"field-{n}" for n in range(4)] + ["source", "month_first", "paid_is_net"]),
        st.one_of(st.sampled_from(["", "phone", "person_name", "yes", "no"]), st.text(max_size=100)),
    )
)
def test_any_form_gives_a_mapping_that_holds_or_an_error_in_words(data: dict[str, str]) -> None:
    found = outcome(data)
    if not isinstance(found, Mapping):
        assert found.say("zh")
        assert found.say("en")
        return
    headers = [match.header for match in found.columns.values()]
    assert len(set(headers)) == len(headers)
    assert set(headers) <= set(HEADER)
    assert set(found.columns) <= set(forms()["person"].all_fields)
