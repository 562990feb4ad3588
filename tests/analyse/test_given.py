"""Given values against plain Python over the same rows: the newest that holds, a person's word before every source."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.made import AS_OF, Row, bring, customers, numbered, sale
from tests.analyse.tag_kinds import by_customer, codes, days_ago, made

from huaxiang.analyse.given import given_to
from huaxiang.analyse.increment import Before, increment
from huaxiang.analyse.profile import profiled
from huaxiang.engine import Engine
from huaxiang.prepare.given import GIVEN_COLUMNS

TAGS = made(
    {
        "vip": {"type": "text", "values": codes("gold", "silver"), "rule": {"kind": "given"}},
        "points": {"type": "int", "rule": {"kind": "given"}},
        "channel": {"type": "text", "rule": {"kind": "golden", "fact": "sale", "column": "channel"}},
        "more": {"type": "number", "rule": {"kind": "formula", "formula": {"add": ["points", 1]}}},
    }
)
IDS = ("c0", "c1", "c2")
VALUES = {"vip": ("gold", "silver"), "points": ("3", "-7"), "channel": ("x", "y")}


def said(customer: str, tag: str, value: str, days: int = 0, **more: Any) -> Row:
    """One value given so many days before the day."""
    at = datetime.combine(AS_OF - timedelta(days=days), datetime.min.time())
    return {"customer_id": customer, "tag": tag, "value": value, "given_at": at, "holds_from": at.date(), **more}


def table(engine: Engine, rows: list[Row], name: str = "given_rows") -> ir.Table:
    """The rows as the table of given values."""
    numbered_rows = [{"entry": place, "given_by": "kim", "source": "manual", **row} for place, row in enumerate(rows)]
    return engine.bring(name, pa.Table.from_pylist(numbered_rows, schema=ibis.schema(GIVEN_COLUMNS).to_pyarrow()))


def facts_of(engine: Engine, rows: list[Row]) -> dict[str, ir.Table]:
    """Two customers with an order in a channel, one without, and what was given."""
    sales = numbered([sale("c0", days_ago(3), 1, channel="a"), sale("c1", days_ago(3), 1, channel="b")])
    return {**bring(engine, {"customer": customers(*IDS), "sale": sales}), "given_value": table(engine, rows)}


def newest(rows: list[Row], customer: str, tag: str, day: date) -> str | None:
    """By hand: of what holds the one given last, of equals the later entry."""
    own = [
        (row["given_at"], place, row["value"])
        for place, row in enumerate(rows)
        if row["customer_id"] == customer and row["tag"] == tag and not row.get("problem")
        and row["holds_from"] <= day and (row.get("until") is None or row["until"] >= day)
    ]  # fmt: skip
    return max(own)[2] if own else None


def by_hand(rows: list[Row], customer: str, day: date) -> Row:
    """The whole profile of one customer."""
    points = newest(rows, customer, "points", day)
    channel = newest(rows, customer, "channel", day) or {"c0": "a", "c1": "b"}.get(customer)
    number = None if points is None else int(points)
    more = None if number is None else number + 1.0
    return {
        "customer_id": customer,
        "vip": newest(rows, customer, "vip", day),
        "points": number,
        "channel": channel,
        "more": more,
    }


def test_the_newest_that_holds_on_both_engines(engine: Engine) -> None:
    """What came without a customer or ran out is left out, and what beats an attribute is sure."""
    rows = [
        said("c0", "vip", "gold", 5),
        said("c0", "vip", "silver", 2, until=AS_OF - timedelta(days=1)),
        said("c1", "channel", "y", 1),
        said("c1", "points", "-7", 9),
        said("c1", "points", "3", 9),
        said("c2", "vip", "gold", problem="no_customer"),
        said("c2", "points", "3", -1),
    ]
    done = profiled(engine, TAGS, AS_OF, facts_of(engine, rows))
    found = by_customer(engine, done.profile)
    assert found == {one: by_hand(rows, one, AS_OF) for one in IDS}
    assert [found["c0"]["vip"], found["c1"]["channel"], found["c1"]["points"]] == ["gold", "y", 3]
    assert given_to(engine, facts_of(engine, rows), "c1", "points", AS_OF)[0]["value"] == "3"


GIFT = st.builds(
    lambda customer, tag, which, days, lasts: said(
        customer, tag, VALUES[tag][which], days, until=None if lasts is None else AS_OF + timedelta(days=lasts)
    ),
    st.sampled_from(IDS), st.sampled_from([*VALUES]), st.integers(0, 1), st.integers(-2, 4),
    st.one_of(st.none(), st.integers(-2, 2)),
)  # fmt: skip


@settings(max_examples=12)
@given(st.lists(GIFT, max_size=12), st.integers(0, 2))
def test_any_gifts_on_any_day_are_those_of_plain_python(duck: Engine, rows: list[Row], back: int) -> None:
    """A past day sees what was said by then."""
    day = AS_OF - timedelta(days=back)
    found = by_customer(duck, profiled(duck, TAGS, day, facts_of(duck, rows)).profile)
    expected = {one: by_hand(rows, one, day) for one in IDS}
    if back:  # the orders lie three days back, so they count on each of these days
        assert {one: row["channel"] for one, row in found.items()} == {one: r["channel"] for one, r in expected.items()}
    assert found == expected


def test_an_increment_forgets_a_word_that_was_taken_back(engine: Engine) -> None:
    """What stands in the profile before may be a person's word that holds no more."""
    before = [said("c0", "channel", "y", 1), said("c1", "vip", "gold", 1)]
    facts = facts_of(engine, before)
    done = profiled(engine, TAGS, AS_OF, facts)
    engine.publish({"given_value": facts["given_value"], "before_profile": done.profile, "before_sure": done.confidence,
                    "before_weights": done.weights})  # fmt: skip
    old = Before(AS_OF, *(engine.table(f"before_{name}") for name in ("profile", "sure", "weights")))
    now = facts_of(engine, [said("c2", "vip", "silver")])
    nobody = engine.bring("nobody", pa.table({"customer_id": pa.array([], pa.string())}))
    again = by_customer(engine, increment(engine, TAGS, AS_OF, now, old, nobody).profiled().profile)
    assert again == {one: by_hand([said("c2", "vip", "silver")], one, AS_OF) for one in IDS}
