"""An increment is a full computation: row for row, whatever came, went or passed since."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import ibis.expr.types as ir
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.made import AS_OF, Row, arrow, chance_sales, customers, numbered, sale
from tests.analyse.tag_kinds import act, codes, days_ago, made

from huaxiang.analyse.increment import COMPARED, Before, changed_customers, incremented
from huaxiang.analyse.order import full_only, with_needed
from huaxiang.analyse.profile import Profiled, profiled
from huaxiang.engine import Engine
from huaxiang.errors import InputError
from huaxiang.model.tags import Tags, shipped_tags

SALE = {"fact": "sale", "column": "net_revenue"}
LIKED = {"kind": "preference", "parts": [{"fact": "act", "column": "category", "weight": 2}]}
HOURS = {"kind": "distribution", "fact": "act", "window_days": 60, "half_life_days": 20}


MONTH = {"window_days": 30}
SUM = {"kind": "statistic", "measure": "sum", **SALE, **MONTH}
COUNT = {"kind": "statistic", "measure": "count", "fact": "sale"}
CHANNEL = {"kind": "golden", "fact": "sale", "column": "channel"}
RULES: dict[str, tuple[str, dict[str, Any]]] = {
    "spent": ("money", {**SUM, "when_empty": "zero"}),
    "kept": ("money", {**SUM, "when_empty": "keep_last"}),
    "before": ("int", {**COUNT, **MONTH, "skip_days": 30}),
    "ever": ("int", {**COUNT, "when_empty": "zero"}),
    "fixed": ("int", {"kind": "statistic", "fact": "act", "measure": "count", "from": "2026-06-01"}),
    "fresh": ("text", {**CHANNEL, "expires_after_days": 45}),
    "first": ("text", {**CHANNEL, "policy": "oldest", **MONTH}),
    "often": ("text", {"kind": "favourite", "fact": "act", "column": "platform", **MONTH}),
    "fades": ("list", {**LIKED, "half_life_days": 30}),
    "stays": ("list", {**LIKED, "window_days": 60}),
    "rare": ("list", {**LIKED, "idf": True}),
    "hour": ("int", {**HOURS, "smooth": 3}),
    "alone": ("int", {"kind": "distribution", "fact": "act", "smooth": 0, "clear_share": 0}),
    "place": ("share", {"kind": "percentile", "of": "spent"}),
    "all": ("number", {"kind": "everyone", "divide": "spent", "by": "ever"}),
    "above": ("bool", {"kind": "expression", "expression": "spent > all"}),
    "level": ("text", {"kind": "layers", "layers": [{"value": "yes", "when": "above = true"}]}),
    "twice": ("number", {"kind": "formula", "formula": {"multiply": ["spent", 2]}}),
}


def rules(*keys: str) -> Tags:
    """Tags of those keys, or of every kind of rule and of window."""
    found = {key: {"type": kind, "rule": rule} for key, (kind, rule) in RULES.items() if key in keys or not keys}
    return made({key: {**body, **({"values": codes("yes")} if key == "level" else {})} for key, body in found.items()})


def chance_facts(dice: random.Random) -> dict[str, list[Row]]:
    """Orders and acts of a few customers."""
    days = [0, 1, 2, 29, 30, 31, 44, 45, 46, 59, 60, 61, 90]
    acts = [
        act(f"c{dice.randrange(5)}", days_ago(dice.choice(days)), "view", category=dice.choice("xyz"),
            platform=dice.choice(["ios", "web"]), row_key=str(place))
        for place in range(40)
    ]  # fmt: skip
    sales = [
        sale(f"c{dice.randrange(5)}", days_ago(dice.choice(days)), dice.randrange(9), channel=dice.choice("ab"))
        for _ in range(20)
    ]  # fmt: skip
    return {"customer": customers(*(f"c{n}" for n in range(6))), "sale": numbered(sales), "act": acts}


def changed_facts(facts: dict[str, list[Row]], dice: random.Random) -> dict[str, list[Row]]:
    """The facts with some rows gone, changed, come, and given to another customer; a customer gone who still has rows,
    and new ones, one with rows and one without."""
    acts, sales = [dict(row) for row in facts["act"]], [dict(row) for row in facts["sale"]]
    for rows in (acts, sales):
        if dice.random() < 0.7:
            rows.pop(dice.randrange(len(rows)))
        rows[dice.randrange(len(rows))]["customer_id"] = dice.choice(["c0", "c6", None])
    acts[0]["category"] = "z"
    acts.append(act("c6", days_ago(dice.choice([0, 3])), "view", category="x", row_key="new"))
    return {"customer": customers(*(f"c{n}" for n in range(1, 8))), "sale": sales, "act": acts}


def brought(engine: Engine, facts: dict[str, list[Row]], name: str) -> dict[str, ir.Table]:
    """The facts as tables of the session, under names of their own."""
    every = {**{key: [] for key in COMPARED}, **facts}
    return {key: engine.bring(f"{name}_{key}", arrow(key, rows)) for key, rows in every.items()}


def held(engine: Engine, found: Profiled, name: str) -> dict[str, ir.Table]:
    """What was computed, as it would stand in the lake."""
    return {key: engine.keep(f"{name}_{key}", rows) for key, rows in found.tables().items()}


def bag(engine: Engine, rows: ir.Table) -> Counter[str]:
    """The rows in no order."""
    return Counter(repr(sorted(row.items())) for row in engine.arrow(rows).to_pylist())


def both(engine: Engine, tags: Tags, facts: list[dict[str, list[Row]]], days: tuple[date, date]) -> None:
    """Compute in full, then the second day as an increment and in full, and compare every table."""
    old, new = (brought(engine, rows, name) for name, rows in zip(("old", "new"), facts, strict=True))
    first = held(engine, profiled(engine, tags, days[0], old), "first")
    before = Before(days[0], first["profile"], first["profile_confidence"], first["tag_weight"])
    changed = engine.keep("changed", changed_customers(old, new))
    again = held(engine, incremented(engine, tags, days[1], new, before, changed), "again")
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
    found = duck.arrow(incremented(duck, tags, AS_OF, facts, before, changed).profile).to_pylist()
    assert {row["customer_id"]: row["ever"] for row in found} == {"c1": 1, "c2": 101}


def test_an_increment_never_goes_back(duck: Engine) -> None:
    """An earlier day is computed in full."""
    facts = brought(duck, {"customer": customers("c1"), "sale": []}, "b")
    tags = rules("ever")
    first = held(duck, profiled(duck, tags, AS_OF, facts), "first")
    before = Before(AS_OF, first["profile"], first["profile_confidence"], first["tag_weight"])
    with pytest.raises(InputError, match="2026-06-29"):
        incremented(duck, tags, AS_OF - timedelta(days=1), facts, before, facts["customer"])


def test_tags_that_look_at_others_are_told_apart() -> None:
    """Those and whatever is computed from them; every other tag is of its customer alone."""
    tags = rules()
    assert full_only(tags) == {"rare", "hour", "place", "all", "above", "level"}
    shipped = full_only(shipped_tags())
    assert {"typical_interval_days", "rhythm_ratio", "lifecycle", "spending_level"} <= shipped
    assert not {"net_revenue_365d", "favourite_category", "age_band"} & shipped
