"""The profile step publishes the same whether it computes everybody or those who changed, and knows when it may."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.changing import bag, brought, chance_facts, changed_facts, rules
from tests.analyse.made import AS_OF, Row, customers, numbered, sale
from tests.analyse.tag_kinds import act, codes, days_ago, made
from tests.engines import new_lake

from huaxiang.analyse.changed_customers import COMPARED
from huaxiang.analyse.order import full_only
from huaxiang.engine import DuckEngine, Engine
from huaxiang.maintain.profile_step import BASIS, Increments, ProfileStep, told_of
from huaxiang.maintain.program import program_version
from huaxiang.model.tags import Tags

ALWAYS = Increments(least_customers=0, greatest_share=1.0)
START = AS_OF - timedelta(days=1)
FACTS = chance_facts(random.Random(2))
KNOWN = ("profile", "profile_confidence", "tag_weight")


@pytest.fixture(scope="module")
def duck(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckEngine]:
    """Yield DuckDB over a lake of this module."""
    opened = DuckEngine(new_lake(tmp_path_factory.mktemp("profile_step")))
    yield opened
    opened.close()


def step(engine: Engine, tags: Tags, **more: Any) -> ProfileStep:
    """A step for the last day that may compute an increment whenever it is right."""
    return replace(ProfileStep(engine, tags, AS_OF, ALWAYS), **more)


def published(engine: Engine, tags: Tags, **more: Any) -> dict[str, ir.Table]:
    """The facts and their profile of the day before in the lake, and the facts."""
    facts = brought(engine, FACTS, "old")
    first = step(engine, tags, **({"as_of": START} | more)).computed(facts).tables
    engine.publish({name: facts[name] for name in (*COMPARED, "customer")} | first)
    return facts


def scope_of(engine: Engine, found: dict[str, ir.Table]) -> tuple[str, int]:
    """What the run will say."""
    told = told_of(engine, found[BASIS])
    return told["scope"], told["computed_count"]


@settings(max_examples=3)
@given(seed=st.integers(0, 10_000), days=st.sampled_from([1, 15]))
def test_an_increment_publishes_what_everybody_computed_gives(duck: DuckEngine, seed: int, days: int) -> None:
    """New, changed, withdrawn and moved rows, customers who came and went, over published tables of a day before."""
    tags, dice = rules(), random.Random(seed)
    published(duck, tags, full=True, as_of=AS_OF - timedelta(days=days))
    now = brought(duck, changed_facts(FACTS, dice), "new")
    quick = step(duck, tags).computed(now).tables
    assert scope_of(duck, quick)[0] == "increment"
    bags = {name: bag(duck, quick[name]) for name in KNOWN}
    whole = step(duck, tags, full=True).computed(now).tables
    assert scope_of(duck, whole) == ("full", len(customers(*(f"c{n}" for n in range(1, 8)))))
    assert bags == {name: bag(duck, whole[name]) for name in KNOWN}


@settings(max_examples=2)
@given(seed=st.integers(0, 10_000))
def test_the_same_day_again_is_everybody_computed_but_for_tags_that_look_at_others(duck: DuckEngine, seed: int) -> None:
    """What says something of one customer alone is the same; the others stand as they were computed for the day. What
    is published is what was to be."""
    tags, dice = {**rules(), **looking_back()}, random.Random(seed)
    others = full_only(tags)
    first = step(duck, tags, full=True).computed(facts := brought(duck, with_steady(FACTS), "old")).tables
    duck.publish({name: facts[name] for name in (*COMPARED, "customer")} | first)
    before = {name: told(duck, duck.table(name)) for name in KNOWN}
    now = brought(duck, with_steady(changed_facts(FACTS, dice)), "new")
    quick = step(duck, tags).computed(now)
    assert scope_of(duck, quick.tables)[0] == "same_day"
    found = {name: told(duck, quick.tables[name]) for name in KNOWN}
    duck.publish({BASIS: quick.tables[BASIS]}, exchange=quick.exchanged)
    stands = {name: counted(told(duck, duck.table(name))) for name in KNOWN}
    assert stands == {name: counted(found[name]) for name in KNOWN}
    whole = {name: told(duck, rows) for name, rows in step(duck, tags, full=True).computed(now).tables.items()}
    for name in ("profile", "profile_confidence"):
        known = {row["customer_id"]: row for row in before[name]}
        for row in whole[name]:
            former = known.get(row["customer_id"], {})
            row.update({key: former.get(key) for key in row.keys() & others})
    stood = [row for row in before["tag_weight"] if row["tag"] in others]
    own = {row["customer_id"] for row in whole["profile"]}
    whole["tag_weight"] = [row for row in whole["tag_weight"] if row["tag"] not in others]
    whole["tag_weight"] += [row for row in stood if row["customer_id"] in own]
    assert {name: counted(found[name]) for name in KNOWN} == {name: counted(whole[name]) for name in KNOWN}


def looking_back() -> Tags:
    """A tag whose layers look at nothing but what the customer did."""
    layers = [
        {"value": "busy", "when": "did act in last 90 days count >= 1"},
        {"value": "quiet", "when": "not did act in last 90 days"},
    ]
    return made(
        {"active": {"type": "text", "rule": {"kind": "layers", "layers": layers}, "values": codes("busy", "quiet")}}
    )


def with_steady(facts: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """And somebody about whom nothing changes and who has rows in every window."""
    sales = [sale("steady", days_ago(days), 5, channel="a", order_no=f"s{days}") for days in (1, 40)]
    acts = [act("steady", days_ago(days), category="x", platform="web", row_key=f"s{days}") for days in (1, 40)]
    more = {"customer": customers("steady"), "sale": numbered(sales), "act": acts}
    return {name: [*rows, *more[name]] for name, rows in facts.items()}


def told(engine: Engine, rows: ir.Table) -> list[dict[str, Any]]:
    """The rows as Python has them."""
    return list(engine.arrow(rows).to_pylist())


def counted(rows: list[dict[str, Any]]) -> Counter[str]:
    """The rows in no order."""
    return Counter(repr(sorted(row.items())) for row in rows)


def test_the_same_day_is_computed_for_everybody_where_a_tag_begins_to_be_said(duck: DuckEngine) -> None:
    """Nobody had an order: unknown for everybody. With the first one everybody else has none, which is 0."""
    tags = rules("ever")
    none = brought(duck, FACTS | {"sale": []}, "old")
    first = step(duck, tags, full=True).computed(none).tables
    duck.publish({name: none[name] for name in (*COMPARED, "customer")} | first)
    assert scope_of(duck, step(duck, tags).computed(none).tables) == ("same_day", 0)
    now = brought(duck, FACTS | {"sale": FACTS["sale"][:1]}, "new")
    assert scope_of(duck, step(duck, tags).computed(now).tables)[0] == "full"


def test_layers_over_rows_of_which_nothing_is_compared_are_asked_of_everybody(duck: DuckEngine) -> None:
    """Nobody could say who moved: the day is computed again by an increment."""
    layers = [{"value": "busy", "when": "did invitation in last 90 days count >= 1"}]
    rule = {"kind": "layers", "layers": layers}
    tags = made({"asked": {"type": "text", "rule": rule, "values": codes("busy")}})
    facts = published(duck, {**rules("ever"), **tags}, full=True, as_of=AS_OF)
    assert scope_of(duck, step(duck, {**rules("ever"), **tags}).computed(facts).tables)[0] == "increment"


def test_an_increment_computes_those_who_changed(duck: DuckEngine) -> None:
    """Another platform of one act on the same day: one customer."""
    tags = rules("often")
    facts = published(duck, tags, full=True, as_of=AS_OF)
    assert scope_of(duck, step(duck, tags).computed(facts).tables) == ("same_day", 0)
    acts = [dict(row) for row in FACTS["act"]]
    acts[0]["platform"] = "another"
    again = step(duck, tags).computed(brought(duck, FACTS | {"act": acts}, "new")).tables
    assert scope_of(duck, again) == ("same_day", 1)


def test_everybody_is_computed_where_an_increment_would_be_wrong_or_no_quicker(duck: DuckEngine) -> None:
    """Each of the conditions alone."""
    tags = rules("often")
    facts = published(duck, tags, full=True)
    assert scope_of(duck, step(duck, tags).computed(facts).tables)[0] == "increment"
    count = len(FACTS["customer"])
    cases: dict[str, tuple[ProfileStep, dict[str, ir.Table]]] = {
        "forced": (step(duck, tags, full=True), facts),
        "an earlier day": (step(duck, tags, as_of=START - timedelta(days=1)), facts),
        "other tags": (step(duck, rules("often", "ever")), facts),
        "too few customers": (step(duck, tags, increments=Increments(count + 1, 1.0)), facts),
        "too many changed": (step(duck, tags, increments=Increments(0, 0.1)), brought(duck, FACTS | {"act": []}, "no")),
        "another column": (step(duck, tags), facts | {"sale": facts["sale"].drop("address")}),
    }
    for why, (one, rows) in cases.items():
        assert scope_of(duck, one.computed(rows).tables) == ("full", count), why


@pytest.mark.parametrize("lost", ["program", "table"])
def test_nothing_is_built_on_what_another_program_published(duck: DuckEngine, lost: str, tmp_path: Path) -> None:
    """Or on a lake in which not everything is."""
    tags = rules("often")
    facts = published(duck, tags, full=True)
    if lost == "program":
        told = duck.table(BASIS)
        duck.publish({BASIS: duck.keep("other", told.mutate(program=told.program + "x"))})
        assert scope_of(duck, step(duck, tags).computed(facts).tables)[0] == "full"
        return
    engine = DuckEngine(new_lake(tmp_path))
    assert scope_of(engine, step(engine, tags).computed(brought(engine, FACTS, "old")).tables)[0] == "full"
    engine.close()


def test_a_program_has_one_version() -> None:
    assert len(program_version()) == 12
    assert program_version() == program_version.__wrapped__()
