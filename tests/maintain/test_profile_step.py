"""The profile step publishes the same whether it computes everybody or those who changed, and knows when it may."""

from __future__ import annotations

import random
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
from tests.analyse.made import AS_OF, customers
from tests.engines import new_lake

from huaxiang.analyse.changed_customers import COMPARED
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
    first = step(engine, tags, **({"as_of": START} | more)).tables(facts)
    engine.publish({name: facts[name] for name in (*COMPARED, "customer")} | first)
    return facts


def scope_of(engine: Engine, found: dict[str, ir.Table]) -> tuple[str, int]:
    """What the run will say."""
    told = told_of(engine, found[BASIS])
    return told["scope"], told["computed_count"]


@settings(max_examples=4)
@given(seed=st.integers(0, 10_000), days=st.sampled_from([0, 1, 15]))
def test_an_increment_publishes_what_everybody_computed_gives(duck: DuckEngine, seed: int, days: int) -> None:
    """New, changed, withdrawn and moved rows, customers who came and went, days that passed: over published tables."""
    tags, dice = rules(), random.Random(seed)
    published(duck, tags, full=True, as_of=AS_OF - timedelta(days=days))
    now = brought(duck, changed_facts(FACTS, dice), "new")
    quick = step(duck, tags).tables(now)
    assert scope_of(duck, quick)[0] == "increment"
    bags = {name: bag(duck, quick[name]) for name in KNOWN}
    whole = step(duck, tags, full=True).tables(now)
    assert scope_of(duck, whole) == ("full", len(customers(*(f"c{n}" for n in range(1, 8)))))
    assert bags == {name: bag(duck, whole[name]) for name in KNOWN}


def test_an_increment_computes_those_who_changed(duck: DuckEngine) -> None:
    """One act more on the same day: one customer."""
    tags = rules("often")
    facts = published(duck, tags, full=True, as_of=AS_OF)
    assert scope_of(duck, step(duck, tags).tables(facts)) == ("increment", 0)
    acts = [dict(row) for row in FACTS["act"]]
    acts[0]["platform"] = "another"
    again = step(duck, tags).tables(brought(duck, FACTS | {"act": acts}, "new"))
    assert scope_of(duck, again) == ("increment", 1)


def test_everybody_is_computed_where_an_increment_would_be_wrong_or_no_quicker(duck: DuckEngine) -> None:
    """Each of the conditions alone."""
    tags = rules("often")
    facts = published(duck, tags, full=True)
    assert scope_of(duck, step(duck, tags).tables(facts))[0] == "increment"
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
        assert scope_of(duck, one.tables(rows)) == ("full", count), why


@pytest.mark.parametrize("lost", ["program", "table"])
def test_nothing_is_built_on_what_another_program_published(duck: DuckEngine, lost: str, tmp_path: Path) -> None:
    """Or on a lake in which not everything is."""
    tags = rules("often")
    facts = published(duck, tags, full=True)
    if lost == "program":
        told = duck.table(BASIS)
        duck.publish({BASIS: duck.keep("other", told.mutate(program=told.program + "x"))})
        assert scope_of(duck, step(duck, tags).tables(facts))[0] == "full"
        return
    engine = DuckEngine(new_lake(tmp_path))
    assert scope_of(engine, step(engine, tags).tables(brought(engine, FACTS, "old")))[0] == "full"
    engine.close()


def test_a_program_has_one_version() -> None:
    assert len(program_version()) == 12
    assert program_version() == program_version.__wrapped__()
