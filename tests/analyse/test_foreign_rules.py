"""Whom a translated rule means: the engine's answer against the foreign document read in plain Python."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analyse.made import AS_OF, Row, arrow
from tests.model.foreign_documents import (
    EVENT,
    Raw,
    all_of,
    audience,
    counting,
    event,
    exactly,
    group,
    happened,
    ordered,
    profile,
    related,
    simple,
    step,
)

from huaxiang.analyse.population import Population
from huaxiang.engine import Engine
from huaxiang.model.fields import Field, Labels
from huaxiang.model.foreign.ga4 import ga4_audiences
from huaxiang.model.foreign.names import known_names
from huaxiang.model.foreign.sensors import sensors_groups

PEOPLE: list[Row] = [{"customer_id": who, "city": city} for who, city in [("a", "x"), ("b", "y"), ("c", None)]]
FIELDS = {"city": Field(key="city", type="text", name=Labels(zh="城市", en="City"))}
#: The foreign names of what the rows call otherwise.
SENSORS_EVENTS = {"$AppStart": "open", "payOrder": "pay", "ViewProduct": "view"}
GA4_EVENTS = {"session_start": "open", "purchase": "pay", "view_item": "view"}
MOMENTS = [datetime.combine(AS_OF, datetime.min.time()) - timedelta(hours=hours) for hours in (-23, 0, 1, 24, 30, 72)]


#: Before all that is recorded.
NEVER = datetime.combine(AS_OF - timedelta(days=9_999), datetime.min.time())


@st.composite
def acts(draw: st.DrawFn) -> list[Row]:
    """Draw acts at few moments, some of nobody."""
    rows = draw(st.lists(st.fixed_dictionaries({
        "customer_id": st.sampled_from(["a", "b", "c", None]), "occurred_at": st.sampled_from(MOMENTS),
        "event_name": st.sampled_from(["open", "pay", "view"]), "category": st.sampled_from(["鞋", "包", None]),
    }), max_size=12))  # fmt: skip
    return [{**row, "import_id": "i", "source_row": place, "row_key": str(place)} for place, row in enumerate(rows)]


CATEGORY = st.sampled_from(
    [("equal", ["鞋"]), ("notEqual", ["鞋"]), ("isSet", []), ("notSet", []), ("equal", ["鞋", "包"])]
)


@st.composite
def sensors_leaf(draw: st.DrawFn) -> Raw:
    """Draw a rule of 神策."""
    if draw(st.booleans()):
        function, params = draw(st.sampled_from([("equal", "x"), ("notEqual", "x"), ("isSet", None), ("notSet", None)]))
        return profile("user.$city", function, *([params] if params else []))
    name = draw(st.sampled_from(list(SENSORS_EVENTS)))
    days = draw(st.sampled_from(["", "1 day", "2 day", "-3 day,-2 day"]))
    if draw(st.integers(0, 3)) == 0:
        steps = [{"event": name}, {"event": draw(st.sampled_from(list(SENSORS_EVENTS)))}]
        window = {"time_function": "relative_time", "time_params": days.split(",")} if days else {}
        return {"type": "event_sequence_rule", "steps": steps, **window}
    function, times = draw(st.sampled_from([("least", 1), ("least", 2), ("equal", 0), ("equal", 1), ("greater", 1)]))
    function_of, values = draw(CATEGORY)
    kept = {"type": "filter", "field": f"event.{name}.category", "function": function_of, "params": values}
    return event(name, function, times, days=days, filters=draw(st.sampled_from([[], [kept]])))


SENSORS = st.recursive(
    sensors_leaf(),
    lambda inner: st.builds(
        lambda word, rules: related(word, *rules),
        st.sampled_from(["and", "or"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=4,
)  # fmt: skip


def of_sensors(rule: Raw, who: Row, act: list[Row]) -> bool:
    """Whether the rule means the person, as its documentation says."""
    mine = [row for row in act if row["customer_id"] == who["customer_id"]]
    match rule["type"]:
        case "rules_relation":
            joined = all if rule["relation"] == "and" else any
            return joined(of_sensors(each, who, act) for each in rule["rules"])
        case "profile_rule":
            return compares(rule["function"], who["city"], rule["params"])
        case "event_sequence_rule":
            first, then = (moments(mine, SENSORS_EVENTS[each["event"]], rule) for each in rule["steps"])
            return any(one < other for one in first for other in then)
        case _:
            kept = [row for row in mine if passes(rule["filters"], row["category"])]
            times = len(moments(kept, SENSORS_EVENTS[rule["measure"]["event_name"]], rule))
            least: dict[str, Callable[[int], bool]] = {
                "least": lambda limit: times >= limit, "equal": lambda limit: times == limit,
                "greater": lambda limit: times > limit,
            }  # fmt: skip
            return least[rule["function"]](rule["params"][0])


def passes(filters: list[Raw], category: str | None) -> bool:
    """Whether an event passes all filters on its category."""
    return all(compares(one["function"], category, one["params"]) for one in filters)


def moments(rows: list[Row], name: str, rule: Raw) -> list[datetime]:
    """When those events were that lie in the window of the rule; groups are computed at the midnight after."""
    days = [int(each.split()[0]) for each in rule.get("time_params", [])]
    midnight = datetime.combine(AS_OF + timedelta(days=1), datetime.min.time())
    start = midnight - timedelta(days=abs(days[0])) if days else NEVER
    end = midnight - timedelta(days=abs(days[1]) - 1) if len(days) == 2 else midnight
    return [row["occurred_at"] for row in rows if row["event_name"] == name and start <= row["occurred_at"] < end]


def compares(function: str, cell: Any, params: list[Any]) -> bool:
    """Comparisons of 神策: ≠ looks at those who have a value."""
    if function in ("isSet", "notSet"):
        return (cell is not None) == (function == "isSet")
    return cell is not None and (cell in params) == (function == "equal")


@settings(max_examples=60, deadline=None)
@given(acts(), st.lists(SENSORS, min_size=4, max_size=4))
def test_groups_of_sensors_mean_the_same_people(duck: Engine, act: list[Row], rules: list[Raw]) -> None:
    """Profile, event and sequence rules under and, or; windows, filters and counts."""
    asked = population(duck, act)
    found = [sensors_groups(group(rule), known_names("sensors"), asked.vocabulary)[0] for rule in rules]
    expected = [[of_sensors(rule, who, act) for who in PEOPLE] for rule in rules]
    assert answers(asked, [one.allowed(approximate=False) for one in found]) == expected


#: Whether a clause means a person with these acts.
Means = Callable[[Row, list[Row]], bool]


@st.composite
def ga4_clause(draw: st.DrawFn) -> tuple[Raw, Means]:
    """Draw a clause and what it means: a function of a person and of that person's acts."""
    name, category = draw(st.sampled_from(list(GA4_EVENTS))), draw(st.sampled_from(["鞋", "包"]))
    ours, out = GA4_EVENTS[name], draw(st.booleans())
    kind = "EXCLUDE" if out else "INCLUDE"
    means: Means
    match draw(st.sampled_from(["event", "count", "city", "same", "or", "sequence"])):
        case "event":
            clause = simple(all_of([happened(name)]), kind=kind)
            means = lambda _, act: did(act, ours) > 0  # noqa: E731
        case "count":
            more = happened(name, counting("GREATER_THAN", 1, inAnyNDayPeriod=2))
            since = datetime.combine(AS_OF - timedelta(days=1), datetime.min.time())
            clause = simple(all_of([more]), kind=kind)
            means = lambda _, act: did(act, ours, since=since) > 1  # noqa: E731
        case "city":
            clause = simple(all_of([{"notExpression": exactly("city", "x")}]), kind=kind)
            means = lambda who, _: who["city"] != "x"  # noqa: E731
        case "same":
            clause = simple(all_of([happened(name)], [exactly("item_category", category)]), EVENT, kind)
            means = lambda _, act: did(act, ours, category) > 0  # noqa: E731
        case "or":
            clause = simple(all_of([happened(name), exactly("item_category", category)]), kind=kind)
            means = lambda _, act: any(ours == row["event_name"] or category == row["category"] for row in act)  # noqa: E731
        case _:
            steps = step(all_of([happened(name)])), step(all_of([happened("purchase")]), constraintDuration="86400s")
            clause = ordered(*steps, kind=kind)
            means = lambda _, act: follows(act, ours)  # noqa: E731
    return clause, _other(means) if out else means


def _other(means: Means) -> Means:
    return lambda who, act: not means(who, act)


def did(act: list[Row], name: str, category: str | None = None, since: datetime = NEVER) -> int:
    """How often."""
    times = [row for row in act if row["event_name"] == name and row["occurred_at"] >= since]
    return sum(category in (None, row["category"]) for row in times)


def follows(act: list[Row], name: str) -> bool:
    """Whether a payment came after it, within a day."""
    times = [[row["occurred_at"] for row in act if row["event_name"] == each] for each in (name, "pay")]
    return any(timedelta() < then - first <= timedelta(days=1) for first in times[0] for then in times[1])


@settings(max_examples=60, deadline=None)
@given(acts(), st.lists(ga4_clause(), min_size=1, max_size=3))
def test_audiences_of_ga4_mean_the_same_people(duck: Engine, act: list[Row], clauses: list[Any]) -> None:
    """Inclusion and exclusion, scopes, counts in periods, complements and sequences."""
    asked = population(duck, act)
    (found,) = ga4_audiences(audience(*(clause for clause, _ in clauses)), known_names("ga4"), asked.vocabulary)
    own = {who["customer_id"]: [row for row in act if row["customer_id"] == who["customer_id"]] for who in PEOPLE}
    expected = [all(means(who, own[who["customer_id"]]) for _, means in clauses) for who in PEOPLE]
    assert answers(asked, [found.allowed(approximate=False)]) == [expected]


def population(engine: Engine, act: list[Row]) -> Population:
    """The people and their acts for the engine."""
    schema = pa.schema([("customer_id", pa.string()), ("city", pa.string())])
    table = engine.bring("foreign_people", pa.Table.from_pylist(PEOPLE, schema=schema))
    facts = {"act": engine.bring("foreign_act", arrow("act", act))}
    return Population(engine, table, FIELDS, AS_OF, facts)


def answers(asked: Population, conditions: list[Any]) -> list[list[bool]]:
    """For each condition what the engine says of each person."""
    assert None not in conditions
    marked = asked.marked({f"r{place}": one for place, one in enumerate(conditions)})
    found = asked.engine.arrow(marked.order_by("customer_id"))
    return [found[f"r{place}"].to_pylist() for place in range(len(conditions))]
