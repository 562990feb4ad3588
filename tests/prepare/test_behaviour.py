"""Events with their customer, and events put together into visits."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st
from tests.analyse.drawn_cases import drawn
from tests.prepare.rows import put, read

from huaxiang.engine import Engine
from huaxiang.prepare.acts import ACT_COLUMNS, act
from huaxiang.prepare.visits import visit

AS_OF = date(2026, 3, 31)
START = datetime(2026, 3, 5, 12)
ACCOUNTS = {"device_id:d1": "c1", "shop_account:A": "c1", "shop_account:B": "c2"}


def accounts(engine: Engine) -> Any:
    """Return an account table with two customers."""
    return engine.bring(
        "some_accounts", pa.table({"account_key": list(ACCOUNTS), "customer_id": list(ACCOUNTS.values())})
    )


def event(minute: float | None, account: str | None = "shop_account:A", **columns: Any) -> dict[str, Any]:
    """Return a web event so many minutes after noon."""
    at = None if minute is None else START + timedelta(minutes=minute)
    return {"occurred_at": at, "account_key": account, "event_family": "web", "event_name": "view", **columns}


def visits(engine: Engine, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the visits in the order of customer and time."""
    put(engine, event=events, product=[])
    rows = read(engine, visit(act(engine, accounts(engine), AS_OF)))
    return sorted(rows, key=lambda row: (row["customer_id"], row["started_at"], row["ended_at"]))


def test_an_act_has_its_customer_and_category(each_engine: Engine) -> None:
    events = [
        event(0, product_no="p"), event(1, None), event(2, product_no="p", category="own"),
        event(60 * 24 * 40), event(None, "device_id:d1"),
    ]  # fmt: skip
    put(each_engine, event=events, product=[{"product_no": "p", "category": "tea", "source": "master"}])
    rows = sorted(read(each_engine, act(each_engine, accounts(each_engine), AS_OF)), key=lambda row: row["source_row"])
    assert tuple(rows[0]) == ACT_COLUMNS
    assert [(row["customer_id"], row["category"]) for row in rows] == [
        ("c1", "tea"), (None, None), ("c1", "own"), ("c1", None),
    ]  # fmt: skip


def test_a_session_number_makes_a_visit_over_accounts_and_pauses(engine: Engine) -> None:
    found = visits(
        engine, [event(0, "device_id:d1", session_no="s"), event(50, session_no="s"), event(5, session_no="t")]
    )
    assert [(row["event_count"], row["is_bounce"], row["dwell_seconds"]) for row in found] == [
        (2, False, Decimal(3000)), (1, True, None),
    ]  # fmt: skip


def test_a_pause_of_more_than_thirty_minutes_ends_a_visit(engine: Engine) -> None:
    found = visits(engine, [event(0), event(30), event(60.1), event(10, "shop_account:B")])
    assert [(row["customer_id"], row["event_count"]) for row in found] == [("c1", 2), ("c1", 1), ("c2", 1)]
    assert found[0]["ended_at"] == START + timedelta(minutes=30)


def test_measured_time_is_dwell_time(engine: Engine) -> None:
    found = visits(engine, [event(0, dwell_seconds=Decimal("12.5")), event(9), event(600, dwell_seconds=Decimal(7))])
    assert [row["dwell_seconds"] for row in found] == [Decimal("12.5"), Decimal(7)]


def test_only_web_and_app_events_with_customer_and_time_are_visits(engine: Engine) -> None:
    assert visits(engine, [event(0, event_family="social"), event(0, None), event(None)]) == []


EVENT = st.tuples(
    st.integers(0, 200),
    st.sampled_from(list(ACCOUNTS)),
    st.sampled_from([None, "s1", "s2"]),
    st.sampled_from(["a", "b"]),
)


def test_visits_equal_a_second_computation(each_engine: Engine) -> None:
    """Thirty sites of all kinds at once: each is a source of its own, whose sessions and pauses no other one shares."""
    seen = [
        (at, key, session, f"{site}-{source}")
        for site, events in enumerate(drawn(st.lists(EVENT, max_size=60), 30))
        for at, key, session, source in events
    ]
    found = visits(
        each_engine, [event(at, key, session_no=session, source=source) for at, key, session, source in seen]
    )
    expected = []
    for owner in {(ACCOUNTS[key], session, source) for _, key, session, source in seen}:
        times = sorted(at for at, key, session, source in seen if (ACCOUNTS[key], session, source) == owner)
        cuts = [
            0,
            *(at for at in range(1, len(times)) if owner[1] is None and times[at] - times[at - 1] > 30),
            len(times),
        ]
        expected += [(owner[0], times[start], times[end - 1], end - start) for start, end in pairwise(cuts)]
    got = [
        (
            row["customer_id"],
            *((row[edge] - START).seconds // 60 for edge in ("started_at", "ended_at")),
            row["event_count"],
        )
        for row in found
    ]
    assert len(got) > 100
    assert sorted(got) == sorted(expected)
