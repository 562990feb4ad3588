"""Cross table, measures, overlap and movement for programs, beside plain Python over what the files say."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.server.crowds.shop import AS_OF, member
from tests.server.crowds.test_pages import add

from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Program = Callable[..., "Client"]
PEOPLE = [member(number) for number in range(1, 41)]


def asked(client: Client, path: str, **body: Any) -> Any:
    """What is answered to that body."""
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")


def spent(one: dict[str, Any]) -> int:
    """What the files say that a member paid."""
    return sum(100 * number + order for number, order in one["orders"])


def test_two_tags_meet_as_in_plain_python(shop: Workspace, program: Program) -> None:
    ask = program("crowd:read", role="analyst")
    told = asked(ask, "groups/cross", down="city", across="orders_total").json()
    met = Counter((one["city"], len(one["orders"])) for one in PEOPLE)
    assert told["customers"] == sum(met.values()) == 40
    for row, line in zip(told["rows"], told["cells"], strict=True):
        for column, cell in zip(told["columns"], line, strict=True):
            assert cell["customers"] == met[row["value"], int(column["value"])]
            assert cell["expected"] == row["customers"] * column["customers"] / 40
    row, column = told["rows"][0], told["columns"][-1]
    counted = asked(ask, "rules/evaluate", rule=f"{row['rule']} and {column['rule']}").json()
    assert counted["customers"] == told["cells"][0][-1]["customers"]
    viewer = asked(program("crowd:read"), "groups/cross", down="city", across="member_level").json()
    seen = [cell["customers"] for line in viewer["cells"] for cell in line]
    assert None in seen
    assert not [count for count in seen if count is not None and 0 < count < 5]
    assert {each["customers"] for each in (*viewer["rows"], *viewer["columns"])} == {None}
    assert asked(ask, "groups/cross", down="city", across="city").json()["at"] == "/across"
    assert (
        asked(
            program("crowd:read"), "groups/cross", rule="orders_total > 1", down="city", across="orders_total"
        ).status_code
        == 403
    )


def test_what_each_value_brings(shop: Workspace, program: Program) -> None:
    add(shop, "buyers", "orders_total > 0")
    told = asked(program("crowd:read", role="analyst"), "groups/measures", crowd="buyers", tag="city").json()
    own = [one for one in PEOPLE if one["orders"]]
    for value in told["values"]:
        there = [one for one in own if one["city"] == value["value"]]
        assert value["customers"] == len(there)
        assert value["net_revenue"] == f"{sum(map(spent, there)):.2f}"
        assert value["orders"] == sum(len(one["orders"]) for one in there)
        assert value["is_few"]
    assert sum(value["revenue_share"] for value in told["values"]) == 1


def test_crowds_overlap_as_sets_do_and_each_part_is_a_rule(shop: Workspace, program: Program) -> None:
    """For a viewer the few in common cannot be computed: neither part is told, nor the number of all."""
    add(shop, "town", "city = 上海市")
    add(shop, "rich", "net_revenue_total >= 5500")
    town = {one["member_no"] for one in PEOPLE if one["city"] == "上海市"}
    rich = {one["member_no"] for one in PEOPLE if spent(one) >= 5500}
    ask = program("crowd:read", role="analyst")
    told = asked(ask, "groups/overlap", crowds=["town", "rich"]).json()
    assert [one["customers"] for one in told["crowds"]] == [len(town), len(rich)]
    sets = {("town",): town - rich, ("rich",): rich - town, ("town", "rich"): town & rich}
    assert {tuple(one["crowds"]): one["customers"] for one in told["exactly"]} == {k: len(v) for k, v in sets.items()}
    assert (told["everybody"], told["nowhere"]) == (len(town | rich), 40 - len(town | rich))
    (pair,) = told["pairs"]
    assert (pair["both"], pair["jaccard"]) == (len(town & rich), len(town & rich) / len(town | rich))
    for one in told["exactly"]:
        assert asked(ask, "rules/evaluate", rule=one["rule"]).json()["customers"] == one["customers"]
    assert 0 < len(town & rich) < 5
    seen = asked(program("crowd:read"), "groups/overlap", crowds=["town", "rich"]).json()
    assert {one["customers"] for one in seen["exactly"]} == {seen["everybody"], seen["nowhere"]} == {None}
    assert seen["pairs"][0]["both"] is None
    assert asked(ask, "groups/overlap", crowds=["town", "town"]).json()["code"] == "group.overlap_number"
    assert asked(ask, "groups/overlap", crowds=["town", "no_such"]).status_code == 404


def test_movement_between_two_days(shop: Workspace, program: Program) -> None:
    """Every order until the earlier day counts there; everybody registered before it."""
    day = date(2026, 3, 31)
    ask = program("crowd:read", role="analyst")
    told = asked(ask, "groups/movement", tag="orders_total", day=day.isoformat()).json()
    moved: Counter[tuple[str, str]] = Counter()
    for one in PEOPLE:
        days = [date(2026, 1 + (number + order * 2) % 6, 1 + number % 27) for number, order in one["orders"]]
        moved[str(sum(when <= day for when in days)), str(len(days))] += 1
    names = [state["value"] for state in told["states"]]
    assert {(names[flow["before"]], names[flow["after"]]): flow["customers"] for flow in told["flows"]} == moved
    assert (told["as_of"], told["both"], told["new"]) == (AS_OF.isoformat(), 40, 0)
    assert told["stayed"] == sum(count for (before, after), count in moved.items() if before == after)
    between = asked(ask, "groups/movement", tag="orders_total", day="2026-02-28", until="2026-03-31").json()
    states = [state["value"] for state in between["states"]]
    later: Counter[str] = Counter()
    for flow in between["flows"]:
        later[states[flow["after"]]] += flow["customers"]
    earlier: Counter[str] = Counter()
    for (name, _), count in moved.items():
        earlier[name] += count
    assert later == earlier, "where the one movement ends the other begins"
    assert (between["day"], between["until"]) == ("2026-02-28", "2026-03-31")
    to_come = asked(ask, "groups/movement", tag="orders_total", day="2026-03-31", until="2026-07-01").json()
    assert to_come["code"] == "groups.day_to_come"
    late = asked(ask, "groups/movement", tag="orders_total", day="2026-07-01").json()
    assert late["code"] == "groups.day_not_past"
    assert (
        asked(ask, "groups/movement", tag="preferred_brands", day="2026-03-31").json()["code"] == "group.movement_list"
    )


def test_a_list_is_brought_named_in_a_rule_and_taken_away(shop: Workspace, program: Program) -> None:
    ask = program("rules:write", "crowd:read", role="analyst")
    named = [one["phone"] for one in PEOPLE[:6]]
    people = [*named, " ", f"+86 {named[0][:3]} {named[0][3:]}", "13999999999"]
    told = asked(ask, "lists", people=people, zh="春季名单", en="Spring fair")
    assert told.status_code == 201
    kept = told.json()
    assert (kept["lines"], kept["customers"], kept["unknown"], kept["several"]) == (8, 6, 1, 0)
    assert ask.get("/api/v1/lists").json()["lists"] == [kept]
    rule = f"{kept['text']} and orders_total > 1"
    counted = asked(ask, "rules/evaluate", rule=rule).json()
    assert counted["customers"] == sum(len(one["orders"]) > 1 for one in PEOPLE[:6])
    assert asked(ask, "lists", people=named, zh="春季名单").json()["code"] == "list.name_taken"
    assert asked(ask, "lists", people=["13999999999"], zh="别的").json()["code"] == "list.lines_name_no_customer"
    store = program("rules:write", role="analyst", stores=("S1",))
    assert asked(store, "lists", people=named, zh="别的").json()["code"] == "list.scope"
    assert ask.delete(f"/api/v1/lists/{kept['key']}").status_code == 204
    assert ask.get("/api/v1/lists").json()["lists"] == []
    assert ask.delete(f"/api/v1/lists/{kept['key']}").status_code == 404
