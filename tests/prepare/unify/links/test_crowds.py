"""Values that crowds use: learned placeholders, what an operator types for customers, and all others."""

from typing import Any

import pytest
from tests.prepare.rows import put
from tests.prepare.unify.test_unify import identifier

from huaxiang.engine import Engine
from huaxiang.model.identity import identity_rules
from huaxiang.prepare.unify import unify

RULES = identity_rules()
CROWD = "13511112222"


def people(names: list[str]) -> dict[str, Any]:
    """Return accounts with these names on one phone, beside thirty who have a phone each."""
    others = [identifier(f"openid:x{at}", value=f"137111122{at:02}") for at in range(30)]
    keys = [f"shop_account:a{at:02}" for at in range(len(names))]
    return {
        "identifier": [*(identifier(key, value=CROWD) for key in keys), *others],
        "person_record": [
            {"account_key": key, "person_name": name} for key, name in zip(keys, names, strict=True) if name
        ],
    }


def orders(count: int, staff: dict[int, str], store: str = "S1") -> list[dict[str, Any]]:
    """Return an order of each account, written by somebody."""
    return [
        {"order_no": str(at), "account_key": f"shop_account:a{at:02}", "staff_no": staff.get(at), "store_no": store}
        for at in range(count)
    ]


def held(engine: Engine) -> tuple[str, int, str]:
    """Return the reason, the accounts and the detail of the only hold; nothing is linked."""
    found = unify(engine, RULES, "salt")
    assert found.links == []
    (one,) = found.holds
    return one.reason, one.account_count, one.detail


@pytest.mark.parametrize(
    ("names", "reason", "detail"),
    [
        ([f"客人{at:02}" for at in range(12)], "learned_placeholder", "12"),
        # Ten accounts are no more than ten times the usual one.
        ([f"客人{at:02}" for at in range(10)], "over_shared", ""),
        # Eight of ten is the least share of names of their own: 10 of 12 are enough, 9 of 12 are not.
        (["张三", "张三", "李四", "李四", *(f"客人{at}" for at in range(8))], "learned_placeholder", "10"),
        (["张三", "张三", "李四", "李四", "王五", "王五", *(f"客人{at}" for at in range(6))], "over_shared", ""),
        # Somebody who owns three of twelve accounts may own the phone.
        (["张三", "张三", "张三", *(f"客人{at}" for at in range(9))], "over_shared", ""),
        # Without names nobody can tell.
        ([""] * 12, "over_shared", ""),
    ],
)
def test_the_shape_of_the_names_decides(engine: Engine, names: list[str], reason: str, detail: str) -> None:
    put(engine, **people(names))
    assert held(engine) == (reason, len(names), detail)


def test_what_one_operator_wrote_for_nearly_all_is_the_operators(engine: Engine) -> None:
    names = [f"客人{at:02}" for at in range(12)]
    by_one = dict.fromkeys(range(11), "YG1") | {11: "YG2"}
    put(engine, **people(names), orders=orders(12, by_one))
    assert held(engine) == ("operator_phone", 12, "12")
    by_two = {at: f"YG{at % 2}" for at in range(12)}
    put(engine, orders=orders(12, by_two))
    assert held(engine)[0] == "learned_placeholder"


def test_the_only_operator_there_is_says_nothing_and_a_store_stands_in_for_operators(engine: Engine) -> None:
    names = [f"客人{at:02}" for at in range(8)]
    put(engine, **people(names), orders=orders(8, {}))
    assert held(engine)[0] == "over_shared"
    elsewhere = {"order_no": "else", "account_key": "openid:x1", "store_no": "S2"}
    put(engine, orders=[*orders(8, {}), elsewhere])
    assert held(engine)[0] == "operator_phone"


def test_a_family_phone_is_neither(engine: Engine) -> None:
    put(engine, **people(["张三", "李四", "王五"]), orders=orders(3, dict.fromkeys(range(3), "YG1")))
    assert held(engine)[0] == "other_name"
