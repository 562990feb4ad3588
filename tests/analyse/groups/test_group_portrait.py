"""Portraits, cross tables, measures, overlap and movement, counted again in plain Python, on both engines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyse.groups.people import FIELDS, Person, brought, people

from huaxiang.analyse.groups.bars import Bar
from huaxiang.analyse.groups.contrast import GroupPortrait, group_portrait
from huaxiang.analyse.groups.cross_table import cross_table
from huaxiang.analyse.groups.movement import Movement, movement
from huaxiang.analyse.groups.overlap import from_masks, overlap
from huaxiang.analyse.groups.said import tag_said
from huaxiang.analyse.groups.value_measures import value_measures
from huaxiang.analyse.population import Population
from huaxiang.engine import Engine
from huaxiang.engine.interface import count_of
from huaxiang.errors import InputError

KEYS = tuple(FIELDS)
CROWD = people(11, 600)


def fits(bar: Bar, key: str, person: Person) -> bool:
    """Whether the person belongs to the bar, said without the engine."""
    value = person[key]
    if bar.kind == "unknown" or value is None:
        return (bar.kind == "unknown") == (value is None)
    if bar.kind == "rest":
        return value not in bar.others
    if bar.kind == "value":
        return bar.value in value if isinstance(value, list) else bool(value == bar.value)
    over = bar.low is None or (value > bar.low if bar.above else value >= bar.low)
    under = bar.high is None or (value <= bar.high if bar.upto else value < bar.high)
    return bool(over and under)


def number(rows: Iterable[Person], test: Callable[[Person], bool]) -> int:
    """How many of them pass the test."""
    return sum(map(test, rows))


def assert_counted(found: GroupPortrait, rows: list[Person], sides: tuple[list[Person], list[Person]]) -> None:
    """Every bar has the customers that plain Python gives it, and every customer with or without a value has one."""
    assert (found.customers, found.others) == (len(sides[0]), len(sides[1]))
    assert set(found.tags) == set(KEYS)
    for key, tag in found.tags.items():
        for bar, share in tag.bars:
            expected = tuple(sum(fits(bar, key, person) for person in side) for side in sides)
            assert (share.inside, share.beside) == expected, (key, bar)
        if key != "likes":
            assert sum(share.inside for _, share in tag.bars) == len(sides[0]), key


def test_every_bar_counts_like_plain_python(engine: Engine) -> None:
    """Against everyone, against the rest, and against another crowd, whose shared customers count on this side."""
    rows = brought(engine, CROWD)
    inside = [person for person in CROWD if person["inside"]]
    outside = [person for person in CROWD if not person["inside"]]
    for base in ("everyone", "rest"):
        assert_counted(group_portrait(engine, rows, FIELDS, KEYS, base=base), CROWD, (inside, outside))
    other = group_portrait(engine, rows, FIELDS, KEYS, base="other")
    assert_counted(other, CROWD, (inside, [person for person in outside if person["other"]]))
    assert other.shared == number(inside, lambda person: person["other"])


def test_cross_table_measures_and_movement_count_like_plain_python(engine: Engine) -> None:
    """The same on both engines, for tags with several values and for bands."""
    rows = brought(engine, CROWD)
    inside = [person for person in CROWD if person["inside"]]
    crossed = cross_table(engine, rows, FIELDS, "level", "likes")
    for (left, total), line in zip(crossed.rows, crossed.cells, strict=True):
        assert total == sum(fits(left, "level", person) for person in inside)
        for (right, _), cell in zip(crossed.columns, line, strict=True):
            met = [person for person in inside if fits(left, "level", person) and fits(right, "likes", person)]
            assert cell.customers == len(met), (left, right)
    for one in value_measures(engine, rows, FIELDS, "score"):
        own = [person for person in inside if fits(one.bar, "score", person)]
        assert one.customers == len(own)
        assert one.revenue == pytest.approx(float(sum(person["net_revenue_total"] for person in own)))
        assert one.orders == sum(person["orders_total"] for person in own)
    later = [{**person, "level": "gold" if place % 3 else person["level"]} for place, person in enumerate(CROWD[40:])]
    earlier = CROWD[:500]
    found = movement(engine, brought(engine, earlier, "earlier"), brought(engine, later, "later"), FIELDS, "level")
    assert flows(found) == plain_flows(earlier, later)
    assert found.new == number(CROWD[500:], lambda person: person["inside"]) > 0


def test_the_condition_of_a_bar_finds_its_customers(duck: Engine) -> None:
    """A bar that is clicked becomes the crowd that it counted, for every kind of bar."""
    rows = brought(duck, CROWD)
    population = Population(duck, rows, FIELDS, date(2026, 6, 30))
    tags = group_portrait(duck, rows, FIELDS, KEYS).tags
    kinds: Counter[str] = Counter()
    for key, tag in tags.items():
        for bar, share in tag.bars:
            assert count_of(duck, population.members(bar.condition(FIELDS[key]))) == share.inside + share.beside, (
                key,
                bar,
            )
            kinds[bar.kind] += 1
    assert set(kinds) == {"value", "band", "rest", "unknown"}


def test_shares_of_those_with_a_value_leave_the_unknown_out_of_the_base(duck: Engine) -> None:
    """The unknown bar keeps its share of all."""
    found = group_portrait(duck, brought(duck, CROWD), FIELDS, ("level",), known_only=True).tags["level"]
    known = [person for person in CROWD if person["inside"] and person["level"]]
    by_value = {bar.value: share for bar, share in found.bars if bar.kind == "value"}
    assert by_value["gold"].share == number(known, lambda person: person["level"] == "gold") / len(known)
    assert sum(share.share or 0 for share in by_value.values()) == pytest.approx(1)
    unknown = next(share for bar, share in found.bars if bar.kind == "unknown")
    assert unknown.customers == number(CROWD, lambda person: person["inside"])


def test_a_planted_difference_is_first_and_what_the_rule_says_is_last(duck: Engine) -> None:
    """Gold customers were put into the crowd more often; nothing else was."""
    rows = brought(duck, people(3, 4_000))
    found = group_portrait(duck, rows, FIELDS, ("town", "agreed", "level", "score", "first_on"))
    assert [tag.field.key for tag in found.ranked] == ["level"]
    (gold,) = [share for bar, share in found.tags["level"].bars if bar.value == "gold"]
    assert gold.verdict == "more"
    marked = group_portrait(duck, rows, FIELDS, ("level",), own={"level"})
    assert marked.tags["level"].echo


def test_what_is_oftener_unknown_comes_after_values_that_differ(duck: Engine) -> None:
    """Of the crowd 240 of 300 have no town, of the others 30 of 300, the towns themselves being alike: far apart, but
    nothing is said of anybody. Gold is held by 180 against 120."""
    rows = [
        {"customer_id": f"{side}{number:03d}", "inside": side == "a", "level": ("gold", "plain")[number >= gold],
         "town": None if number < unknown else ("x", "y")[number % 2]}
        for side, gold, unknown in (("a", 180, 240), ("b", 120, 30))
        for number in range(300)
    ]  # fmt: skip
    found = group_portrait(duck, duck.bring("oftener", pa.Table.from_pylist(rows)), FIELDS, ("town", "level"))
    town, level = found.tags["town"], found.tags["level"]
    assert [tag.field.key for tag in found.ranked] == ["level", "town"]
    assert town.distance > 2 * level.distance
    assert (town.values_differ, level.values_differ) == (False, True)
    assert town.of_values == pytest.approx(0, abs=1e-6)
    assert "not known for 80%" in tag_said(town, "everyone").say("en"), "not that x and y are rarer"
    assert level.of_values == pytest.approx(level.distance), "of everybody the level is known"


def test_an_empty_crowd_and_everyone_have_portraits(duck: Engine) -> None:
    """Nobody inside, or nobody beside: shares without indices, and no error."""
    for value in (True, False):
        rows = brought(duck, [{**person, "inside": value} for person in CROWD[:50]])
        found = group_portrait(duck, rows, FIELDS, KEYS)
        assert {share.verdict for tag in found.tags.values() for _, share in tag.bars} == {None}
        assert found.ranked == ()


def test_a_cross_table_finds_what_goes_together(duck: Engine) -> None:
    """Gold customers spend more; levels and towns have nothing to do with each other."""
    everyone = [{**person, "inside": True} for person in people(8, 3_000)]
    for person in everyone:
        person["score"] = 5 if person["level"] == "gold" else 1
    rows = brought(duck, everyone)
    together, apart = (cross_table(duck, rows, FIELDS, "level", key) for key in ("score", "town"))
    assert together.v is not None
    assert together.v > 0.5
    assert {cell.verdict for line in together.cells for cell in line if cell.residual > 5} == {"more"}
    assert "more" not in {cell.verdict for line in apart.cells for cell in line}


def flows(found: Movement) -> Counter[tuple[Any, Any]]:
    """The flows by the names of their ends."""
    return Counter({(named(flow.before), named(flow.after)): flow.customers for flow in found.flows})


def named(state: Any) -> Any:
    """What a state is called in plain Python."""
    return state if isinstance(state, str) else state.value


def plain_flows(before: list[Person], after: list[Person]) -> Counter[tuple[Any, Any]]:
    """The same in plain Python."""
    first, second = ({p["customer_id"]: p["level"] for p in rows if p["inside"]} for rows in (before, after))
    there = {p["customer_id"] for p in before}
    return Counter(
        (first.get(one, "outside" if one in there else "new"), second.get(one, "outside")) for one in {*first, *second}
    )


def test_one_way_movement_is_told_from_coming_and_going(duck: Engine) -> None:
    """Two hundred move up and twenty down; as many come as go elsewhere."""
    before = [
        {**person, "inside": True, "level": ("gold", "plain", None)[place % 3]}
        for place, person in enumerate(people(2, 900))
    ]
    moved = [dict(person) for person in before]
    plain = [person for person in moved if person["level"] == "plain"][:200]
    gold = [person for person in moved if person["level"] == "gold"]
    unknown = [person for person in moved if person["level"] is None][:30]
    for group, level in ((plain, "gold"), (gold[:20], "plain"), (gold[20:50], None), (unknown, "gold")):
        for person in group:
            person["level"] = level
    found = movement(duck, brought(duck, before, "before"), brought(duck, moved, "after"), FIELDS, "level")
    (net,) = found.nets
    assert (named(net.source), named(net.goal), net.there, net.back) == ("plain", "gold", 200, 20)
    assert (found.both, found.stayed) == (900, 900 - 200 - 20 - 60)


def test_movement_of_a_tag_with_several_values_is_refused(duck: Engine) -> None:
    """Nobody goes from two values to three."""
    rows = brought(duck, CROWD)
    with pytest.raises(InputError):
        movement(duck, rows, rows, FIELDS, "likes")


def test_overlap_on_each_engine(engine: Engine) -> None:
    """Exactly how many are in both, in one, and in none."""
    found = overlap(engine, brought(engine, CROWD), ("inside", "other"))
    expected = Counter((person["inside"], person["other"]) for person in CROWD)
    assert dict(found.exactly) == {
        (0, 1): expected[True, True],
        (0,): expected[True, False],
        (1,): expected[False, True],
    }
    assert found.nowhere == expected[False, False]


@given(st.lists(st.sets(st.integers(0, 29)), min_size=2, max_size=6))
def test_overlaps_are_those_of_sets(crowds: list[set[int]]) -> None:
    """Sizes, Jaccard's index and the overlap coefficient as Python's sets give them."""
    masks = Counter(sum(2**place for place, crowd in enumerate(crowds) if one in crowd) for one in range(30))
    found = from_masks(dict(masks), len(crowds))
    assert found.sizes == tuple(map(len, crowds))
    assert sum(count for _, count in found.exactly) + found.nowhere == 30
    for pair in found.pairs:
        one, other = crowds[pair.first], crowds[pair.second]
        assert pair.both == len(one & other)
        assert pair.jaccard == (len(one & other) / len(one | other) if one | other else None)
        assert pair.coefficient == (len(one & other) / min(len(one), len(other)) if one and other else None)


def test_an_overlap_needs_two_to_six_crowds(duck: Engine) -> None:
    """One crowd overlaps with nobody."""
    with pytest.raises(InputError):
        overlap(duck, brought(duck, CROWD), ("inside",))


def test_a_tag_with_one_value_for_all_has_one_bar_of_the_known(duck: Engine) -> None:
    """There is nothing to cut, and the bar's condition still leaves the unknown out."""
    rows = [{**person, "net_revenue_total": None if place % 3 else 5} for place, person in enumerate(CROWD)]
    made = brought(duck, rows)
    found = group_portrait(duck, made, FIELDS, ("net_revenue_total",)).tags["net_revenue_total"]
    (bar, share), _ = found.bars
    population = Population(duck, made, FIELDS, date(2026, 6, 30))
    condition = bar.condition(FIELDS["net_revenue_total"])
    assert count_of(duck, population.members(condition)) == share.inside + share.beside == 200
    assert bar.words(FIELDS["net_revenue_total"]).say("zh") == "已知"
