"""Whatever stands in a cell, reading it never raises, the quick way agrees with the slow one, and no column is bent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.convert.reading_cells import KINDS, reader

from huaxiang.collect.convert import Converted, convert_column
from huaxiang.collect.convert.usual import UsualForms
from huaxiang.model.mapping import Kind, source_fields, vocabulary
from huaxiang.words import say

SHAPED = st.one_of(
    st.from_regex(r"-?\d{1,19}(\.\d{0,6})?([eE][+-]?\d{1,3})?", fullmatch=True),
    st.from_regex(r"(19|20)?\d\d[-/.]\d{1,2}[-/.]\d{1,2}([ T]\d{1,2}:\d{1,2}(:\d{1,2}(\.\d{1,9})?)?)?", fullmatch=True),
    st.from_regex(r"[A-Za-z_\-0-9]{1,12}", fullmatch=True),
    st.from_regex(r"(\+?86|0)?1\d{9,11}", fullmatch=True),
    st.sampled_from([str(word) for word in vocabulary()["missing"]]),
)
CELLS = st.lists(st.one_of(SHAPED, st.text(max_size=30)), min_size=1, max_size=8)


def told(column: Converted) -> list[tuple[object, ...]]:
    return list(zip(column.values.to_pylist(), column.repairs.to_pylist(), column.faults.to_pylist(), strict=True))


@pytest.mark.parametrize("kind", KINDS)
@given(cells=CELLS)
def test_the_quick_way_agrees_with_the_slow_one(kind: Kind, cells: list[str]) -> None:
    quick = reader(kind)
    column = pa.array(cells, pa.string())
    assert told(convert_column(column, quick)) == told(convert_column(column, replace(quick, plain=None)))


@pytest.mark.parametrize("kind", KINDS)
@given(cells=CELLS)
def test_a_cell_has_a_value_or_a_reason_or_is_missing(kind: Kind, cells: list[str]) -> None:
    for value, repair, fault in told(convert_column(pa.array(cells, pa.string()), reader(kind))):
        assert value is None or fault is None
        assert repair is None or value is not None
        if isinstance(value, Decimal):
            assert value.is_finite()
        for code in (repair, fault):
            assert code is None or say(f"reason.{code}", "zh") != f"reason.{code}"


def settled(name: str, cells: list[str], kind: Kind, usual: UsualForms | None = None) -> list[str | None]:
    column = pa.array(cells, pa.string())
    found = (usual or UsualForms()).settle(source_fields()[name], "时间", column, convert_column(column, reader(kind)))
    return list(found.repairs.to_pylist())


def test_the_form_that_a_column_usually_has_is_no_repair() -> None:
    cells = ["2026/3/5 14:03", "2026/12/15 4:03", "", "45000.5", "2026/3/6 1:00"]
    assert settled("ordered_at", cells, "time") == [None, None, None, "time_reworded", None]


def test_a_few_odd_cells_are_repairs() -> None:
    cells = ["2026-03-05", "2026-03-06", "2026-03-07", "2026/3/8"]
    assert settled("ordered_at", cells, "time") == [None, None, None, "time_reworded"]


def test_the_first_rows_settle_the_usual_form() -> None:
    usual = UsualForms()
    settled("ordered_at", ["", ""], "time", usual)
    assert settled("ordered_at", ["2026/3/5", "2026/3/6"], "time", usual) == [None, None]
    assert settled("ordered_at", ["20260305", "2026/3/6"], "time", usual) == ["time_reworded", None]
    assert [one.code for one in usual.messages()] == ["collect.usual_form"]


def test_amounts_with_a_sign_throughout_are_no_repairs() -> None:
    assert settled("paid_amount", ["￥1.50", "￥1,234.00", "12元"], "money") == [None, None, "amount_reworded"]


def test_whole_names_are_a_repair_where_they_are_not_the_rule() -> None:
    assert settled("city", ["上海市", "广州", "广州市", "Paris"], "city") == [None, "place_reworded", None, None]
    assert settled("province", ["广东", "浙江", "新疆自治区"], "province") == [None, None, "place_reworded"]


def test_no_birthday_is_told_as_an_example() -> None:
    usual = UsualForms()
    settled("birth_date", ["20130311", "20121111"], "birth_date", usual)
    assert usual.messages() == ()
