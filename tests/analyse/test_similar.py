"""Customers who are alike: the distance by hand, its order, its words, and what it never looks at."""

from __future__ import annotations

import math
from statistics import pstdev
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.made import MONEY

from huaxiang.analyse import similar as similar_module
from huaxiang.analyse.likeness import comparable, likeness, seen_in
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


def found(
    engine: Engine, rows: list[Row], who: str, stores: frozenset[str] | None = None, most: int = 8, **bought: str
) -> list[Similar]:
    """Who is like that customer; ``bought`` says who bought in which store."""
    tables = tables_of(engine, rows, bought)
    own = next(row for row in rows if row["customer_id"] == who)
    everyone = likeness(engine, tables["profile"], comparable(KEYS, TAGS))
    among = None if stores is None else seen_in(engine, everyone, tables["sale"], stores)
    return similar(everyone, compared(KEYS, TAGS, own), who, among, most)


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


@given(people=st.lists(_PERSON, min_size=2, max_size=12), together=st.integers(1, 12), most=st.sampled_from([1, 3, 20]))
@settings(max_examples=40)
def test_distances_are_those_of_plain_python(duck: Engine, people: list[Row], together: int, most: int) -> None:
    """However many are looked at together, and however few are wanted."""
    rows = [{"customer_id": f"c{number:02}", **person} for number, person in enumerate(people)]
    with patch.object(similar_module, "_TOGETHER", together):
        near = found(duck, rows, "c00", most=most)
    if len(compared(KEYS, TAGS, rows[0])) < LEAST_TAGS:
        assert near == []
        return
    distances = {row["customer_id"]: by_hand(rows, rows[0], row) for row in rows[1:]}
    assert [one.distance for one in near] == pytest.approx(sorted(distances.values())[:most], abs=1e-9)
    assert all(one.distance == pytest.approx(distances[one.customer_id], abs=1e-9) for one in near)
    assert near == sorted(near, key=lambda one: (one.distance, one.customer_id))


def test_of_equals_the_first_ids_come_out(duck: Engine) -> None:
    rows = [{**ROWS[0], "customer_id": f"c{number}"} for number in (5, 3, 8, 1, 7, 2, 4)]
    with patch.object(similar_module, "_TOGETHER", 2):
        assert [one.customer_id for one in found(duck, rows, "c2", most=3)] == ["c1", "c3", "c4"]


def test_only_customers_of_the_stores_come_out(duck: Engine) -> None:
    near = found(duck, ROWS, "a", frozenset({"S2"}), b="S1", c="S2", a="S2")
    assert [one.customer_id for one in near] == ["c"]
    assert found(duck, ROWS, "a", frozenset(), b="S1") == []


def test_masked_and_unknown_tags_are_never_compared() -> None:
    row = dict.fromkeys(TAGS, None) | {"gender": "male", "age_band": "from_60", "city": "上海", "lifecycle": "lost"}
    assert [tag.key for tag in compared(("gender", "age_band", "city", "lifecycle", "mood", "nothing"), TAGS, row)] == [
        "city",
        "lifecycle",
    ]
    assert all(TAGS[key].sensitivity == "open" for key in one_customer().likeness if key in TAGS)


def test_who_is_hardly_known_is_like_nobody(duck: Engine) -> None:
    assert found(duck, ROWS, "f") == []
