"""What a crowd is made of, beside plain Python over the same customers."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from tests.analyse.made import AS_OF

from huaxiang.analyse.crowd_makeup import MOST_VALUES, makeup
from huaxiang.analyse.crowd_sizes import composition
from huaxiang.analyse.population import Population
from huaxiang.engine import Engine
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.tags import fields_of, shipped_tags

KEYS = ("lifecycle", "city", "marketing_consent", "preferred_brands", "orders_365d", "gender")
CITIES = [f"城{number}" for number in range(14)]


def people(count: int = 300) -> list[dict[str, Any]]:
    """Customers with more cities than get a bar, lists, and everything unknown now and then; no gender at all."""
    chance = random.Random(7)

    def rarely(value: object) -> object:
        return None if chance.random() < 0.1 else value

    return [
        {
            "customer_id": f"c{number}",
            "lifecycle": rarely(chance.choice(("lost", "active", "new"))),
            "city": rarely(CITIES[min(chance.randrange(14), chance.randrange(14))]),
            "marketing_consent": rarely(chance.random() < 0.5),
            "preferred_brands": rarely(["A", "B"][: chance.randrange(3)]),
            "orders_365d": rarely(chance.randrange(5)),
            "net_revenue_365d": rarely(Decimal(chance.randrange(-3, 50)) / 4),
            "net_revenue_total": rarely(Decimal(chance.randrange(100))),
        }
        for number in range(count)
    ]


def population(engine: Engine, rows: list[dict[str, Any]]) -> Population:
    """The same customers in an engine."""
    amount = pa.decimal128(18, 4)
    kinds = {
        **dict.fromkeys(("customer_id", "lifecycle", "city"), pa.string()),
        "marketing_consent": pa.bool_(),
        "preferred_brands": pa.list_(pa.string()),
        "orders_365d": pa.int64(),
        **dict.fromkeys(("net_revenue_365d", "net_revenue_total"), amount),
    }
    return Population(
        engine, engine.bring("made", pa.Table.from_pylist(rows, pa.schema(kinds))), fields_of(shipped_tags()), AS_OF
    )


def test_sizes_revenue_and_bars_are_those_of_python(engine: Engine) -> None:
    rows = people()
    asked = population(engine, rows)
    rule = condition_from_text("orders_365d >= 2 and city != 城1")
    inside = [row for row in rows if (row["orders_365d"] or 0) >= 2 and row["city"] not in (None, "城1")]
    found = makeup(asked, rule, KEYS)
    assert found.size == composition(asked, rule)
    assert found.size.customers == len(inside) > 0
    revenue = [sum(row["net_revenue_365d"] or 0 for row in some) for some in (inside, rows)]
    assert found.net_revenue_365d == revenue[0]
    assert found.revenue_365d_share == pytest.approx(float(revenue[0] / revenue[1]))
    # A list, a number and a tag that nobody has are no part of it.
    assert set(found.tags) == {"lifecycle", "city", "marketing_consent"}
    for key, counted in found.tags.items():
        own, everybody = (Counter(row[key] for row in some) for some in (inside, rows))
        for bar, (within, beside) in counted.bars:
            told = [None] if bar.kind == "unknown" else [bar.value]
            if bar.kind == "rest":
                told = [value for value in everybody if value not in (None, *bar.others)]
            assert within == sum(own[value] for value in told)
            assert within + beside == sum(everybody[value] for value in told)
        assert sum(within for _, (within, _) in counted.bars) == len(inside)
    cities = [bar.kind for bar, _ in found.tags["city"].bars]
    assert cities == ["value"] * MOST_VALUES + ["rest", "unknown"]


@pytest.mark.parametrize("rule", ["everyone", "orders_365d > 99"])
def test_everyone_and_nobody_have_their_makeup_too(rule: str, engine: Engine) -> None:
    rows = people(40)
    found = makeup(population(engine, rows), condition_from_text(rule), KEYS)
    whole = rule == "everyone"
    assert found.size.customers == (40 if whole else 0)
    assert found.net_revenue_365d == (sum(row["net_revenue_365d"] or 0 for row in rows) if whole else 0)
    assert sum(inside for _, (inside, _) in found.tags["lifecycle"].bars) == found.size.customers


def test_without_customers_nothing_is_known(engine: Engine) -> None:
    found = makeup(population(engine, []), condition_from_text("orders_365d > 1"), KEYS)
    assert (found.size.all_customers, found.net_revenue_365d, found.revenue_365d_share) == (0, None, None)
    assert all(not counted.bars for counted in found.tags.values())
