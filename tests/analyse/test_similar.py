"""Customers who are alike: the distance by hand, its order, its words, and what it never looks at."""

from __future__ import annotations

import math
from statistics import pstdev
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.made import MONEY

from huaxiang.analyse.similar import LEAST_TAGS, Similar, compared, similar
from huaxiang.engine import Engine
from huaxiang.model.one_customer import one_customer
from huaxiang.model.tags import shipped_tags

TAGS = shipped_tags()
KEYS = ("favourite_category", "lifecycle", "net_revenue_365d", "orders_365d", "return_rate")
SCHEMA = pa.schema(
    {
        "customer_id": pa.string(),
        "favourite_category": pa.string(),
        "lifecycle": pa.string(),
        "net_revenue_365d": MONEY,
        "orders_365d": pa.int64(),
        "return_rate": pa.float64(),
    }
)
Row = dict[str, Any]
ROWS: list[Row] = [
    dict(zip(SCHEMA.names, values, strict=True))
    for values in (
        ("a", "shoes", "active", 1000, 10, 0.1),
        ("b", "shoes", "active", 900, 9, 0.1),
        ("c", "shoes", "lost", 20, 1, 0.9),
        ("d", None, "active", 1000, 10, None),
        ("e", "hats", "active", 1000, 10, 0.1),
        ("f", None, None, None, None, None),
    )
]


def tables_of(engine: Engine, rows: list[Row], bought: dict[str, str] | None = None) -> dict[str, Any]:
    """The profiles, and who bought in which store."""
    given = [{"customer_id": key, "store_no": store} for key, store in (bought or {}).items()]
    sale = pa.Table.from_pylist(given, schema=pa.schema({"customer_id": pa.string(), "store_no": pa.string()}))
    profile = pa.Table.from_pylist(rows, schema=SCHEMA)
    return {"profile": engine.bring("alike_profile", profile), "sale": engine.bring("alike_sale", sale)}


def found(engine: Engine, rows: list[Row], who: str, **more: Any) -> list[Similar]:
    """Who is like that customer."""
    own = next(row for row in rows if row["customer_id"] == who)
    return similar(engine, tables_of(engine, rows), compared(KEYS, TAGS, own), who, **more)


def by_hand(rows: list[Row], own: Row, other: Row) -> float:
    """The same distance in plain Python."""
    parts = []
    for key in KEYS:
        if own[key] is None:
            continue
        if isinstance(own[key], str):
            parts.append(0.0 if own[key] == other[key] else 1.0)
            continue
        scale = (lambda x: x) if key == "return_rate" else (lambda x: math.copysign(math.log1p(abs(x)), x))
        if other[key] is None:
            parts.append(1.0)
            continue
        apart = abs(scale(float(own[key])) - scale(float(other[key])))
        spread = 4 * pstdev([scale(float(row[key])) for row in rows if row[key] is not None])
        parts.append(0.0 if apart == 0 else min(apart / spread, 1.0) if spread else 1.0)
    return sum(parts) / len(parts)


def test_the_nearest_come_first_and_say_in_what(engine: Engine) -> None:
    near = found(engine, ROWS, "a")
    assert [one.customer_id for one in near] == ["b", "e", "d", "c", "f"]
    own = ROWS[0]
    for one in near:
        other = next(row for row in ROWS if row["customer_id"] == one.customer_id)
        assert one.distance == pytest.approx(by_hand(ROWS, own, other)), one.customer_id
    assert near[0].alike(2) == ("favourite_category", "lifecycle")
    assert near[1].different(2) == ("favourite_category",)
    assert set(near[2].different(2)) == {"favourite_category", "return_rate"}


_AMOUNT = st.one_of(st.none(), st.integers(-500, 5000))
_PERSON = st.fixed_dictionaries(
    {
        "favourite_category": st.sampled_from(["shoes", "hats", None]),
        "lifecycle": st.sampled_from(["active", "lost"]),
        "net_revenue_365d": _AMOUNT,
        "orders_365d": st.integers(0, 30),
        "return_rate": st.one_of(st.none(), st.floats(0, 1)),
    }
)


@given(people=st.lists(_PERSON, min_size=2, max_size=12))
@settings(max_examples=40)
def test_distances_are_those_of_plain_python(duck: Engine, people: list[Row]) -> None:
    rows = [{"customer_id": f"c{number:02}", **person} for number, person in enumerate(people)]
    near = found(duck, rows, "c00", most=20)
    assert len(near) == (len(rows) - 1 if len(compared(KEYS, TAGS, rows[0])) >= LEAST_TAGS else 0)
    for one in near:
        other = next(row for row in rows if row["customer_id"] == one.customer_id)
        assert one.distance == pytest.approx(by_hand(rows, rows[0], other), abs=1e-9)
    assert near == sorted(near, key=lambda one: (one.distance, one.customer_id))


def test_only_customers_of_the_stores_come_out(duck: Engine) -> None:
    tables = tables_of(duck, ROWS, {"b": "S1", "c": "S2", "a": "S2"})
    tags = compared(KEYS, TAGS, ROWS[0])
    assert [one.customer_id for one in similar(duck, tables, tags, "a", frozenset({"S2"}))] == ["c"]
    assert similar(duck, tables, tags, "a", frozenset()) == []


def test_masked_and_unknown_tags_are_never_compared() -> None:
    row = dict.fromkeys(TAGS, None) | {"gender": "male", "age_band": "from_60", "city": "上海", "lifecycle": "lost"}
    assert [tag.key for tag in compared(("gender", "age_band", "city", "lifecycle", "mood", "nothing"), TAGS, row)] == [
        "city",
        "lifecycle",
    ]
    assert all(TAGS[key].sensitivity == "open" for key in one_customer().likeness if key in TAGS)


def test_who_is_hardly_known_is_like_nobody(duck: Engine) -> None:
    assert found(duck, ROWS, "f") == []
