"""Golden values: the policies against plain Python over the same rows, and the rows behind them."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.made import AS_OF, Row, bring, chance_sales, customers
from tests.analyse.test_profile import END, LONG_AGO, profiled
from tests.prepare.rows import empty, put

from huaxiang.analyse.why import why
from huaxiang.engine import Engine
from huaxiang.model.tags import Tags, shipped_tags, tags_from

SOURCES = ["pos", "shop"]
POLICIES: dict[str, dict[str, Any]] = {
    policy: {"policy": policy} for policy in ("newest", "oldest", "most_frequent", "longest")
} | {"source_priority": {"policy": "source_priority", "sources": SOURCES}}


def tags(**changes: dict[str, Any]) -> Tags:
    """One tag a policy over the channel of orders, for the rest like a shipped one."""
    shape = shipped_tags()["favourite_channel"].model_dump(exclude={"key", "rule", "values"})
    rule = {"kind": "golden", "fact": "sale", "column": "channel"}
    return tags_from({key: {**shape, "rule": {**rule, **more}} for key, more in changes.items()})


def by_hand(rows: list[Row], customer: str) -> dict[str, str | None]:
    """What each policy takes of one customer's rows, oldest first."""
    own = [
        row for row in rows if row["customer_id"] == customer and (row["ordered_at"] is None or row["ordered_at"] < END)
    ]
    own.sort(key=lambda row: (row["ordered_at"] or LONG_AGO, row["order_no"], row["source_row"]))
    told = [row for row in own if row["channel"]]
    if not told:
        return dict.fromkeys(POLICIES)
    said = Counter(row["channel"] for row in told)
    best: dict[str, Callable[[Row], int]] = {
        "newest": lambda _: 0,
        "most_frequent": lambda row: said[row["channel"]],
        "longest": lambda row: len(row["channel"]),
        "source_priority": lambda row: -SOURCES.index(row["source"]),
    }
    found = {policy: max(enumerate(told), key=lambda pair: (key(pair[1]), pair[0]))[1] for policy, key in best.items()}
    return {"oldest": told[0]["channel"]} | {policy: row["channel"] for policy, row in found.items()}


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000))
def test_every_policy_equals_plain_python(duck: Engine, seed: int) -> None:
    rows = chance_sales(seed, 6, 60)
    ids = [f"c{number}" for number in range(6)]
    found = profiled(duck, tags(**POLICIES), {"customer": customers(*ids), "sale": rows})
    assert {one: {policy: found[one][policy] for policy in POLICIES} for one in ids} == {
        one: by_hand(rows, one) for one in ids
    }


def test_the_same_on_both_engines(engine: Engine) -> None:
    rows = chance_sales(7, 4, 60)
    found = profiled(engine, tags(**POLICIES), {"customer": customers("c0", "c1"), "sale": rows})
    assert {policy: found["c1"][policy] for policy in POLICIES} == by_hand(rows, "c1")


@pytest.mark.parametrize("policy", POLICIES)
def test_the_row_that_stands_comes_first_and_the_others_are_shown(duck: Engine, policy: str) -> None:
    facts = {"customer": customers("c0", "c1"), "sale": chance_sales(3, 2, 40)}
    found, tables = profiled(duck, tags(**POLICIES), facts), bring(duck, facts)
    told = why(duck, tables, tags(**POLICIES), found["c1"], policy, AS_OF)
    assert told.evidence[0]["channel"] == told.value == by_hand(facts["sale"], "c1")[policy]
    assert len({row["channel"] for row in told.evidence}) == 2


CONSENT = [
    ("a1", 1, True), ("a1", 5, False), ("a2", 9, True), ("b1", 1, False), ("b1", 2, True), ("b2", 3, True),
    ("c1", 1, False), ("c2", 9, True), ("d2", 1, True), ("e1", 1, True), ("e2", 9, False), ("f1", 1, True),
    ("f2", 1, True), ("g2", 1, True),
]  # fmt: skip
#: Accounts that a phone alone joins; of the customer g nobody tells a name.
ALONE = ("c2", "d2", "e2", "f2", "g2")


def test_one_no_among_the_last_words_of_all_accounts_is_no(engine: Engine) -> None:
    rows = [
        {
            "account_key": account,
            "occurred_at": datetime(2026, 6, day),
            "purpose": "marketing",
            "is_given": given,
            "known_at": datetime(2026, 6, day),
            "import_id": "i1",
            "source_row": place,
            "source": "s",
            "row_key": f"{account}|{place}",
            "row_hash": str(place),
        }
        for place, (account, day, given) in enumerate(CONSENT)
    ]
    accounts = [{"account_key": key, "customer_id": f"c{key[0]}"} for key in sorted({key for key, *_ in CONSENT})]
    alone = [{"account_key": key, "rest_is_named": key != "g2"} for key in ALONE]
    names = sorted({one["customer_id"] for one in accounts})
    facts = {"customer": customers(*names), "account": accounts, "consent": rows, "identity_unconfirmed": alone}
    found = profiled(engine, {"marketing_consent": shipped_tags()["marketing_consent"]}, facts)
    by_customer = {name: row["marketing_consent"] for name, row in found.items()}
    # Whoever may be somebody else can take a permission back, but gives none to whom tells a name.
    doubted = {"cc": False, "cd": None, "ce": False, "cf": True, "cg": True}
    assert by_customer == {"ca": False, "cb": True} | doubted


def test_an_account_with_a_verified_number_is_believed_first(engine: Engine) -> None:
    shape = shipped_tags()["province"].model_dump(exclude={"key", "rule", "values"})
    rule = {"kind": "golden", "fact": "person_record", "column": "city", "policy": "verified_first"}
    asked = tags_from({"home": {**shape, "rule": rule}})
    told = [("verified", "杭州市", 3), ("claimed", "上海市", 9), ("verified", "宁波市", 5), ("other", "北京市", 1)]
    put(
        engine,
        person_record=[
            {"account_key": key, "city": city, "occurred_at": datetime(2026, 1, day)} for key, city, day in told
        ],
        identifier=[
            {"account_key": key, "identifier_type": "phone", "identifier_value": key, "is_verified": key == "verified"}
            for key in ("verified", "claimed")
        ],
    )
    accounts = [
        {"account_key": key, "customer_id": customer}
        for key, customer in (("verified", "c1"), ("claimed", "c1"), ("other", "c2"))
    ]
    facts = {"customer": customers("c1", "c2"), "account": accounts}
    found = profiled(engine, asked, facts)
    assert (found["c1"]["home"], found["c2"]["home"]) == ("宁波市", "北京市")
    explained = why(engine, bring(engine, facts), asked, found["c1"], "home", AS_OF)
    # Of the first account only the newest record counts; what the second one claims comes after it.
    assert [row["city"] for row in explained.evidence] == ["宁波市", "上海市"]
    empty(engine)
