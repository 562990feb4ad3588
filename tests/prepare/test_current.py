"""Versions of a fact, and what had happened by a day."""

from datetime import date, datetime, timedelta

from tests.prepare.rows import KNOWN_AT, put, read

from huaxiang.engine import Engine
from huaxiang.prepare import current, until


def test_the_newest_version_counts(each_engine: Engine) -> None:
    later = KNOWN_AT + timedelta(days=1)
    put(
        each_engine,
        orders=[
            {"order_no": "1", "order_status": "unpaid", "known_at": later, "import_id": "b", "source_row": 9},
            {"order_no": "1", "order_status": "paid", "known_at": later, "import_id": "c", "source_row": 2},
            {"order_no": "1", "order_status": "cancelled", "import_id": "z", "source_row": 99},
            {"order_no": "2", "order_status": "unpaid", "source_row": 10},
            {"order_no": "2", "order_status": "paid", "source_row": 11},
            {"order_no": "1", "order_status": "unpaid", "source": "other"},
        ],
    )
    found = {
        (row["source"], row["order_no"]): row["order_status"]
        for row in read(each_engine, current(each_engine, "orders"))
    }
    assert found == {("shop", "1"): "paid", ("shop", "2"): "paid", ("other", "1"): "unpaid"}


def test_rows_without_versions_all_count(engine: Engine) -> None:
    twice = [{"order_no": "1", "row_key": "same"}, {"order_no": "1", "row_key": "same"}]
    put(engine, order_line=twice)
    assert len(read(engine, current(engine, "order_line"))) == 2


def test_the_day_is_included_to_its_end(engine: Engine) -> None:
    day = datetime(2026, 3, 5)
    times = [None, day, day + timedelta(days=1, microseconds=-1), day + timedelta(days=1)]
    put(engine, orders=[{"order_no": str(number), "occurred_at": at} for number, at in enumerate(times)])
    found = read(engine, until(current(engine, "orders"), date(2026, 3, 5)))
    assert sorted(row["order_no"] for row in found) == ["0", "1", "2"]


def test_a_day_before_the_correction_shows_what_stood_then(each_engine: Engine) -> None:
    given = {"purpose": "sms", "occurred_at": datetime(2026, 3, 5), "is_given": True, "source_row": 2}
    withdrawn = {"purpose": "sms", "occurred_at": datetime(2026, 3, 9), "is_given": False, "source_row": 3}
    put(each_engine, consent=[given, withdrawn])
    days = (date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 8), date(2026, 3, 9))
    found = [[row["is_given"] for row in read(each_engine, current(each_engine, "consent", day))] for day in days]
    assert found == [[], [True], [True], [False]]


def test_a_version_without_a_time_counts_on_every_day(engine: Engine) -> None:
    put(engine, orders=[{"order_no": "1", "occurred_at": None, "order_status": "paid"}])
    assert len(read(engine, current(engine, "orders", date(2020, 1, 1)))) == 1
