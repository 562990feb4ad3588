"""An increment is a full computation: row for row, whatever came, went or passed since."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.changing import bag, brought, chance_facts, changed_facts, held, rules
from tests.analyse.made import AS_OF, Row, chance_sales, customers, numbered, sale
from tests.analyse.tag_kinds import act, days_ago, made

from huaxiang.analyse.changed_customers import changed_customers
from huaxiang.analyse.increment import Before, increment
from huaxiang.analyse.order import full_only, with_needed
from huaxiang.analyse.profile import profiled
from huaxiang.analyse.same_day import SameDay
from huaxiang.engine import Engine
from huaxiang.errors import InputError
from huaxiang.model.tags import Tags, shipped_tags


def both(engine: Engine, tags: Tags, facts: list[dict[str, list[Row]]], days: tuple[date, date]) -> None:
    """Compute in full, then the second day as an increment and in full, and compare every table."""
    old, new = (brought(engine, rows, name) for name, rows in zip(("old", "new"), facts, strict=True))
    first = held(engine, profiled(engine, tags, days[0], old), "first")
    before = Before(days[0], first["profile"], first["profile_confidence"], first["tag_weight"])
    changed = engine.keep("changed", changed_customers(old, new))
    again = held(engine, increment(engine, tags, days[1], new, before, changed).profiled(), "again")
    full = held(engine, profiled(engine, tags, days[1], new), "full")
    for name, rows in full.items():
        assert again[name].columns == rows.columns
        assert bag(engine, again[name]) == bag(engine, rows), name


@settings(max_examples=6)
@given(seed=st.integers(0, 10_000), days=st.sampled_from([0, 0, 1, 2, 15, 40]))
def test_an_increment_is_a_full_computation(duck: Engine, seed: int, days: int) -> None:
    """Rows that came, went, changed and moved, a customer gone and a new one; the same day and later ones."""
    dice = random.Random(seed)
    facts = chance_facts(dice)
    start = AS_OF - timedelta(days=days)
    both(duck, rules(), [facts, changed_facts(facts, dice)], (start, AS_OF))


def test_an_increment_of_shipped_tags(duck: Engine) -> None:
    """The tags of the shop, from orders of all kinds, over a week."""
    keys = ("lifecycle", "spending_level", "return_rate", "favourite_channel", "views_30d", "active_hours", "city")
    rows = chance_sales(3, 4, 60)
    acts = [act("c1", days_ago(3), category="茶", row_key="1")]
    old = {"customer": customers("c0", "c1", "c2", "c3"), "sale": rows[:50], "act": []}
    tags = with_needed(keys, shipped_tags())
    both(duck, tags, [old, {**old, "sale": rows, "act": acts}], (AS_OF - timedelta(days=7), AS_OF))


def test_both_engines_increment(engine: Engine) -> None:
    """One change, one day later, on both engines."""
    facts = chance_facts(random.Random(1))
    later = {**facts, "act": [*facts["act"], act("c1", days_ago(0), category="x", row_key="new")]}
    both(
        engine,
        rules("spent", "kept", "often", "stays", "fades", "place"),
        [facts, later],
        (AS_OF - timedelta(days=1), AS_OF),
    )


AT = datetime.combine(AS_OF, datetime.min.time()) - timedelta(days=3)
INVITED = {"kind": "statistic", "fact": "invitation", "measure": "count", "when_empty": "zero"}


def invitations(*whom: str) -> dict[str, list[Row]]:
    """Two members who ordered, and those of whom a row of the referrals says that somebody invited them."""
    account = [{"account_key": f"a{n}", "customer_id": f"c{n}"} for n in (1, 2)]
    told = [
        {"account_key": f"a{one[1:]}", "referrer_account_key": "a9", "occurred_at": AT, "known_at": AT,
         "row_key": one, "import_id": "i1", "source_row": 1}
        for one in whom
    ]  # fmt: skip
    sales = numbered([sale("c1", AS_OF), sale("c2", AS_OF)])
    return {"customer": customers("c1", "c2"), "sale": sales, "account": account, "referral": told}


@pytest.mark.parametrize("days", [0, 1])
def test_rows_of_which_nothing_is_compared_are_looked_at_again(duck: Engine, days: int) -> None:
    """Facts go by another name than the table that they are read from: an invitation is a row of the referrals."""
    tags = {**rules("ever"), **made({"invited": {"type": "int", "rule": INVITED}})}
    both(duck, tags, [invitations("c1"), invitations("c1", "c2")], (AS_OF - timedelta(days=days), AS_OF))


def test_both_engines_compute_a_day_again(engine: Engine) -> None:
    """One act more on the same day: of whom it is, the tags of one customer alone are as if all were computed."""
    facts = chance_facts(random.Random(1))
    later = {**facts, "act": [*facts["act"], act("c1", days_ago(0), category="x", row_key="new")]}
    tags = rules("spent", "often", "stays", "place")
    old, new = brought(engine, facts, "old"), brought(engine, later, "new")
    first = held(engine, profiled(engine, tags, AS_OF, old), "first")
    before = Before(AS_OF, first["profile"], first["profile_confidence"], first["tag_weight"])
    changed = engine.keep("changed", changed_customers(old, new))
    found = SameDay(engine, tags, new, before, changed).renewed()
    assert found is not None
    assert engine.arrow(found.gone).to_pylist() == engine.arrow(found.moved).to_pylist() == [{"customer_id": "c1"}]
    again = held(engine, found.own, "again")
    full = held(engine, profiled(engine, tags, AS_OF, new), "full")
    for name, rows in full.items():
        mine = rows.filter(rows.customer_id == "c1")
        assert bag(engine, again[name]) == bag(engine, mine), name


def test_who_did_not_change_is_not_computed_again(duck: Engine) -> None:
    """What is taken over is taken over: a value that no rule would give stays with those who did not change."""
    tags = rules("ever")
    facts = brought(
        duck, {"customer": customers("c1", "c2"), "sale": numbered([sale("c1", AS_OF), sale("c2", AS_OF)])}, "n"
    )
    first = held(duck, profiled(duck, tags, AS_OF, facts), "first")
    marked = duck.keep("marked", first["profile"].mutate(ever=first["profile"].ever + 100))
    before = Before(AS_OF, marked, first["profile_confidence"], first["tag_weight"])
    changed = facts["customer"].filter(facts["customer"].customer_id == "c1")
    found = duck.arrow(increment(duck, tags, AS_OF, facts, before, changed).profiled().profile).to_pylist()
    assert {row["customer_id"]: row["ever"] for row in found} == {"c1": 1, "c2": 101}


def test_an_increment_never_goes_back(duck: Engine) -> None:
    """An earlier day is computed in full."""
    facts = brought(duck, {"customer": customers("c1"), "sale": []}, "b")
    tags = rules("ever")
    first = held(duck, profiled(duck, tags, AS_OF, facts), "first")
    before = Before(AS_OF, first["profile"], first["profile_confidence"], first["tag_weight"])
    with pytest.raises(InputError, match="2026-06-29"):
        increment(duck, tags, AS_OF - timedelta(days=1), facts, before, facts["customer"])


def test_tags_that_look_at_others_are_told_apart() -> None:
    """Those and whatever is computed from them; every other tag is of its customer alone."""
    tags = rules()
    assert full_only(tags) == {"rare", "hour", "place", "all", "above", "level"}
    shipped = full_only(shipped_tags())
    assert {"typical_interval_days", "rhythm_ratio", "lifecycle", "spending_level"} <= shipped
    assert not {"net_revenue_365d", "favourite_category", "age_band"} & shipped
