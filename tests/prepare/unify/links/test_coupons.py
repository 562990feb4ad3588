"""Coupons: given to one account and used by another, they tell who that is."""

from typing import Any

from tests.prepare.rows import put, read
from tests.prepare.unify.test_unify import identifier

from huaxiang.engine import Engine
from huaxiang.model.identity import identity_rules
from huaxiang.prepare.unify import unify


def given(number: str, key: str) -> dict[str, Any]:
    """Return a row of the table `coupon`."""
    return {"coupon_no": number, "account_key": key}


def used(number: str, key: str, order: int) -> dict[str, Any]:
    """Return a row of the table `orders`."""
    return {"coupon_no": number, "account_key": key, "order_no": str(order)}


def test_only_a_coupon_of_one_holder_and_one_user_joins(engine: Engine) -> None:
    people = ["member_no:M1", "member_no:M2", "shop_account:A", "shop_account:B", "shop_account:C"]
    put(
        engine,
        coupon=[given("YHQ001", "member_no:M1"), given("SPRING", "member_no:M1"), given("SPRING", "member_no:M2"),
                given("YHQ003", "member_no:M2"), given("YHQ004", "member_no:M2")],
        orders=[used("YHQ001", "shop_account:A", 1), used("SPRING", "shop_account:B", 2),
                used("YHQ003", "shop_account:B", 3), used("YHQ003", "shop_account:C", 4),
                used("YHQ004", "member_no:M2", 5)],
        identifier=[identifier(key, value=f"1370000000{at}") for at, key in enumerate(people)],
    )  # fmt: skip
    found = unify(engine, identity_rules(), "salt")
    assert [(row["account_key_a"], row["account_key_b"], row["rule"]) for row in read(engine, found.identity_link)] == [
        ("member_no:M1", "shop_account:A", "coupon_used")
    ]
    assert read(engine, found.identity_hold) == []


def test_a_coupon_passed_on_to_somebody_else_joins_nobody(engine: Engine) -> None:
    put(
        engine,
        coupon=[given("YHQ001", "member_no:M1")],
        orders=[used("YHQ001", "shop_account:A", 1)],
        person_record=[{"account_key": "member_no:M1", "person_name": "王芳"},
                       {"account_key": "shop_account:A", "person_name": "李雷"}],
    )  # fmt: skip
    found = unify(engine, identity_rules(), "salt")
    assert read(engine, found.identity_link) == []
    assert [row["reason"] for row in read(engine, found.identity_hold)] == ["other_name"]
