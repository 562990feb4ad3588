"""What people see of a file's cells: nothing personal in full, whatever the columns are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.errors import Denied
from huaxiang.model.mapping import Mapping, Match, forms, source_fields
from huaxiang.model.tables import canonical_tables
from huaxiang.release.roles import Access
from huaxiang.server.imports.protection import PERSONAL_FIELDS, are_names, cells_of, masked_rows

ALL = Access("li", "analyst", None)


def test_mapped_columns_are_masked_by_their_field() -> None:
    fields = {"phone": "甲", "person_name": "乙", "city": "丙"}
    matches = {field: Match(header=header, confidence=1) for field, header in fields.items()}
    mapping = Mapping(form="person", source="x", columns=matches)
    row = {"甲": "13812345678", "乙": "王小明", "丙": "杭州"}
    assert masked_rows([row], mapping, ALL) == [{"甲": "138****5678", "乙": "王*", "丙": "杭州"}]


@given(st.text(alphabet="甲乙丙abc 列_-", min_size=1, max_size=8), st.integers(10**7, 10**8 - 1))
def test_a_phone_is_never_shown_whatever_its_column_is_called(header: str, rest: int) -> None:
    phone = f"138{rest}"
    shown = masked_rows([{header: phone}, {header: f"打 {phone} 找我"}], None, ALL)
    assert phone not in str(shown)


@pytest.mark.parametrize("header", ["顾客", "收货人2", "联系人(紧急)", "Customer Name 2", "列1"])
def test_names_are_masked_in_columns_that_nobody_mapped(header: str) -> None:
    rows = [{header: name} for name in ("王小明", "李雷", "欧阳娜", "赵六")]
    shown = str(masked_rows(rows, None, ALL))
    assert not any(name in shown for name in ("小明", "李雷", "赵六"))


def test_words_that_are_no_names_stay_readable() -> None:
    assert not are_names(["饮料", "零食", "日用品", "会员日"])
    assert are_names(["John Smith", "Mary Ann Lee"])
    assert masked_rows([{"品类说明": "饮料"}], None, ALL) == [{"品类说明": "饮料"}]


def test_a_person_who_sees_some_stores_sees_no_row_of_a_file() -> None:
    with pytest.raises(Denied):
        masked_rows([{"列": "x"}], None, Access("li", "analyst", frozenset({"S1"})))


def test_every_field_that_fills_a_personal_column_is_masked() -> None:
    for form in forms().values():
        for column in canonical_tables()[form.table].own_columns.values():
            field = form.field_of(column.name)
            if field in form.fields and column.sensitivity != "open":
                assert field in PERSONAL_FIELDS or column.sensitivity == "confidential", (form.name, field)


def test_every_masked_field_exists() -> None:
    assert set(PERSONAL_FIELDS) <= set(source_fields())


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_rows_keep_their_cells(row: dict[str, str]) -> None:
    import json

    assert cells_of(json.dumps(row)) == row
    assert [list(one) for one in masked_rows([row], None, ALL)] == [list(row)]


def test_a_line_that_is_no_record_has_no_cells() -> None:
    assert cells_of("a,b,c") is None
    assert cells_of("[1,2]") is None
    assert cells_of("17") is None
