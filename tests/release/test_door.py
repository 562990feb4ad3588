"""What passes the door: masks, store scope and consent."""

from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.errors import Denied, InputError, NotFound
from huaxiang.model.tables import canonical_table
from huaxiang.release.door import ColumnPolicy, release
from huaxiang.release.purposes import PURPOSES
from huaxiang.release.roles import Access
from huaxiang.words import knows

Policies = Sequence[ColumnPolicy]


def test_personal_values_are_masked_and_the_rest_is_not(
    customers: pa.Table, policies: Policies, analyst: Access
) -> None:
    released = release(customers, policies, analyst)
    assert released.masked_columns == ("person_name", "phone", "income_yearly")
    assert released.table.column("person_name").to_pylist() == ["张*", "欧阳*", "***", None]
    assert released.table.column("phone").to_pylist() == ["138****8000", "+86 139****9000", None, "137****7000"]
    assert released.table.column("income_yearly").to_pylist() == ["****", None, "****", "****"]
    for name in ("customer_id", "margin", "stores"):
        assert released.table.column(name) == customers.column(name)
    assert released.table.column_names == customers.column_names


def test_even_an_admin_sees_masks_by_default(customers: pa.Table, policies: Policies, admin: Access) -> None:
    assert release(customers, policies, admin).table.column("phone")[0].as_py() == "138****8000"


def test_a_store_manager_sees_the_customers_of_the_store_only(
    customers: pa.Table, policies: Policies, manager: Access
) -> None:
    released = release(customers, policies, manager)
    assert released.table.column("customer_id").to_pylist() == ["c2"]
    assert (released.outside_scope, released.without_consent) == (3, 0)
    assert released.table.column("margin").to_pylist() == ["****"]


def test_the_home_store_counts_too(customers: pa.Table, policies: Policies, manager: Access) -> None:
    table = customers.append_column("home_store", pa.array(["S2", None, "S1", "S3"]))
    released = release(table, [*policies, ColumnPolicy("home_store", "open")], manager)
    assert released.table.column("customer_id").to_pylist() == ["c1", "c2"]


def test_an_empty_scope_sees_nobody(customers: pa.Table, policies: Policies) -> None:
    released = release(customers, policies, Access("new", "viewer", frozenset()))
    assert (released.table.num_rows, released.outside_scope) == (0, 4)


def test_marketing_takes_those_who_agreed_only(customers: pa.Table, policies: Policies, analyst: Access) -> None:
    released = release(customers, policies, analyst, purpose="marketing")
    assert released.table.column("customer_id").to_pylist() == ["c1", "c4"]
    assert released.without_consent == 2
    assert release(customers, policies, analyst, purpose="service").without_consent == 0


def test_without_a_consent_column_marketing_gets_nothing(
    customers: pa.Table, policies: Policies, analyst: Access
) -> None:
    with pytest.raises(InputError, match="consent_marketing"):
        release(customers.drop_columns("consent_marketing"), policies, analyst, purpose="marketing")


def test_an_unknown_purpose_is_refused(customers: pa.Table, policies: Policies, analyst: Access) -> None:
    with pytest.raises(NotFound, match="marketing"):
        release(customers, policies, analyst, purpose="marketting")


def test_a_column_without_policy_stops_everything(customers: pa.Table, policies: Policies, admin: Access) -> None:
    with pytest.raises(InputError, match="phone2"):
        release(customers.append_column("phone2", customers.column("phone")), policies, admin)


def test_a_column_name_must_be_unique(customers: pa.Table, policies: Policies, manager: Access) -> None:
    with pytest.raises(InputError, match="stores"):
        release(customers.append_column("stores", customers.column("stores")), policies, manager)


def test_a_table_without_stores_is_not_for_somebody_with_a_scope(
    customers: pa.Table, policies: Policies, manager: Access
) -> None:
    with pytest.raises(Denied, match="home_store"):
        release(customers.drop_columns("stores"), policies, manager)


def test_a_canonical_column_brings_its_policy() -> None:
    column = canonical_table("person_record").columns["person_name"]
    assert ColumnPolicy.of(column) == ColumnPolicy("person_name", "personal", "name")


_STORES = st.none() | st.lists(st.none() | st.sampled_from(["S1", "S2", "S3"]), max_size=3)
_ROWS = st.lists(st.tuples(_STORES, st.none() | st.booleans()), max_size=8)


@given(rows=_ROWS, scope=st.none() | st.frozensets(st.sampled_from(["S1", "S2"])), cut=st.integers(0, 8))
def test_nobody_outside_scope_or_consent_ever_passes(
    rows: list[tuple[list[str | None] | None, bool | None]], scope: frozenset[str] | None, cut: int
) -> None:
    stores = pa.chunked_array([[row[0] for row in part] for part in (rows[:cut], rows[cut:])], pa.list_(pa.string()))
    agreed = pa.array([row[1] for row in rows], pa.bool_())
    table = pa.table({"place": list(range(len(rows))), "stores": stores, "consent_marketing": agreed})
    policies = [ColumnPolicy(name, "open") for name in table.column_names]
    released = release(table, policies, Access("li", "viewer", scope), purpose="marketing")
    seen = [scope is None or bool(scope & set(row[0] or ())) for row in rows]
    expected = [place for place, row in enumerate(rows) if seen[place] and row[1] is True]
    assert released.table.column("place").to_pylist() == expected
    assert released.outside_scope == seen.count(False)
    assert released.outside_scope + released.without_consent + len(expected) == len(rows)


def test_purposes_are_worded() -> None:
    assert [purpose for purpose in PURPOSES if not knows(f"release.purpose.{purpose.purpose}")] == []
