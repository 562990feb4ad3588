"""What needs no judging comes out as if everybody had been judged one by one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huaxiang.model.identity import identity_rules
from huaxiang.prepare.unify import outcome
from huaxiang.prepare.unify.candidates import Candidates
from huaxiang.prepare.unify.records import LINK_TYPES, Likely, Shared
from huaxiang.prepare.unify.rulings import DecisionKind, Ruling, verdict
from huaxiang.prepare.unify.webs import Told, carried

RULES = identity_rules()
KEYS = [f"{space}:{at}" for space in ("member_no", "openid", "shop_account", "device_id", "phone") for at in range(4)]
VALUES = [("phone", f"1371111222{at}") for at in range(5)] + [
    *(("openid", f"oX1aB2c3D4e5F{at}") for at in range(3)),
    *(("device_id", f"3f2a9c1e-77a{at}") for at in range(3)),
    *(("coupon", f"YHQA0000000000{at}") for at in range(2)),
    ("phone", "13800000000"),
]
SILENT = dict.fromkeys(("person_name", "gender", "birth_date", "address"))
STAFF = frozenset({"13711112224"})
_ACCOUNT = st.fixed_dictionaries(
    {
        "person_name": st.sampled_from([None, None, "王芳", "王", "李四"]),
        "gender": st.sampled_from([None, None, None, "female", "male"]),
        "birth_date": st.sampled_from([None, None, None, date(1990, 1, 1), date(1991, 1, 1)]),
        "address": st.sampled_from([None, "幸福里1号2单元301室"]),
        "age": st.integers(1, 5),
        "cards": st.lists(st.sampled_from(["A1", "A2"]), max_size=1),
    }
)
_USE = st.tuples(st.sampled_from(VALUES), st.integers(0, 99), *(st.sampled_from([True, True, True, False]),) * 3)


_DECISIONS: list[DecisionKind] = ["merge", "split", "never_same"]
Uses = dict[tuple[str, str], dict[str, tuple[bool, ...]]]


@st.composite
def matters(draw: st.DrawFn) -> tuple[Candidates, outcome.Matter]:
    """Draw accounts and what they use, decisions about some of them and pairs that are probably one."""
    people = draw(st.dictionaries(st.sampled_from(KEYS), _ACCOUNT, min_size=2))
    keys = sorted(people)
    uses: Uses = defaultdict(dict)
    for value, at, *flags in draw(st.lists(_USE, max_size=30)):
        uses[value][keys[at % len(keys)]] = tuple(flags)
    pairs = st.lists(st.tuples(st.sampled_from(keys), st.sampled_from(keys)), max_size=2)
    likely = [Likely(min(pair), max(pair), 0.99) for pair in draw(pairs) if len(set(pair)) == 2]
    sides = draw(st.lists(st.tuples(st.sampled_from(_DECISIONS), pairs), max_size=1))
    rulings = [Ruling(1, kind, (one,), (other,)) for kind, ends in sides for one, other in ends[:1] if one != other]
    told = Told(_uses(uses), _traits(people, uses), _exclusive(people))
    return Candidates(told, 50, {}), outcome.Matter(RULES, STAFF, verdict(rulings), likely)


def _uses(uses: Uses) -> pa.Table:
    rows = [
        {
            "identifier_type": kind,
            "identifier_value": value,
            "account_key": key,
            "account_count": len(by),
            "trusted_count": sum(flags[2] for flags in by.values()),
            "first_day": None,
            "last_day": None,
            "is_verified": verified and trusted,
            "is_hashed": not clear,
            "is_trusted": trusted,
        }
        for (kind, value), by in sorted(uses.items())
        if len(by) > 1
        for key, (verified, clear, trusted) in sorted(by.items())
    ]
    kinds = dict.fromkeys(("identifier_type", "identifier_value", "account_key"), pa.string())
    kinds |= dict.fromkeys(("account_count", "trusted_count"), pa.int64())
    kinds |= dict.fromkeys(("is_verified", "is_hashed", "is_trusted"), pa.bool_())
    kinds |= dict.fromkeys(("first_day", "last_day"), pa.date32())
    return pa.Table.from_pylist(rows, pa.schema(list(kinds.items())))


def _traits(people: dict[str, dict[str, Any]], uses: Uses) -> pa.Table:
    def shown(key: str, kind: str) -> int:
        return sum(key in by for (of, _), by in uses.items() if of == kind)

    columns: dict[str, list[Any]] = {
        "account_key": list(people),
        "namespace": [key.split(":")[0] for key in people],
        **{name: [one[name] for one in people.values()] for name in ("person_name", "gender", "birth_date", "address")},
        "first_known_at": [datetime(2026, 1, one["age"]) for one in people.values()],
        "first_import_id": ["import-1"] * len(people),
        **{carried(kind): [shown(key, kind) for key in people] for kind in RULES.carried},
    }
    kinds = {"birth_date": pa.date32(), "first_known_at": pa.timestamp("us")}
    kinds |= {carried(kind): pa.int64() for kind in RULES.carried}
    return pa.table({name: pa.array(cells, kinds.get(name, pa.string())) for name, cells in columns.items()})


def _exclusive(people: dict[str, dict[str, Any]]) -> pa.Table:
    found = [(key, "id_card", card) for key, one in people.items() for card in one["cards"]]
    names = ("account_key", "identifier_type", "identifier_value")
    columns = list(zip(*found, strict=True)) or [()] * 3
    return pa.table([pa.array(column, pa.string()) for column in columns], names)


def answer(found: outcome.Outcome) -> tuple[object, ...]:
    """Return what came out, founders in the order of their accounts."""
    founders = found.founders.sort_by("account_key").to_pylist()
    return found.links.to_pylist(), found.holds, founders, found.unconfirmed.to_pylist()


@settings(max_examples=400, deadline=None)
@given(matter=matters())
def test_in_bulk_it_is_the_same_as_one_by_one(matter: tuple[Candidates, outcome.Matter]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        in_bulk = outcome.joined(*matter)
        patched.setattr(outcome, "plain_webs", lambda _told, found, *_: np.zeros(found.web.max(initial=-1) + 1, bool))
        assert answer(in_bulk) == answer(outcome.joined(*matter))


def test_who_was_vouched_for_may_carry_what_a_third_one_does_not() -> None:
    every = (True,) * 3
    uses: Uses = {
        VALUES[0]: {"member_no:0": every, "shop_account:0": every, "shop_account:1": every},
        ("openid", "oX1aB2c3D4e5F0"): {"member_no:0": every, "shop_account:0": every},
        ("device_id", "3f2a9c1e-77a0"): {"shop_account:0": every},
        ("device_id", "3f2a9c1e-77a1"): {"shop_account:1": every},
    }
    nobody: dict[str, Any] = {
        "person_name": None,
        "gender": None,
        "birth_date": None,
        "address": None,
        "age": 1,
        "cards": [],
    }
    people = {"member_no:0": {**nobody, "person_name": "王芳"}, "shop_account:0": nobody, "shop_account:1": nobody}
    told = Told(_uses(uses), _traits(people, uses), _exclusive(people))
    found = outcome.joined(Candidates(told, 50, {}), outcome.Matter(RULES, STAFF, verdict([]), []))
    assert {held.reason for held in found.holds} == {"stranger"}
    assert "shop_account:1" not in found.founders.column("account_key").to_pylist()


def test_what_is_plain_is_never_made_into_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    uses: Uses = {VALUES[0]: {"member_no:0": (True,) * 3, "shop_account:0": (True,) * 3}}
    one: dict[str, Any] = {
        "person_name": "王芳",
        "gender": None,
        "birth_date": None,
        "address": None,
        "age": 1,
        "cards": [],
    }
    people = {"member_no:0": one, "shop_account:0": {**one, "age": 2}}
    told = Told(_uses(uses), _traits(people, uses), _exclusive(people))

    def never(rows: pa.Table) -> list[Shared]:
        assert rows.num_rows == 0
        return []

    monkeypatch.setattr(outcome, "shared_values", never)
    found = outcome.joined(Candidates(told, 50, {}), outcome.Matter(RULES, STAFF, verdict([]), []))
    assert found.links.select(["account_key_a", "account_key_b", "rule"]).to_pylist() == [
        {"account_key_a": "member_no:0", "account_key_b": "shop_account:0", "rule": "shared_value"}
    ]
    assert found.links.schema.names == list(LINK_TYPES)
