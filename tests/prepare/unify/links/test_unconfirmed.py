"""Accounts that one phone or e-mail alone joins: marked as such, until anything else ties them to the others."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from tests.prepare.rows import put, read
from tests.prepare.unify.test_plain import matters
from tests.prepare.unify.test_unify import PHONE, identifier

from huaxiang.engine import Engine
from huaxiang.model.identity import identity_rules
from huaxiang.prepare.unify import outcome, unify
from huaxiang.prepare.unify.candidates import Candidates

_WORTHLESS = {"placeholder", "staff_phone", "over_shared", "learned_placeholder", "operator_phone"}
_OF_VALUES = ("device_id", "phone", "email")
Value = tuple[str, str]
Row = tuple[str, str, str, str, bool]


def naive(found: Candidates, matter: outcome.Matter, made: outcome.Outcome) -> set[Row]:
    """Return the rows in the plainest way: without each value in turn, which accounts of a customer still hang
    together, pair by pair?"""
    people = {row["account_key"]: row for row in found.told.traits.to_pylist()}
    worthless = {held[:2] for held in made.holds if held.reason in _WORTHLESS}
    users: defaultdict[Value, set[str]] = defaultdict(set)
    for use in found.told.uses.to_pylist():
        users[use["identifier_type"], use["identifier_value"]].add(use["account_key"])
    useful = {value: by for value, by in users.items() if value not in worthless}
    decided, alike = (
        [
            {row["account_key_a"], row["account_key_b"]}
            for row in made.links.to_pylist()
            if row["identifier_type"] == kind
        ]
        for kind in ("decision", "likeness")
    )

    def is_tied(one: str, other: str, without: Value) -> bool:
        a, b, persons = people[one], people[other], matter.decided.persons
        return (
            {one, other} in decided
            or ({one, other} in alike and not {one, other} <= users[without])
            or any({one, other} <= by for value, by in useful.items() if value != without)
            or (is_whole(a["person_name"]) and is_whole(b["person_name"]))
            or (a["birth_date"] is not None and a["birth_date"] == b["birth_date"])
            or bool(persons.get(one) and persons.get(one) == persons.get(other))
        )

    rows: set[Row] = set()
    for keys in customers(made):
        for value in (value for value, by in useful.items() if value[0] in ("phone", "email") and len(by & keys) > 1):
            rows |= parts_without(value, keys, people, is_tied)
    return rows


def is_whole(name: str | None) -> bool:
    """Whether it is a name that is more than the surname 王."""
    return bool(name) and name != "王"


def customers(made: outcome.Outcome) -> list[set[str]]:
    """Return the accounts of every customer that has several."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for row in made.founders.to_pylist():
        groups[row["founder"]].add(row["account_key"])
    return list(groups.values())


def parts_without(value: Value, keys: set[str], people: dict[str, Any], is_tied: Any) -> set[Row]:
    """Return the rows of one customer for one value."""
    parts = [{key} for key in sorted(keys)]
    for one, other in combinations(sorted(keys), 2):
        here, there = (next(part for part in parts if key in part) for key in (one, other))
        if here is not there and is_tied(one, other, value):
            parts.remove(there)
            here |= there
    said = {key for key in keys if is_whole(people[key]["person_name"])}
    parts = [part - {key for key in part - said if people[key]["namespace"] == value[0]} for part in parts]
    parts = [part for part in parts if part]
    if not parts:
        return set()  # nothing but accounts that are the value itself
    stays = min(parts, key=lambda part: (not part & said, -len(part), min(part)))
    asked = {key for key in keys - said if people[key]["namespace"] not in _OF_VALUES}
    return {
        (key, min(part), *value, bool(said)) for part in parts if part is not stays and part & asked for key in part
    }


@settings(max_examples=100, deadline=None)
@given(matter=matters())
def test_it_equals_taking_every_value_away_in_turn(matter: tuple[Candidates, outcome.Matter]) -> None:
    made = outcome.joined(*matter)
    rows = [tuple(row.values()) for row in made.unconfirmed.to_pylist()]
    assert rows == sorted(rows)
    assert set(rows) == naive(*matter, made)
    assert len(set(rows)) == len(rows)


NAMED, SILENT = "member_no:M1", "shop_account:A"
Facts = dict[str, list[dict[str, Any]]]


@pytest.mark.parametrize(
    ("more", "parts"),
    [
        ({}, {SILENT}),
        ({"person_record": [{"account_key": SILENT, "person_name": "张三"}]}, set()),
        ({"person_record": [{"account_key": SILENT, "person_name": "张女士"}]}, {SILENT}),
        ({"identifier": [identifier(key, "email", "zhang@qq.com") for key in (NAMED, SILENT)]}, set()),
        ({"identifier": [identifier(key, "device_id", "3f2a9c1e-77a0") for key in (NAMED, SILENT)]}, set()),
        ({"identifier": [identifier(SILENT, "openid", "oX1aB2c3D4e5F6g7")], "orders": [
            {"order_no": "1", "account_key": SILENT}]}, {SILENT}),
        ({"identifier": [identifier(SILENT, "email", "li@qq.com"), identifier("user_id:U", "email", "li@qq.com")]},
         {SILENT, "user_id:U"}),
        ({"person_record": [{"account_key": key, "birth_date": date(1990, 1, 1)} for key in (NAMED, SILENT)]}, set()),
    ],
)  # fmt: skip
def test_a_phone_alone_is_not_confirmed_and_anything_else_confirms_it(
    engine: Engine, more: Facts, parts: set[str]
) -> None:
    people = [{"account_key": NAMED, "person_name": "张三"}, *more.get("person_record", [])]
    rows = [*(identifier(key) for key in (NAMED, SILENT)), *more.get("identifier", [])]
    put(engine, person_record=people, identifier=rows, orders=more.get("orders", []))
    found = read(engine, unify(engine, identity_rules(), "salt").identity_unconfirmed)
    by_phone = [row for row in found if row["identifier_type"] == "phone"]
    assert {row["account_key"] for row in by_phone} == parts
    assert all((row["part_key"], row["identifier_value"]) == (SILENT, PHONE) for row in by_phone)
    assert all(row["rest_is_named"] and row["customer_id"] for row in by_phone)
