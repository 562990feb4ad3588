"""When the next purchase is expected: the last one plus the rhythm."""

from datetime import date

import pytest

from huaxiang.analyse.next_order import NextOrder, next_order

LAST = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"last_order_on": LAST, "rhythm_days": 10.4, "order_days_total": 3}, (date(2026, 6, 11), 19, True)),
        ({"last_order_on": LAST, "rhythm_days": 40.0, "order_days_total": 2}, (date(2026, 7, 11), -11, False)),
        ({"last_order_on": LAST, "rhythm_days": 29.0, "order_days_total": None}, (date(2026, 6, 30), 0, False)),
    ],
)
def test_the_rhythm_follows_the_last_purchase(row: dict[str, object], found: tuple[date, int, bool]) -> None:
    expected = next_order(row, date(2026, 6, 30))
    assert isinstance(expected, NextOrder)
    assert (expected.expected_on, expected.days_late, expected.is_own) == found


@pytest.mark.parametrize("row", [{}, {"last_order_on": LAST, "rhythm_days": None}, {"rhythm_days": 3.0}])
def test_without_a_purchase_nothing_is_expected(row: dict[str, object]) -> None:
    assert next_order(row, date(2026, 6, 30)) is None
