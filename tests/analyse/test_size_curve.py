"""The curve of a crowd's size is the crowd itself, counted with every threshold in turn."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
from tests.analyse.chance_rules import population as population_of
from tests.analyse.made import AS_OF, Row
from tests.analyse.test_events import ACTS, DAY, SALES

from huaxiang.analyse.crowd_sizes import crowd_sizes
from huaxiang.analyse.moved import Moved, Part, edge_thresholds, gap_thresholds, thresholds
from huaxiang.analyse.population import Population
from huaxiang.analyse.size_curve import size_curve, usual_cuts
from huaxiang.engine import Engine
from huaxiang.engine.spark import SparkEngine
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.conditions import All, Capped, Condition, First, Last, Sequence, Test, leaves
from huaxiang.model.fields import Field, Labels
from huaxiang.model.tags import fields_of, shipped_tags

#: The threshold at 100 is the one that moves.
RULES = (
    "net_revenue_365d >= 100",
    "net_revenue_365d > 100 and city = 上海",
    "city = 北京 or net_revenue_365d < 100",
    "not net_revenue_365d <= 100",
    "orders_365d >= 2 and not (city = 上海 and net_revenue_365d >= 100) and net_revenue_365d >= 50",
)


def people(engine: Engine, count: int = 200) -> Population:
    """Customers with revenue, orders and city, each unknown now and then."""
    chance = random.Random(5)

    def rarely(value: object) -> object:
        return None if chance.random() < 0.15 else value

    rows = {
        "customer_id": [f"c{number}" for number in range(count)],
        "city": [rarely(chance.choice(("上海市", "北京市", "广州市"))) for _ in range(count)],
        "orders_365d": [rarely(chance.randrange(5)) for _ in range(count)],
    }
    money = pa.array([rarely(Decimal(chance.randrange(20)) * 10) for _ in range(count)], pa.decimal128(18, 4))
    table = pa.table({**rows, "net_revenue_365d": money, "net_revenue_total": money})
    return Population(engine, engine.bring("people", table), fields_of(shipped_tags()), AS_OF)


def with_threshold(rule: str, cut: float) -> Condition:
    """The rule with its threshold of 100 at another place."""
    return condition_from_text(rule.replace("100", f"{cut:g}"))


def test_every_point_is_the_crowd_counted_with_that_threshold(engine: Engine) -> None:
    """Customers and revenue, thresholds between, at and beyond the values."""
    population = people(engine)
    for rule in RULES:
        condition = condition_from_text(rule)
        leaf = next(leaf for leaf in leaves(condition) if isinstance(leaf, Test) and leaf.value == 100)
        (moved,) = thresholds(leaf, population.fields[leaf.field])
        points = size_curve(population, condition, moved, [-5, 0, 45, 100, 190, 500])
        alone = crowd_sizes(population, {str(point.cut): with_threshold(rule, point.cut) for point in points})
        for point in points:
            size = alone[str(point.cut)]
            assert (point.customers, point.net_revenue_total) == (size.customers, size.net_revenue_total), rule


#: Rules over events and days with what is moved in them, as text with a place, and the places.
ASKED: dict[str, tuple[Part, list[int]]] = {
    "did act count >= {}": ("value", [1, 2, 3, 9]),
    "not did act where (event_name = view) in last 3 days count > {}": ("value", [1, 2, 4]),
    "city = x or did sale sum net_revenue < {}": ("value", [-5, 0, 10, 30]),
    "did act in last {} days": ("days", [1, 2, 3, 4, 9]),
    "not did act where (event_name = view) in last {} days skipping 1": ("days", [1, 2, 3, 9]),
    "did act in last {} days count >= 2": ("days", [1, 2, 4, 9]),
    "seen_on in last {} days": ("value", [1, 2, 60, 400]),
    "seen_on not in last {} days": ("value", [1, 2, 60, 400]),
    "seen_on more than {} days ago": ("value", [0, 1, 59, 60]),
    "seen_on in next {} days or points > 7": ("value", [1, 2, 5]),
    "seen_on anniversary in next {} days": ("value", [1, 3, 30, 366]),
    "sequence (act where (event_name = view) then within {} hours act)": ("gap", [1, 4, 9, 20, 99]),
    "not sequence (act then within {} days act where (event_name = buy) without act where (event_name = cart))":
        ("gap", [1, 2, 30]),
    "sequence (act then within {} hours act where (event_name in (cart, search)) then within 1 days act)":
        ("gap", [9, 10, 11, 70, 700]),
    "first sale has (net_revenue >= {} and channel = web)": ("value", [5, 7, 10, 11]),
    "last sale in last 5 days has (net_revenue < {}) or points > 7": ("value", [5, 6, 20, 21]),
    "top {} by points seed s of (not city = z)": ("cap", [1, 2, 4, 9]),
    "bottom {} by did sale sum net_revenue of (did sale)": ("cap", [1, 2, 3]),
    "seen_on >= {}": ("value", [2026_05_01, 2026_06_29, 2026_07_02]),
}  # fmt: skip


#: The beginnings of rules that are so like others that one engine is enough for them.
ALIKE = ("not sequence", "sequence (act then within", "last sale", "bottom")


def asked_of(engine: Engine) -> Population:
    """Few people with a day each, and what they did."""
    days = [AS_OF, AS_OF - timedelta(days=1), AS_OF - timedelta(days=60), AS_OF + timedelta(days=2), None]
    people = pa.table({
        "customer_id": ["a", "b", "c", "d", "e"], "city": ["x", None, "y", None, "x"], "points": [5, None, 8, 1, 2],
        "seen_on": pa.array(days, pa.date32()),
    })  # fmt: skip
    some = population_of(engine, [], {"act": ACTS, "sale": SALES})
    seen = Field(key="seen_on", type="date", name=Labels(zh="来过", en="Seen on"))
    return replace(some, table=engine.bring("curve_people", people), fields={**some.fields, "seen_on": seen})


def test_events_and_days_are_moved_in_one_pass(engine: Engine) -> None:
    """Counts and sums of events, days of windows and of dates: every point is the crowd counted with it."""
    population = asked_of(engine)
    for text, (part, places) in ASKED.items():
        if isinstance(engine, SparkEngine) and text.startswith(ALIKE):
            continue
        written = [f"{place // 10000}-{place // 100 % 100:02d}-{place % 100:02d}" if place > 10**6 else str(place)
                   for place in places]  # fmt: skip
        rules = [condition_from_text(text.format(each)) for each in written]
        moved = [_of(rule, population, part) for rule in rules]
        points = size_curve(population, rules[0], moved[0], [each.at for each in moved])
        alone = crowd_sizes(population, {str(place): rule for place, rule in enumerate(rules)})
        expected = [alone[str(place)].customers for place in range(len(rules))]
        assert [point.customers for point in points] == expected, text
        assert usual_cuts(population, moved[0]), text


def _of(rule: Condition, population: Population, part: Part) -> Moved:
    """What the rule lets move, of its last leaf but points."""
    if isinstance(rule, Capped):
        return next(thresholds(rule))
    asked = [leaf for leaf in leaves(rule) if not (isinstance(leaf, Test) and leaf.field in ("points", "city"))]
    match asked[0]:
        case Sequence() as sequence:
            return next(gap_thresholds(sequence, 1))
        case First() | Last() as edge:
            inner = edge.has.all[0] if isinstance(edge.has, All) else edge.has
            assert isinstance(inner, Test)
            return next(edge_thresholds(edge, inner))
    field = population.fields.get(asked[0].field) if isinstance(asked[0], Test) else None
    return next(moved for moved in thresholds(asked[0], field) if moved.part == part)


def test_waiting_times_are_those_of_the_sequence_counted_with_each(duck: Engine) -> None:
    """Of many random acts, down to parts of a second: the middle step moves, with what must not lie between."""
    chance = random.Random(8)
    acts: list[Row] = [
        {"customer_id": f"p{chance.randrange(40)}", "event_name": chance.choice("abcd"), "row_key": f"r{number}",
         "occurred_at": DAY - timedelta(seconds=chance.choice((0, 1, 3600, 7200, 9000)) * chance.randrange(9),
                                        microseconds=chance.choice((0, 0, 1, 500_000)))}
        for number in range(400)
    ]  # fmt: skip
    population = replace(population_of(duck, [], {"act": acts}), table=duck.bring(
        "walkers", pa.table({"customer_id": [f"p{number}" for number in range(40)]})
    ))  # fmt: skip
    for barred in ("", " without act where (event_name = d)"):
        text = (
            "sequence (act where (event_name = a) then within {} hours act where (event_name = b)" + barred
            + " then within 2 hours act where (event_name = c) without act where (event_name = a))"
        )  # fmt: skip
        rules = [condition_from_text(text.format(hours)) for hours in range(1, 21)]
        points = size_curve(population, rules[0], _of(rules[0], population, "gap"), range(1, 21))
        alone = crowd_sizes(population, {str(hours): rule for hours, rule in enumerate(rules, 1)})
        assert [point.customers for point in points] == [alone[str(hours)].customers for hours in range(1, 21)]
        assert points[0].customers < points[-1].customers


def test_what_has_no_single_figure_is_not_moved() -> None:
    """Sums within days, fixed days, ranges and equalities: no one figure tells who passes."""
    for text in (
        "did sale in last 3 days sum net_revenue between 1 and 2",
        "did sale from 2026-01-01",
        "did sale count = 2",
    ):
        assert not list(thresholds(condition_from_text(text)))
    either = condition_from_text("first sale has (net_revenue > 1 or channel = web)")
    assert isinstance(either, First)
    assert not list(edge_thresholds(either, Test(field="net_revenue", op=">", value=1)))
    (only,) = thresholds(condition_from_text("did sale in last 3 days sum net_revenue > 1"))
    assert only.part == "value"


def test_cuts_split_the_customers_evenly_or_are_all_values(duck: Engine) -> None:
    """Few values are all taken, many are thinned; a tag that nobody has, or that is missing, gives none."""
    population = people(duck)
    orders, revenue, visits = (
        next(thresholds(condition_from_text(f"{key} > 1"), population.fields[key]))
        for key in ("orders_365d", "net_revenue_365d", "visits_30d")
    )
    assert usual_cuts(population, orders) == (0.0, 1.0, 2.0, 3.0, 4.0)
    assert 4 <= len(usual_cuts(population, revenue, most=8)) <= 8
    assert usual_cuts(population, visits) == ()
