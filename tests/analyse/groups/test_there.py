"""Who was there on a past day, by hand."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa

from huaxiang.analyse.groups.there import there_on
from huaxiang.engine import Engine
from huaxiang.engine.interface import only

_DAY, _LATER = datetime(2026, 3, 31, 23, 59), datetime(2026, 4, 1)
#: By customer what is dated of each account: when the first thing happened, and when we were told first.
_ACCOUNTS: dict[str, list[tuple[datetime | None, datetime | None]]] = {
    "seen on the day": [(_DAY, _LATER)],
    "seen later": [(_LATER, _LATER)],
    "one account before": [(_LATER, _LATER), (_DAY, _LATER)],
    "an undated account beside a later one": [(None, _LATER), (_LATER, _LATER)],
    "told before it happened": [(_LATER, _DAY)],
    "nothing dated": [(None, _LATER)],
    "nothing known": [(None, None)],
}


def test_a_customer_is_there_once_anything_is_dated(engine: Engine) -> None:
    stamp = pa.timestamp("us")
    rows = [(name, *dates) for name, accounts in _ACCOUNTS.items() for dates in accounts]
    columns = dict(zip(("customer_id", "first_seen_at", "first_known_at"), zip(*rows, strict=True), strict=True))
    types = {"customer_id": pa.string(), "first_seen_at": stamp, "first_known_at": stamp}
    account = engine.bring("account", pa.table({name: pa.array(columns[name], types[name]) for name in types}))
    customer = engine.bring("customer", pa.table({"customer_id": list(_ACCOUNTS)}))
    found = only(engine.arrow(there_on(customer, account, date(2026, 3, 31))))
    assert {row["customer_id"] for row in found} == set(_ACCOUNTS) - {
        "seen later",
        "an undated account beside a later one",
    }
