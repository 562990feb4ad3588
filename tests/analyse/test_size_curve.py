"""The curve of a crowd's size is the crowd itself, counted with every threshold in turn."""

from __future__ import annotations

import random
from decimal import Decimal

import pyarrow as pa
from tests.analyse.made import AS_OF

from huaxiang.analyse.crowd_sizes import crowd_sizes
from huaxiang.analyse.population import Population
from huaxiang.analyse.size_curve import size_curve, usual_cuts
from huaxiang.engine import Engine
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.conditions import Condition, Test, leaves
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
        moved = next(leaf for leaf in leaves(condition) if isinstance(leaf, Test) and leaf.value == 100)
        points = size_curve(population, condition, moved, [-5, 0, 45, 100, 190, 500])
        alone = crowd_sizes(population, {str(point.cut): with_threshold(rule, point.cut) for point in points})
        for point in points:
            size = alone[str(point.cut)]
            assert (point.customers, point.net_revenue_total) == (size.customers, size.net_revenue_total), rule


def test_cuts_split_the_customers_evenly_or_are_all_values(duck: Engine) -> None:
    """Few values are all taken, many are thinned; a tag that nobody has, or that is missing, gives none."""
    population = people(duck)
    assert usual_cuts(population, "orders_365d") == (0.0, 1.0, 2.0, 3.0, 4.0)
    assert 4 <= len(usual_cuts(population, "net_revenue_365d", most=8)) <= 8
    assert usual_cuts(population, "visits_30d") == ()
