"""Rules and events by chance: few customers, few moments, nulls and ties everywhere."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st
from tests.analyse.made import AS_OF, Row, arrow
from tests.analyse.plainly import World

from huaxiang.analyse.population import Population
from huaxiang.engine import Engine
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.conditions import Condition, condition_from, record_of
from huaxiang.model.fields import Field, Labels
from huaxiang.model.segments import Segment

PEOPLE = ["a", "b", "c"]
AT = {"act": "occurred_at", "sale": "ordered_at"}
PLACES = {"act": ["import_id", "source_row", "row_key", "event_name"], "sale": ["source", "import_id", "source_row"]}
NAMES = ["view", "cart", "buy"]
FIELDS = {
    "city": Field(key="city", type="text", name=Labels(zh="城市", en="City")),
    "points": Field(key="points", type="int", name=Labels(zh="积分", en="Points")),
}
LISTS = {"fair": {"a"}, "nobody": set[str]()}
SPANS = [None, {"window_days": 1}, {"window_days": 3}, {"window_days": 3, "skip_days": 2}, {"from": "2026-06-27"},
         {"to": "2026-06-28"}, {"from": "2026-06-27", "to": "2026-06-28"}]  # fmt: skip
# Few moments, so that events often meet at the same one, at the ends of windows and at exactly the gap asked for.
MOMENTS = st.sampled_from(
    [
        datetime.combine(AS_OF, datetime.min.time()) + timedelta(hours=hours)
        for hours in (-96, -72, -71, -48, -24, 0, 12)
    ]
    + [datetime(2026, 6, 30, 23, 59, 59, 999_999), datetime(2026, 7, 1)]
)


@st.composite
def acts(draw: st.DrawFn) -> list[Row]:
    """Draw acts of a few customers and of nobody, with and without time, some at the same moment."""
    rows = draw(st.lists(st.fixed_dictionaries({
        "customer_id": st.sampled_from([*PEOPLE, None]), "occurred_at": st.none() | MOMENTS,
        "event_name": st.sampled_from([*NAMES, None]), "category": st.sampled_from(["x", "y", None]),
        "import_id": st.sampled_from(["i1", "i2"]), "extra": st.sampled_from(EXTRAS),
    }), max_size=14))  # fmt: skip
    # One that nobody asks about has a row with every further column, so that rules may name them.
    names = {"颜色": "灰", "$n": "1", "on": "", "a/b~c": ""}
    every: Row = {"customer_id": "z", "occurred_at": None, "event_name": None, "category": None, "import_id": "i0"}
    every["extra"] = json.dumps(names)
    return [{**row, "source_row": place % 5, "row_key": f"k{place}"} for place, row in enumerate([*rows, every])]


@st.composite
def sales(draw: st.DrawFn) -> list[Row]:
    """Draw orders in the same way."""
    rows = draw(st.lists(st.fixed_dictionaries({
        "customer_id": st.sampled_from([*PEOPLE, None]), "ordered_at": st.none() | MOMENTS,
        "channel": st.sampled_from(["web", "shop", None]), "is_purchase": st.booleans(),
        "net_revenue": st.sampled_from([None, Decimal("-5.0000"), Decimal("0.0000"), Decimal("10.5000")]),
        "source": st.sampled_from(["s1", "s2"]),
    }), max_size=8))  # fmt: skip
    return [{**row, "import_id": "i3", "source_row": place, "order_no": f"o{place}"} for place, row in enumerate(rows)]


#: What no field took: names that paths and pointers would stumble over, numbers and days among other texts.
EXTRAS = [None, *(json.dumps(each, ensure_ascii=False) for each in (
    {"颜色": "红", "$n": "12"}, {"颜色": "蓝", "$n": "1,200.5", "on": "2026-06-29"},
    {"$n": "twelve", "on": "2026/6/30 8:00", "a/b~c": 'it is "x"'}, {"颜色": "红 蓝", "$n": "007", "on": "soon"},
))]  # fmt: skip
WHERES = {
    "act": st.sampled_from([None, *(f"event_name = {name}" for name in NAMES), "category is unknown", "everyone",
                            "event_name != view and not category = x", "extra.颜色 = 红", "extra.颜色 != 红",
                            "extra.$n >= 12", "extra.$n in (12, 1200.5)", "extra.on in last 2 days",
                            'extra.a/b~c ends with "\\"x\\""', "extra.颜色 does not contain 蓝", "extra.on is unknown",
                            "extra.on = 2026-06-30"]),
    "sale": st.sampled_from([None, "is_purchase = true", "channel in (web)", "net_revenue > 0 or channel is unknown",
                             "channel does not contain e", "channel ends with p", "ordered_at not in last 3 days"]),
}  # fmt: skip
MEASURES = {
    "act": ["count", "distinct_days", "distinct event_name", "distinct category", "greatest occurred_at",
            "distinct extra.颜色", "sum extra.$n", "greatest extra.$n"],
    "sale": ["count", "distinct_days", "sum net_revenue", "average net_revenue", "least net_revenue",
             "greatest net_revenue", "least ordered_at", "distinct channel"],
}  # fmt: skip
COMPARISONS = [">= 2", "= 1", "< 3", "between 1 and 2", "in (1, 3)", "!= 2", "> 1"]
MONEY = [">= 10.5", "= 0", "< 0", "between 0 and 21", "is unknown", "is known", "!= 5.5"]
DAYS = [">= 2026-06-28", "= 2026-06-27", "< 2026-06-30", "is unknown", "in last 3 days", "not in last 2 days",
        "more than 1 days ago", "in next 1 days", "anniversary in next 2 days"]  # fmt: skip


@st.composite
def event(draw: st.DrawFn) -> dict[str, Any]:
    """Draw rows of a fact table."""
    fact = draw(st.sampled_from(["act", "sale"]))
    where = draw(WHERES[fact])
    return {"event": fact} | ({"where": where} if where else {})


@st.composite
def leaf(draw: st.DrawFn) -> dict[str, Any]:
    """Draw any leaf that a customer can be asked."""
    kind = draw(st.sampled_from(["did", "did", "edge", "sequence", "sequence", "crowd", "list", "field"]))
    if kind in ("crowd", "list", "field"):
        return draw(st.sampled_from([{"crowd": "here"}, {"crowd": "best"}, {"draw": "x", "below": 40},
                                     {"draw": "x", "above": 12.5, "below": 50}, {"list": "fair"}, {"list": "nobody"},
                                     {"field": "city", "op": "=", "value": "x"}]))  # fmt: skip
    during = draw(st.sampled_from(SPANS))
    window: dict[str, Any] = {"during": during} if during else {}
    if kind == "sequence":
        return {"sequence": draw(steps()), **window}
    rows = draw(event())
    fact = rows.pop("event")
    if kind == "edge":
        has = draw(WHERES[fact].filter(bool))
        return {draw(st.sampled_from(["first", "last"])): fact, **rows, **window, "has": has}
    return {"did": fact, **rows, **window, **draw(measured(fact))}


@st.composite
def measured(draw: st.DrawFn, fact: str) -> dict[str, Any]:
    """Draw a measure with a comparison that fits it, or none."""
    if draw(st.booleans()):
        return {}
    measure = draw(st.sampled_from(MEASURES[fact]))
    column = measure.partition(" ")[2]
    choices = MONEY if column == "net_revenue" and "distinct" not in measure else COMPARISONS
    choices = DAYS if column in AT.values() else choices
    choices = ["> 12", "= 1200.5", "<= 24", "is unknown"] if column == "extra.$n" else choices
    found = record_of(condition_from_text(f"did {fact} {measure} {draw(st.sampled_from(choices))}"))
    return {key: value for key, value in found.items() if key != "did"}


@st.composite
def steps(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw two to four steps with and without gaps and bars."""
    found = [draw(event()) for _ in range(draw(st.integers(2, 4)))]
    for step in found[1:]:
        gap = draw(st.sampled_from([{}, {}, {"within_days": 1}, {"within_hours": 24}, {"within_hours": 1},
                                    {"within_days": 2}]))  # fmt: skip
        step.update(gap)
        if draw(st.integers(0, 2)) == 0:
            step["without"] = draw(event())
    return found


BY: list[Any] = ["random", "points", {"did": "act"}, {"did": "sale", "measure": "sum", "column": "net_revenue"},
                 {"did": "act", "where": "event_name = buy", "during": {"window_days": 3}}]  # fmt: skip


@st.composite
def capped(draw: st.DrawFn, inner: Any) -> dict[str, Any]:
    """Draw a cap over another rule."""
    cap = {
        "customers": draw(st.integers(1, 3)),
        "by": draw(st.sampled_from(BY)),
        "seed": draw(st.sampled_from(["", "x"])),
    }
    if cap["by"] != "random":
        cap["order"] = draw(st.sampled_from(["highest", "lowest"]))
    return {"cap": cap, "of": draw(inner)}


RULES = st.recursive(
    leaf(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda found: {"all": found}),
        st.lists(inner, min_size=1, max_size=3).map(lambda found: {"any": found}),
        inner.map(lambda found: {"not": found}),
        capped(inner),
    ),
    max_leaves=4,
).map(condition_from)


def crowd(key: str, rule: str) -> Segment:
    """A crowd of that rule."""
    return Segment.model_validate(
        {"key": key, "zh": key, "en": key, "meaning_zh": "x", "meaning_en": "x", "condition": rule}
    )


CROWDS = {
    "here": crowd("here", "city = x or crowd doing"),
    "doing": crowd("doing", "did act where (event_name = buy)"),
    "best": crowd("best", "top 1 by did sale sum net_revenue of (city is known)"),
}


def world(events: dict[str, list[Row]]) -> World:
    """The same rows for plain Python."""
    return World(AS_OF, events, AT, PLACES, {key: one.condition for key, one in CROWDS.items()}, LISTS, CUSTOMERS)


def population(engine: Engine, people: Sequence[Row], events: dict[str, list[Row]]) -> Population:
    """The same rows for the engine."""
    text = pa.string()
    schema = pa.schema([("customer_id", text), ("city", text), ("points", pa.int64())])
    table = engine.bring("asked_people", pa.Table.from_pylist(list(people), schema=schema))
    facts = {name: engine.bring(f"asked_{name}", arrow(name, rows)) for name, rows in events.items()}
    lists = {
        key: engine.bring(f"list_{key}", pa.table({"customer_id": pa.array([*ids, None], text)}))
        for key, ids in LISTS.items()
    }
    return Population(engine, table, FIELDS, AS_OF, facts, CROWDS, lists)


CUSTOMERS: list[Row] = [
    {"customer_id": "a", "city": "x", "points": 5}, {"customer_id": "b", "city": None, "points": None},
    {"customer_id": "c", "city": "y", "points": 5},
]  # fmt: skip


def engine_says(asked: Population, rules: list[Condition]) -> list[list[bool]]:
    """For each rule what the engine says of each customer."""
    marked = asked.marked({f"r{place}": rule for place, rule in enumerate(rules)})
    found = asked.engine.arrow(marked.order_by("customer_id"))
    return [found[f"r{place}"].to_pylist() for place in range(len(rules))]
