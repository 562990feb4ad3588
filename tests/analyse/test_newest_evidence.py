"""The newest row behind each tag, found for all of them at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.analyse.made import AS_OF, bring, customers, numbered, sale

from huaxiang.analyse.newest_evidence import NewestEvidence
from huaxiang.analyse.order import with_needed
from huaxiang.analyse.own_rows import OwnRows
from huaxiang.engine import Engine
from huaxiang.model.tags import shipped_tags

KEYS = ("orders_365d", "orders_90d", "average_order_value", "favourite_channel", "satisfaction_latest", "tickets_180d")
TAGS = with_needed(KEYS, shipped_tags())


def days_ago(days: int) -> Any:
    """That many days before the day of the profile."""
    return AS_OF - timedelta(days=days)


def test_the_newest_row_that_counts_is_told_for_every_tag(duck: Engine) -> None:
    """Rows of other customers, outside the window or without the column do not count, whoever was asked of before."""
    sales = [sale("c0", days_ago(200), 10), sale("c0", days_ago(120), 10), sale("c1", days_ago(1), 10)]
    feedback = [
        {"customer_id": "c0", "occurred_at": datetime(2026, 5, 1), "satisfaction_1_5": 4, "feedback_kind": "survey"},
        {"customer_id": "c0", "occurred_at": datetime(2026, 6, 1), "satisfaction_1_5": None, "feedback_kind": "ticket"},
    ]
    accounts = [{"account_key": f"a{n}", "customer_id": f"c{n}"} for n in range(2)]
    tables = bring(
        duck,
        {"customer": customers("c0", "c1"), "account": accounts, "sale": numbered(sales), "feedback_fact": feedback},
    )
    asked = NewestEvidence(OwnRows(duck, tables, "c1"), TAGS, AS_OF)
    found = {key: at.date() for key, at in asked.found().items()}
    assert found["orders_90d"] == days_ago(1)
    assert "satisfaction_latest" not in found
    asked.own.be("c0")
    found = {key: at.date() for key, at in asked.found().items()}
    assert found["orders_365d"] == found["average_order_value"] == days_ago(120)
    assert "orders_90d" not in found
    assert found["satisfaction_latest"] == datetime(2026, 5, 1).date()
    assert found["tickets_180d"] == datetime(2026, 6, 1).date()
