"""One row through the door is what a table of that row comes out as."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.errors import Denied, InputError
from huaxiang.model.tables import Sensitivity
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.release.masking import MASKS
from huaxiang.release.roles import Access
from huaxiang.release.row_door import release_row

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
_AMOUNT = pa.decimal128(18, 4)
_STORES = pa.list_(pa.string())
#: Values of every type that a tag has, null as well.
_VALUES: Sequence[tuple[pa.DataType, st.SearchStrategy[Any]]] = (
    (pa.string(), _TEXT),
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.float64(), st.floats(allow_nan=False)),
    (_AMOUNT, st.decimals(-999_999, 999_999, places=4)),
    (pa.date32(), st.dates(date(1900, 1, 1))),
    (pa.bool_(), st.booleans()),
    (pa.list_(pa.string()), st.lists(st.none() | _TEXT, max_size=3)),
)
_SENSITIVITIES = st.sampled_from(["open", "personal", "sensitive", "confidential"])
_KINDS = st.none() | st.sampled_from([mask.kind for mask in MASKS])
_ACCESSES = st.builds(
    lambda role, stores: Access("lin", role, stores),
    st.sampled_from(["viewer", "analyst", "admin"]),
    st.none() | st.frozensets(st.sampled_from(["S1", "S2"])),
)


@given(
    values=st.tuples(*(st.none() | values for _, values in _VALUES)),
    policies=st.lists(st.tuples(_SENSITIVITIES, _KINDS), min_size=len(_VALUES), max_size=len(_VALUES)),
    stores=st.none() | st.lists(st.sampled_from(["S1", "S2", "S3"]), max_size=2),
    access=_ACCESSES,
)
def test_a_row_comes_out_as_its_table_does(
    values: tuple[Any, ...],
    policies: list[tuple[Sensitivity, str | None]],
    stores: list[str] | None,
    access: Access,
) -> None:
    row = {"stores": stores, **{f"c{place}": value for place, value in enumerate(values)}}
    fields = [("stores", _STORES), *((f"c{place}", kind) for place, (kind, _) in enumerate(_VALUES))]
    columns = [ColumnPolicy("stores", "open"), *(ColumnPolicy(f"c{n}", *one) for n, one in enumerate(policies))]
    table = release(pa.Table.from_pylist([row], schema=pa.schema(fields)), columns, access)
    found = release_row(row, columns, access)
    assert (found is not None) == bool(table.table.num_rows)
    if found is not None:
        assert found.row == table.table.to_pylist()[0]
        assert found.masked == set(table.masked_columns)


def test_a_column_without_a_policy_stops_the_row() -> None:
    row, columns = {"stores": (), "amount": Decimal(1)}, [ColumnPolicy("stores", "open")]
    with pytest.raises(InputError, match="amount"):
        release_row(row, columns, Access("lin", "admin", None))


def test_whoever_may_see_no_profiles_gets_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Access, "may", lambda *_: False)
    with pytest.raises(Denied):
        release_row({"stores": ()}, [ColumnPolicy("stores", "open")], Access("lin", "viewer", None))
