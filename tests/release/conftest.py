"""People who ask, a table of customers with everything that needs protection, and a ledger."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from huaxiang.ledger import Ledger
from huaxiang.release.door import ColumnPolicy
from huaxiang.release.roles import Access

POLICIES = (
    ColumnPolicy("customer_id", "open"),
    ColumnPolicy("person_name", "personal", "name"),
    ColumnPolicy("phone", "personal", "phone"),
    ColumnPolicy("income_yearly", "sensitive"),
    ColumnPolicy("margin", "confidential"),
    ColumnPolicy("stores", "open"),
    ColumnPolicy("consent_marketing", "open"),
)


@pytest.fixture
def policies() -> tuple[ColumnPolicy, ...]:
    """How each column of ``customers`` is protected."""
    return POLICIES


@pytest.fixture
def customers() -> pa.Table:
    """Four customers: in one store, in two, in none; with, without and of unknown consent."""
    return pa.table(
        {
            "customer_id": ["c1", "c2", "c3", "c4"],
            "person_name": ["张三", "欧阳锋", "=cmd|' /C calc'!A0", None],
            "phone": ["13800138000", "+8613900139000", None, "13700137000"],
            "income_yearly": [100000, None, 30000, 50000],
            "margin": [1.5, 2.5, None, 3.5],
            "stores": [["S1"], ["S1", "S2"], [], None],
            "consent_marketing": [True, False, None, True],
        }
    )


@pytest.fixture
def admin() -> Access:
    """An admin of every store."""
    return Access("root", "admin", None)


@pytest.fixture
def analyst() -> Access:
    """An analyst of every store."""
    return Access("ana", "analyst", None)


@pytest.fixture
def manager() -> Access:
    """The manager of store S2, who may look only."""
    return Access("王店长", "viewer", frozenset({"S2"}))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    with Ledger.open(tmp_path / "workspace" / "ledger.sqlite3") as opened:
        yield opened
