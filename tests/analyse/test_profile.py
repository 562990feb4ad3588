"""The profile: every kind of tag against plain Python over the same rows, and what is not known."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.made import AS_OF, Row, bring, chance_sales, customers, numbered, sale

from huaxiang.analyse.order import with_needed
from huaxiang.analyse.profile import profile
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.model.tags import Tags, shipped_tags, tags_from

Rows = dict[str, dict[str, Any]]
LONG_AGO = datetime(1900, 1, 1)
END = datetime.combine(AS_OF + timedelta(days=1), time())


def profiled(engine: Engine, tags: Tags, facts: dict[str, list[Row]], as_of: date = AS_OF) -> Rows:
    """Return the profile rows by customer."""
    found = only(engine.arrow(profile(engine, tags, as_of, bring(engine, facts))))
    assert len({row["customer_id"] for row in found}) == len(found)
    return {str(row["customer_id"]): row for row in found}


def shipped(*keys: str) -> Tags:
    """Return the shipped tags of those keys with everything that they need."""
    return with_needed(keys, shipped_tags())


def ago(days: int) -> date:
    """Return the day so many days before the day of the profile."""
    return AS_OF - timedelta(days=days)


def purchasing_by_hand(rows: list[Row], customer: str) -> dict[str, Any]:
    """Compute purchasing tags of one customer in plain Python."""
    own = [r for r in rows if r["customer_id"] == customer and (r["ordered_at"] is None or r["ordered_at"] < END)]
    counted = [r for r in own if r["is_counted"]]
    bought = [r for r in own if r["is_purchase"]]
    dated = [r for r in bought if r["ordered_at"]]
    days = sorted({r["ordered_at"].date() for r in dated})
    start = END - timedelta(days=90)
    recent = [r for r in counted if r["ordered_at"] and r["ordered_at"] >= start]
    slips = [r for r in counted if r["is_return"] or r["refund_amount"] > 0]
    paid = [r for r in counted if not r["is_return"]]
    own_currency = [r for r in bought if not r["is_other_currency"]]
    total, revenue = len(bought), sum((r["net_revenue"] for r in own_currency), Decimal(0))
    channels = Counter(r["channel"] for r in bought if r["channel"])
    last = {c: max(r["ordered_at"] or LONG_AGO for r in bought if r["channel"] == c) for c in channels}
    best = sorted(channels, key=lambda c: (-channels[c], -(last[c] - LONG_AGO).total_seconds(), c))
    return {
        "net_revenue_total": sum((r["net_revenue"] for r in counted if not r["is_other_currency"]), Decimal(0)),
        "net_revenue_90d": sum((r["net_revenue"] for r in recent if not r["is_other_currency"]), Decimal(0)),
        "orders_total": total,
        "order_days_total": len(days),
        "average_order_value": (revenue / len(own_currency)).quantize(Decimal("0.0001")) if own_currency else None,
        "first_order_on": days[0] if days else None,
        "days_since_last_order": (AS_OF - days[-1]).days if days else None,
        "last_gap_days": (days[-1] - days[-2]).days if len(days) > 1 else None,
        "orders_returned_total": len(slips),
        "return_rate": min(len(slips) / len(paid), 1.0) if paid else None,
        "favourite_channel": best[0] if best else None,
    }


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000))
def test_purchasing_tags_equal_plain_python(duck: Engine, seed: int) -> None:
    """Sums, counts, days, shares and favourites of orders of all kinds, for every customer."""
    rows = chance_sales(seed, customer_count=4, order_count=25)
    ids = [f"c{number}" for number in range(5)]
    by_hand = {name: purchasing_by_hand(rows, name) for name in ids}
    found = profiled(duck, shipped(*by_hand["c0"]), {"customer": customers(*ids), "sale": rows})
    for name in ids:
        for key, expected in by_hand[name].items():
            value = found[name][key]
            if isinstance(value, Decimal) and expected is not None:
                assert abs(value - expected) <= Decimal("0.0001"), (name, key)
            else:
                assert value == expected, (name, key)


def test_all_shipped_tags_on_both_engines(engine: Engine) -> None:
    """A handful of customers with facts of every table, checked by hand; both engines give the same."""
    at = datetime.combine(ago(3), time(9, 30))
    facts: dict[str, list[Row]] = {
        "customer": customers("c1", "c2", "c3", "s1", "t1", staff=["s1"], tests=["t1"]),
        "account": [
            {"account_key": "member_no:1", "namespace": "member_no", "customer_id": "c1"},
            {"account_key": "device_id:2", "namespace": "device_id", "customer_id": "c2"},
        ],
        "person_record": [
            {"account_key": "member_no:1", "gender": "female", "city": "北京", "occurred_at": at, "source_row": 1,
             "birth_date": date(1990, 7, 2), "registered_at": datetime(2024, 6, 30)},
            {"account_key": "member_no:1", "gender": None, "city": "上海市", "known_at": END - timedelta(1),
             "source_row": 2, "friend_count": 12, "registered_at": datetime(2025, 1, 1)},
        ],
        "consent": [{"account_key": "member_no:1", "purpose": "marketing", "is_given": True, "occurred_at": at}],
        "referral": [
            {"account_key": f"a{n}", "referrer_account_key": "member_no:1", "occurred_at": at} for n in (1, 1, 2)
        ],
        "sale": numbered(
            [
                *(sale("c1", ago(days), 100, channel="app") for days in (100, 80, 60, 40)),
                sale("c1", ago(20), 300, gross_amount=Decimal(400), discount_amount=Decimal(100), coupon_no="K"),
                sale("s1", ago(1), 9_000),
            ]
        ),
        "sale_line": [
            {"customer_id": "c1", "ordered_at": at, "category": name, "line_amount": amount, "is_counted": True,
             "is_return": False, "is_gift": gift}
            for name, amount, gift in (("茶", 10, False), ("茶", 10, False), ("酒", 15, False), ("杯", 99, True))
        ],
        "act": [
            {"customer_id": "c1", "occurred_at": at, "event_name": name, "event_family": "app", "row_key": str(n)}
            for n, name in enumerate(["view", "view", "cart", "share", "share", "like", "open"])
        ],
        "visit": [
            {"customer_id": "c1", "started_at": at, "dwell_seconds": seconds, "is_bounce": seconds == 0}
            for seconds in (0, 60)
        ],
        "feedback_fact": [
            {"customer_id": "c1", "occurred_at": datetime.combine(ago(days), time()), "feedback_kind": "ticket",
             "recommend_0_10": score, "satisfaction_1_5": 2, "topic": "物流", "sentiment": -0.5}
            for days, score in ((9, 10), (5, 3))
        ],
    }  # fmt: skip
    found = profiled(engine, shipped_tags(), facts)
    assert set(found) == {"c1", "c2", "c3"}
    expected = {
        "gender": "female", "city": "上海市", "city_tier": "tier_1", "age_years": 35, "age_band": "from_35_to_44",
        "days_to_birthday": 2, "registered_on": date(2024, 6, 30), "registered_days": 730, "friend_count": 12,
        "registration_state": "registered_with_app", "marketing_consent": True, "invited_customers_total": 0,
        "net_revenue_total": Decimal("700.0000"), "net_revenue_90d": Decimal("600.0000"), "orders_total": 5,
        "average_order_value": Decimal("140.0000"), "purchase_interval_days": 20.0, "typical_interval_days": 20.0,
        "rhythm_ratio": 1.0, "lifecycle": "active", "discount_share": 0.25, "coupon_use_share": 0.2,
        "favourite_category": "茶", "favourite_channel": "app", "gift_share": 0.25, "categories_total": 3,
        "views_30d": 2, "carts_30d": 1, "active_days_30d": 1, "active_hours": "morning", "visits_total": 2,
        "bounce_rate": 0.5, "dwell_seconds_per_visit": 30.0, "social_interactions_90d": 3, "social_level": "medium",
        "recommend_latest": 3, "nps_group": "detractor", "sentiment_mean": -0.5, "tickets_180d": 2,
        "complaint_topic": "物流", "mood": "dissatisfied", "spending_level": "medium", "searches_30d": None,
    }  # fmt: skip
    assert {key: found["c1"][key] for key in expected} == expected
    nothing = {"orders_total": 0, "lifecycle": "prospect", "views_30d": 0, "gender": None, "searches_30d": None}
    assert {key: found["c3"][key] for key in nothing} == nothing
    assert found["c2"]["registration_state"] == "unregistered"


def test_no_data_is_unknown_not_zero(duck: Engine) -> None:
    """A fact table that is missing, empty, or never has such a row tells nothing; one that has gives zero."""
    tags = shipped("orders_total", "net_revenue_365d", "views_30d", "searches_30d", "lifecycle", "return_rate")
    only_views = [{"customer_id": None, "occurred_at": datetime(2020, 1, 1), "event_name": "view"}]
    found = profiled(duck, tags, {"customer": customers("c1"), "sale": [], "act": only_views})["c1"]
    assert {key: value for key, value in found.items() if value is not None} == {"customer_id": "c1", "views_30d": 0}


def test_windows_and_the_day_itself_are_inclusive(duck: Engine) -> None:
    """90 days are the day of the profile and the 89 before it; the next day does not count, however early."""
    times = [datetime.combine(ago(89), time()), datetime.combine(AS_OF, time(23, 59, 59)), END]
    rows = numbered([sale("c1", at, 10) for at in [times[0] - timedelta(microseconds=1), *times]])
    tags = shipped("orders_total", "orders_90d", "days_since_last_order")
    found = profiled(duck, tags, {"customer": customers("c1"), "sale": rows})["c1"]
    assert (found["orders_90d"], found["orders_total"], found["days_since_last_order"]) == (2, 3, 0)


@pytest.mark.parametrize(
    ("days_ago", "stage"),
    [
        ([], "prospect"),
        ([29], "new"),
        ([30], "active"),
        ([31], "slipping"),
        ([60, 40, 20, 0], "active"),
        ([90, 70, 50, 30], "active"),
        ([91, 71, 51, 31], "slipping"),
        ([111, 91, 71, 51], "sleeping"),
        ([141, 121, 101, 81], "lost"),
        ([200, 180, 160, 5], "returned"),
    ],
)
def test_lifecycle_follows_the_own_rhythm(duck: Engine, days_ago: list[int], stage: str) -> None:
    """With a rhythm of 20 days the ends are 30, 50 and 80 days; a return after silence is told apart."""
    others = [sale("c2", ago(days), 1) for days in range(0, 2_001, 20)]
    rows = numbered([*others, *(sale("c1", ago(days), 1) for days in days_ago)])
    found = profiled(duck, shipped("lifecycle"), {"customer": customers("c1", "c2"), "sale": rows})
    assert found["c1"]["lifecycle"] == stage


def birthday(born: date, year: int) -> date:
    """Return the birthday in that year; 29 February is 1 March in common years."""
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


@settings(max_examples=10)
@given(
    born=st.lists(st.dates(date(1900, 1, 1), date(2030, 1, 1)), min_size=20, max_size=40),
    as_of=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_age_and_birthday_equal_the_calendar(duck: Engine, born: list[date], as_of: date) -> None:
    """Every pair of days, 29 February included, against Python's calendar; the unborn have no age."""
    born = [*born, date(2000, 2, 29), as_of]
    ids = [f"c{place}" for place in range(len(born))]
    facts = {
        "customer": customers(*ids),
        "account": [{"account_key": name, "customer_id": name} for name in ids],
        "person_record": [{"account_key": name, "birth_date": day} for name, day in zip(ids, born, strict=True)],
    }
    found = profiled(duck, shipped("age_years", "days_to_birthday"), facts, as_of)
    for name, day in zip(ids, born, strict=True):
        upcoming = next(end for year in (0, 1) if (end := birthday(day, as_of.year + year)) >= as_of)
        age = as_of.year - day.year - ((as_of.month, as_of.day) < (day.month, day.day))
        assert found[name]["days_to_birthday"] == (upcoming - as_of).days
        assert found[name]["age_years"] == (age if day <= as_of else None)


@settings(max_examples=10)
@given(order=st.permutations(range(6)))
def test_ties_do_not_depend_on_the_order_of_rows(duck: Engine, order: list[int]) -> None:
    """Of equal favourites the last seen wins, then the first text; of equally new values the last row."""
    day = datetime.combine(ago(1), time())
    lines = [
        {"customer_id": "c1", "channel": name, "ordered_at": at, "is_purchase": True}
        for name, at in (("b", day), ("a", day), ("old", datetime(2020, 1, 1)))
    ]
    people = [
        {"account_key": "a", "city": str(n), "known_at": day, "import_id": "i", "source_row": n} for n in (1, 2, 3)
    ]
    mixed = [(lines + people)[place] for place in order]
    found = profiled(
        duck,
        shipped("favourite_channel", "city"),
        {
            "customer": customers("c1"),
            "account": [{"account_key": "a", "customer_id": "c1"}],
            "sale": [row for row in mixed if "channel" in row],
            "person_record": [row for row in mixed if "city" in row],
        },
    )["c1"]
    assert (found["favourite_channel"], found["city"]) == ("a", "3")


def test_formulas_divide_safely(duck: Engine) -> None:
    """Dividing by 0 gives nothing, and so does any part that is not known."""
    base = {"element": "basic", "meaning_zh": "试", "meaning_en": "Try.", "type": "number"}

    def formula(name: str, tree: dict[str, Any]) -> dict[str, Any]:
        return {**base, "zh": name, "en": name, "rule": {"kind": "formula", "formula": tree}}

    made = {
        "by_zero": formula("除", {"divide": ["orders_total", 0]}),
        "by_unknown": formula("和", {"add": ["orders_total", "age_years"]}),
        "lesser": formula("小", {"least": ["orders_total", "age_years"]}),
        "right": formula("对", {"subtract": [{"multiply": ["orders_total", 3, 2]}, 1]}),
    }
    tags = {**shipped("orders_total", "age_years"), **tags_from(made)}
    found = profiled(duck, tags, {"customer": customers("c1"), "sale": numbered([sale("c1", AS_OF)])})["c1"]
    assert [found[key] for key in made] == [None, None, None, 5.0]


def test_types_of_columns_are_those_of_the_tags(duck: Engine) -> None:
    """Whatever the engine computes with, the profile has the declared types, with facts or without."""
    facts = bring(duck, {"customer": customers("c1"), "sale": chance_sales(1, 1, 5)})
    found = profile(duck, shipped_tags(), AS_OF, facts)
    assert list(found.columns) == ["customer_id", *shipped_tags()]
    wrong = {
        key: str(found[key].type()) for key, tag in shipped_tags().items()
        if str(found[key].type()).replace("!", "") != tag.field.ibis_type
    }  # fmt: skip
    assert wrong == {}


def test_orders_without_amounts_are_orders_of_unknown_amount(engine: Engine) -> None:
    """Who bought without any amount has orders and no revenue, not revenue 0; who bought nothing has 0."""
    blank: dict[str, Any] = {"paid_amount": None, "net_revenue": None, "is_purchase": True}
    rows = numbered([sale("c1", ago(3), **blank), sale("c2", ago(3), 50), sale("c2", ago(9), **blank)])
    tags = shipped("orders_total", "net_revenue_total", "average_order_value", "lifecycle")
    found = profiled(engine, tags, {"customer": customers("c1", "c2", "c3"), "sale": rows})
    assert [found[name]["orders_total"] for name in ("c1", "c2", "c3")] == [1, 2, 0]
    assert [found[name]["net_revenue_total"] for name in ("c1", "c2", "c3")] == [None, Decimal(50), Decimal(0)]
    assert [found[name]["average_order_value"] for name in ("c1", "c2", "c3")] == [None, Decimal(50), None]
    assert found["c1"]["lifecycle"] == "new"
