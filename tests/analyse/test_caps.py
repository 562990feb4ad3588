"""Caps: the same customers whoever looks, on whatever part of the customers; said in words; kept in definitions."""

from collections.abc import Collection
from dataclasses import replace

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from tests.analyse.chance_rules import FIELDS
from tests.analyse.made import AS_OF

from huaxiang.analyse.population import Population
from huaxiang.analyse.sentences import sentence
from huaxiang.engine import Engine
from huaxiang.maintain.definitions import body_of
from huaxiang.model.condition_text import condition_from_text, text_of
from huaxiang.model.segment_order import asks_everybody
from huaxiang.model.segments import segments_from

BEST = condition_from_text("top 10 by points seed s of (everyone)")


@pytest.fixture
def everybody(duck: Engine) -> Population:
    """A hundred customers with as many points as their number, every tenth without."""
    rows = {"customer_id": [f"c{n:02}" for n in range(100)], "points": [n if n % 10 else None for n in range(100)]}
    return Population(duck, duck.bring("capped_people", pa.table(rows)), FIELDS, AS_OF)


def inside(population: Population, text: str) -> list[str]:
    """Who is in it."""
    found = population.members(condition_from_text(text)).select("customer_id").order_by("customer_id")
    return [str(each) for each in population.engine.arrow(found).column(0).to_pylist()]


def test_a_part_of_the_customers_competes_with_all(everybody: Population) -> None:
    """Asked of some customers, or of one, the answer is that of everybody's."""
    best = inside(everybody, text_of(BEST))
    assert best == [f"c{n}" for n in (89, 91, 92, 93, 94, 95, 96, 97, 98, 99)]
    few = everybody.over(everybody.table.filter(everybody.table.customer_id < "c93"))
    assert inside(few, text_of(BEST)) == best[:3]
    assert inside(everybody.of(["c99", "c01"]), text_of(BEST)) == ["c99"]
    assert inside(everybody.of(["c99"]).over(few.table), text_of(BEST)) == best[:3]


def test_chance_is_the_same_for_one_seed_and_another_for_others(everybody: Population) -> None:
    """A draw of a hundred takes thirty; a smaller cap of the same seed is part of it."""
    drawn, other, fewer = (inside(everybody, f"random {n} seed {seed} of (everyone)")
                           for n, seed in ((30, "x"), (30, "y"), (10, "x")))  # fmt: skip
    assert (len(drawn), len(other)) == (30, 30)
    assert drawn != other
    assert set(fewer) < set(drawn)
    assert inside(everybody, "random 500 of (points >= 98)") == ["c98", "c99"]


def test_a_cap_is_said_in_both_languages() -> None:
    told = {
        "top 10 by points of (city = x)": "城市为x，只取其中积分最高的 10 位",
        "bottom 10 by did act in last 30 days of (everyone)": "所有人，只取其中近30天（含当天）行为的条数最低的 10 位",
        "random 1000 seed 春 of (everyone)": "所有人，只取其中随机的 1,000 位（抽签号 春）",
    }
    rules = {text: condition_from_text(text) for text in told}
    assert {text: sentence(rule, "zh", FIELDS) for text, rule in rules.items()} == told
    english = [sentence(rule, "en", FIELDS) for rule in rules.values()]
    assert english[0].endswith("; of these only the 10 with the highest Points")
    assert "the lowest number of acts in the last 30 days" in english[1]
    assert english[2].endswith("; of these only 1,000 at random (draw 春)")


def test_a_definition_keeps_the_cap_beside_the_rule() -> None:
    body = {"zh": "甲", "en": "A", "meaning_zh": "甲", "meaning_en": "A", "condition": "points > 1",
            "cap": {"customers": 3, "by": "points", "order": "lowest", "seed": 7}}  # fmt: skip
    (one,) = segments_from({"a": body}).values()
    assert text_of(one.condition) == 'bottom 3 by points seed "7" of (points > 1)'
    kept = body_of(one)
    assert (kept["cap"], kept["condition"]) == (
        {"customers": 3, "by": "points", "order": "lowest", "seed": "7"},
        {"field": "points", "op": ">", "value": 1},
    )
    again = segments_from({"a": kept, "b": {**body, "condition": "crowd a", "cap": None}})
    assert again["a"] == one
    assert asks_everybody(again["b"].condition, again)
    assert not asks_everybody(condition_from_text("points > 1"), again)


def test_columns_are_looked_up_for_the_rule_and_the_cap(duck: Engine, everybody: Population) -> None:
    """Where only the columns asked for are worded, those that the cap ranks by are among them."""
    asked: list[set[str]] = []

    def some(columns: Collection[str]) -> ir.Table:
        asked.append(set(columns))
        return everybody.table.select("customer_id", *(name for name in columns if name == "points"))

    narrow = replace(everybody, narrow=some)
    assert inside(narrow, text_of(BEST)) == inside(everybody, text_of(BEST))
    assert all("points" in columns for columns in asked)
    assert duck.arrow(narrow.marked({"best": BEST}).filter(lambda rows: rows.best)).num_rows == 10
