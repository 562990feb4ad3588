"""Held values are counted over all of their accounts, and those whose accounts are one customer are settled."""

import pyarrow as pa

from huaxiang.analyse.held_values import MOST_ACCOUNTS, users_of
from huaxiang.analyse.identity_records import Tables
from huaxiang.analyse.identity_report import review
from huaxiang.analyse.open_holds import MOST_CUSTOMERS
from huaxiang.engine import Engine
from huaxiang.prepare.unify.customers import identity_holds
from huaxiang.prepare.unify.records import Group, Hold, Use, hold

#: By value the customer of each account: the first 25 of the till are one customer, the family's are all one by now.
CUSTOMERS = {
    "13900000001": ["c00", *["c00"] * 24, *[f"c{number:02d}" for number in range(1, 41)]],
    "13900000002": ["d0", "d1", "d2"],
    "13900000003": ["e0", "e0"],
}


def tables_of(engine: Engine) -> Tables:
    """The published tables of these customers; a hash is what the last account of the second phone has of it."""
    users = [
        (f"{value}-{place:03d}", customer, value)
        for value, several in CUSTOMERS.items()
        for place, customer in enumerate(several)
    ]
    account = pa.table({"account_key": [one[0] for one in users], "customer_id": [one[1] for one in users]})
    told = [one for one in users if one[1] != "d2"]
    known = pa.table(
        {
            "account_key": [one[0] for one in told],
            "customer_id": [one[1] for one in told],
            "identifier_type": ["phone"] * len(told),
            "identifier_value": [one[2] for one in told],
        }
    )
    holds: list[Hold] = [
        hold(Group("phone", value, tuple(Use(one[0], True) for one in users if one[2] == value)), "other_name")
        for value in CUSTOMERS
    ]
    nothing = pa.array([None] * len(users), pa.string())
    more = account.append_column("person_name", nothing).append_column("first_seen_at", nothing)
    profile = pa.schema({"customer_id": pa.string(), "orders_total": pa.int64(), "net_revenue_total": pa.float64()})
    return {
        "account": engine.bring("made_account", more),
        "customer_identifier": engine.bring("made_identifier", known),
        "identity_hold": identity_holds(engine, holds),
        "profile": engine.bring("made_profile", profile.empty_table()),
    }


def test_customers_are_counted_over_all_accounts_and_settled_values_are_left_out(engine: Engine) -> None:
    tables = tables_of(engine)
    found = review(engine, tables)
    assert [(row["identifier_value"], row["account_count"], row["customer_count"]) for row in found] == [
        ("13900000001", 65, 41),
        ("13900000002", 3, 3),
    ]
    assert found[0]["customers"] == [f"c{number:02d}" for number in range(MOST_CUSTOMERS)]
    assert found[1]["customers"] == ["d0", "d1", "d2"]
    shown = users_of(engine, tables, found)[("phone", "13900000001")]
    assert [row["customer_id"] for row in shown] == [f"c{number:02d}" for number in range(MOST_ACCOUNTS)]
    # A shop that has retired the tags of what its customers are worth is shown the same accounts without it.
    without = {**tables, "profile": tables["profile"].drop("orders_total", "net_revenue_total")}
    assert users_of(engine, without, found) == users_of(engine, tables, found)
