"""Suggested rules: what was planted is found in few words, and judged by others than those it was found on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from tests.analyse.groups.people import FIELDS, Person, brought, people

from huaxiang.analyse.groups.rule_quality import Quality, Suggested
from huaxiang.analyse.groups.said import rule_said
from huaxiang.analyse.groups.suggested_rule import suggested_rule
from huaxiang.analyse.population import Population
from huaxiang.engine import Engine
from huaxiang.model.condition_text import condition_from_text, text_of
from huaxiang.model.conditions import fields_named, leaves

KEYS = tuple(FIELDS)
MANY = people(21, 4_000)


def found_for(
    engine: Engine, inside: Callable[[Person], bool], among: list[Person] = MANY, **choices: object
) -> Suggested:
    """The rule suggested for those of the many who are meant."""
    rows = brought(engine, [{**person, "inside": inside(person)} for person in among])
    return suggested_rule(Population(engine, rows, FIELDS, date(2026, 6, 30)), KEYS, **choices)  # type: ignore[arg-type]


def test_a_planted_rule_is_found_on_each_engine(engine: Engine) -> None:
    """The tests that made the group, and nothing beside them."""
    found = found_for(engine, lambda one: one["level"] == "gold" and one["orders_total"] >= 3)
    assert found.condition is not None
    assert text_of(found.condition) == "level = gold and orders_total >= 3"
    assert found.quality is not None
    assert (found.quality.precision, found.quality.recall) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        (lambda one: one["score"] is None, {"score"}),
        (lambda one: "rice" in (one["likes"] or ()), {"likes"}),
        (lambda one: one["first_on"] is not None and one["first_on"] < date(2023, 7, 1), {"first_on"}),
        (lambda one: one["agreed"] is False and one["level"] != "gold", {"agreed", "level"}),
    ],
)
def test_every_kind_of_tag_can_be_the_rule(inside: Callable[[Person], bool], named: set[str], duck: Engine) -> None:
    """Unknown values, members of lists, days, and yes or no."""
    found = found_for(duck, inside)
    assert found.condition is not None
    assert found.quality is not None
    assert set(fields_named(found.condition)) == named
    assert found.quality.precision is not None
    assert found.quality.precision > 0.85
    assert condition_from_text(text_of(found.condition)) is not None


def test_its_quality_is_counted_on_the_other_half(duck: Engine) -> None:
    """Plain Python over the same half gives the same numbers."""
    import hashlib

    found = found_for(duck, lambda one: one["orders_total"] >= 8 and int(one["customer_id"][1:]) % 10 < 7)
    assert found.condition is not None
    assert found.quality is not None
    assert text_of(found.condition) == "orders_total >= 8"
    held = [one for one in MANY if hashlib.md5(one["customer_id"].encode()).hexdigest()[8] >= "8"]  # noqa: S324
    meant = [one for one in held if one["orders_total"] >= 8]
    group = [one for one in meant if int(one["customer_id"][1:]) % 10 < 7]
    quality = found.quality
    assert (quality.customers, quality.found, quality.group, quality.both) == (
        len(held),
        len(meant),
        len(group),
        len(group),
    )
    assert quality.lift == pytest.approx(len(group) / len(meant) / (len(group) / len(held)))


def test_a_group_by_chance_has_no_rule_that_separates_it(duck: Engine) -> None:
    """The half that was kept apart unmasks what only fits by chance."""
    import random

    dice = random.Random(4)
    found = found_for(duck, lambda _: dice.random() < 0.3)
    assert found.quality is None or not found.quality.separates


def test_tags_that_are_left_out_are_not_named(duck: Engine) -> None:
    """Else a saved crowd's rule would only be told back."""
    found = found_for(duck, lambda one: one["net_revenue_total"] > 500, leave_out={"net_revenue_total"})
    assert found.condition is not None
    assert "net_revenue_total" not in set(fields_named(found.condition))
    assert found.quality is not None
    assert found.quality.separates


def test_the_same_customers_give_the_same_rule_in_few_tests(duck: Engine) -> None:
    """Again and again, and never longer than three paths of four tests."""
    groups = [found_for(duck, lambda one: one["orders_total"] * (one["score"] or 0) > 8) for _ in range(2)]
    texts = [text_of(found.condition) for found in groups if found.condition is not None]
    assert len(texts) == 2
    assert texts[0] == texts[1]
    assert len(list(leaves(condition_from_text(texts[0])))) <= 12


def test_few_customers_give_a_short_rule_judged_quarter_by_quarter(engine: Engine) -> None:
    """Twenty-eight of gold level and many orders: the rule is found, and how sure it is is said by an interval."""
    meant = [one["customer_id"] for one in MANY if one["level"] == "gold" and one["orders_total"] >= 3][:28]
    rows = [one for one in MANY if one["customer_id"] in meant or one["level"] != "gold"]
    found = found_for(engine, lambda one: one["customer_id"] in meant, rows)
    assert (found.judged, found.group, found.others) == ("quarter", 28, len(rows) - 28)
    assert found.condition is not None
    assert found.quality is not None
    assert text_of(found.condition) == "level = gold"
    # Every quarter gives that rule as well, so that it is judged on all as by plain Python.
    assert found.quality == Quality(len(rows), 28, 28, 28)
    assert found.quality.separates
    low, high = found.quality.recall_ends
    assert (round(low, 3), high) == (0.879, 1.0)
    said = rule_said(found).say("zh")
    assert "28 位" in said
    assert "87.9%–100%" in said


def test_few_by_chance_have_no_rule_that_separates_them(duck: Engine) -> None:
    """A rule fits those it was found on and nobody else."""
    import random

    dice = random.Random(9)
    for _ in range(3):
        meant = {one["customer_id"] for one in dice.sample(MANY, 40)}
        found = found_for(duck, lambda one, meant=meant: one["customer_id"] in meant)  # type: ignore[misc]
        assert found.judged == "quarter"
        assert found.condition is None or len(list(leaves(found.condition))) <= 2
        assert found.quality is None or not found.quality.separates


@pytest.mark.parametrize(
    "inside", [lambda one: one["customer_id"] < "c00012", lambda one: one["customer_id"] >= "c00012"]
)
def test_too_few_are_told_so(inside: Callable[[Person], bool], duck: Engine) -> None:
    """A rule from twelve people would be about them alone, be they inside or outside."""
    found = found_for(duck, inside)
    assert (found.condition, found.quality, found.judged) == (None, None, "few")
    assert "12" in rule_said(found).say("zh")
    assert "too few to say" in rule_said(found).say("en")
