"""Customers made by chance, with tags of every type, and who of them is in a crowd."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine import Engine
from huaxiang.model.fields import Field, FieldType, Labels

Person = dict[str, Any]
MONEY = pa.decimal128(18, 4)
SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()), ("inside", pa.bool_()), ("other", pa.bool_()), ("level", pa.string()),
        ("town", pa.string()), ("agreed", pa.bool_()), ("score", pa.int64()), ("orders_total", pa.int64()),
        ("net_revenue_total", MONEY), ("purchase_revenue_total", MONEY), ("first_on", pa.date32()),
        ("likes", pa.list_(pa.string())),
    ]
)  # fmt: skip
_TYPES: dict[str, FieldType] = {
    "level": "text", "town": "text", "agreed": "bool", "score": "int", "orders_total": "int",
    "net_revenue_total": "money", "purchase_revenue_total": "money", "first_on": "date", "likes": "list",
}  # fmt: skip
_LEVELS = {"gold": Labels(zh="金卡", en="Gold"), "plain": Labels(zh="普通", en="Plain")}
FIELDS = {
    key: Field(key=key, type=kind, name=Labels(zh=f"{key} 标签", en=key), values=_LEVELS if key == "level" else {})
    for key, kind in _TYPES.items()
}


def people(seed: int, count: int) -> list[Person]:
    """So many customers; gold ones are in the crowd more often, and spend more."""
    dice = random.Random(seed)
    return [_person(dice, number) for number in range(count)]


def _person(dice: random.Random, number: int) -> Person:
    gold, orders = dice.random() < 0.3, dice.choice([0, 0, 1, 2, 3, 8, 20])
    paid = Decimal(orders * dice.randrange(500, 30_000)).scaleb(-2)
    return {
        "customer_id": f"c{number:05d}",
        "inside": dice.random() < (0.5 if gold else 0.15),
        "other": dice.random() < 0.25,
        "level": dice.choice([None, "gold", "gold", "gold"]) if gold else dice.choice(["plain", "plain", None]),
        "town": f"town {dice.randrange(20)}",
        "agreed": dice.choice([True, False, None]),
        "score": dice.choice([None, 1, 2, 3, 4, 5]),
        "orders_total": orders,
        "net_revenue_total": paid * dice.choice([1, 1, 2]) if gold else paid,
        "purchase_revenue_total": paid,
        "first_on": dice.choice([None, date(2023, 1, 5) + timedelta(days=dice.randrange(900))]),
        "likes": dice.choice([None, [], ["tea"], ["tea", "milk"], ["milk", "rice", "tea"], ["rice"]]),
    }


def brought(engine: Engine, rows: Sequence[Person], name: str = "people") -> ir.Table:
    """The customers as a table of the engine."""
    return engine.bring(name, pa.Table.from_pylist(list(rows), schema=SCHEMA))
