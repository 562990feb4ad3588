"""Who becomes one customer: the cases that went wrong elsewhere, one by one."""

from datetime import date

import pytest
from tests.prepare.unify.people import bench, customers, joined, person, reasons, shared

from huaxiang.prepare.unify.join import join
from huaxiang.prepare.unify.records import Likely

PHONE, OTHER = "13711112222", "13711113333"


def phone(key: str, value: str = PHONE, *, verified: bool = True) -> tuple[str, str, str, bool]:
    """Return the use of a phone."""
    return (key, "phone", value, verified)


def test_one_verified_side_is_enough_and_none_is_not() -> None:
    people = [person("member_no:M1", "张三"), person("openid:o1")]
    one = joined(people, [phone("member_no:M1"), phone("openid:o1", verified=False)])
    none = joined(people, [phone("member_no:M1", verified=False), phone("openid:o1", verified=False)])
    assert customers(people, one) == {frozenset({"member_no:M1", "openid:o1"})}
    assert len(customers(people, none)) == 2
    assert reasons(none) == {PHONE: "unverified"}


def test_the_founder_is_the_account_known_first() -> None:
    people = [person("shop_account:A"), person("member_no:M1")._replace(age=("2027", "import-0009", "member_no:M1"))]
    found = joined(people, [phone("shop_account:A"), phone("member_no:M1")])
    assert set(found.founders.values()) == {"shop_account:A"}


def test_a_family_phone_joins_each_name_with_itself_only() -> None:
    people = [
        person("member_no:M1", "张三"),
        person("phone:tickets:x|张三", "张三"),
        person("member_no:M2", "李四"),
        person("openid:o1"),
    ]
    found = joined(people, [phone(one.key) for one in people])
    assert customers(people, found) == {
        frozenset({"member_no:M1", "phone:tickets:x|张三"}), frozenset({"member_no:M2"}), frozenset({"openid:o1"}),
    }  # fmt: skip
    assert reasons(found) == {PHONE: "other_name"}
    assert found.holds[0].account_count == 4
    assert found.holds[0].account_keys == ", ".join(sorted(one.key for one in people))


def test_different_gender_or_birth_date_is_held() -> None:
    for trait in ({"gender": "male"}, {"born": date(1990, 1, 1)}):
        other = {"gender": "female"} if "gender" in trait else {"born": date(1991, 1, 1)}
        people = [person("member_no:M1", "张三", **trait), person("shop_account:A", "张三", **other)]
        found = joined(people, [phone(one.key) for one in people])
        assert found.links == []
        assert reasons(found) == {PHONE: "contradiction"}


def test_two_member_numbers_never_become_one_customer() -> None:
    people = [person("member_no:M1", "张三"), person("member_no:M2", "张三")]
    for kind, value in (("phone", PHONE), ("email", "zhang@qq.com"), ("openid", "oX1aB2c3D4e5F6")):
        found = joined(people, [(one.key, kind, value, True) for one in people])
        assert found.links == []
        assert reasons(found) == {value: "two_accounts_one_source"}


def test_a_staff_phone_joins_nobody() -> None:
    people = [person("member_no:M1"), person("openid:o1")]
    found = joined(people, [phone(one.key) for one in people], staff=[PHONE])
    assert found.links == []
    assert reasons(found) == {PHONE: "staff_phone"}


def test_the_sixth_person_on_a_phone_splits_the_five_again() -> None:
    people = [person(f"openid:o{number}") for number in range(6)]
    five = joined(people[:5], [phone(one.key) for one in people[:5]])
    six = joined(people, [phone(one.key) for one in people])
    assert len(customers(people[:5], five)) == 1
    assert len(customers(people, six)) == 6
    assert reasons(six) == {PHONE: "over_shared"}


def test_one_name_on_many_records_is_one_person() -> None:
    people = [person(f"phone:source{number}:x|张三", "张三") for number in range(8)]
    assert len(customers(people, joined(people, [phone(one.key) for one in people]))) == 1


def test_a_value_on_too_many_accounts_is_retired_whatever_the_names() -> None:
    people = [person(f"phone:source{number}:x|张三", "张三") for number in range(51)]
    found = joined(people, [phone(one.key) for one in people])
    assert found.links == []
    assert reasons(found) == {PHONE: "over_shared"}
    assert len(found.holds[0].account_keys.split(", ")) == 20


def test_a_nameless_account_is_no_bridge_between_two_people() -> None:
    people = [person("member_no:M1", "张三"), person("member_no:M2", "李四"), person("openid:o1"), person("openid:o2")]
    rows = [
        phone("member_no:M1"), phone("openid:o1"), phone("openid:o1", OTHER), phone("member_no:M2", OTHER),
        ("openid:o2", "openid", "oX1aB2c3", True), ("member_no:M2", "openid", "oX1aB2c3", False),
    ]  # fmt: skip
    found = joined(people, rows)
    assert customers(people, found) == {
        frozenset({"member_no:M1"}), frozenset({"member_no:M2", "openid:o2"}), frozenset({"openid:o1"}),
    }  # fmt: skip
    assert set(reasons(found)) == {PHONE, OTHER}


def test_a_bridge_keeps_the_side_that_it_verified() -> None:
    people = [person("member_no:M1", "张三"), person("member_no:M2", "李四"), person("shop_account:A")]
    receiver = phone("shop_account:A", OTHER, verified=False)
    found = joined(people, [phone("member_no:M1"), phone("shop_account:A"), receiver, phone("member_no:M2", OTHER)])
    assert customers(people, found) == {frozenset({"member_no:M1", "shop_account:A"}), frozenset({"member_no:M2"})}
    assert set(reasons(found)) == {OTHER}


def test_a_chain_of_equal_names_does_not_join_two_members() -> None:
    people = [person("member_no:M1", "张三"), person("member_no:M2", "张三"), person("shop_account:A", "张三")]
    rows = [
        phone("member_no:M1"),
        phone("shop_account:A"),
        phone("shop_account:A", OTHER),
        phone("member_no:M2", OTHER),
    ]
    found = joined(people, rows)
    assert len(customers(people, found)) == 3
    assert set(reasons(found).values()) == {"two_accounts_one_source"}


def test_a_customer_has_at_most_ten_phones() -> None:
    people = [person(f"phone:s{number}:x|张三", "张三") for number in range(12)]
    rows = [phone(people[at].key, f"137111122{at + offset:02}") for at in range(12) for offset in (0, 1)]
    largest = max(map(len, customers(people[:11], joined(people[:11], rows[:22]))))
    assert largest == 11
    assert len(customers(people, joined(people, rows))) == 12


def test_a_device_goes_to_the_only_customer_who_used_it() -> None:
    people = [person("device_id:d1"), person("shop_account:A"), person("member_no:M1"), person("shop_account:B")]
    devices = [(one.key, "device_id", "3f2a9c1e-77aa", False) for one in people]
    same = [phone("shop_account:A"), phone("member_no:M1")]
    one = joined(people[:3], [*devices[:3], *same])
    two = joined(people, [*devices, *same])
    assert customers(people[:3], one) == {frozenset({"device_id:d1", "shop_account:A", "member_no:M1"})}
    assert set(one.founders.values()) == {"member_no:M1"}
    assert frozenset({"device_id:d1"}) in customers(people, two)
    assert reasons(two) == {"3f2a9c1e-77aa": "over_shared"}


def test_a_device_never_joins_two_accounts() -> None:
    people = [person("shop_account:A"), person("shop_account:B")]
    assert joined(people, [(one.key, "device_id", "3f2a9c1e-77aa", True) for one in people]) == ([], [], {})


def test_every_link_says_which_value_and_how_sure() -> None:
    people = [person("member_no:M1", "张三"), person("openid:o1"), person("shop_account:A")]
    rows = [phone("openid:o1", verified=False), phone("member_no:M1"), phone("shop_account:A")]
    links = joined(people, rows).links
    assert [(link.account_key_a, link.account_key_b, link.is_verified) for link in links] == [
        ("member_no:M1", "openid:o1", False),
        ("member_no:M1", "shop_account:A", True),
    ]
    assert {(link.identifier_type, link.identifier_value, link.rule) for link in links} == {
        ("phone", PHONE, "shared_value")
    }


@pytest.mark.parametrize(
    ("others", "probability", "reason"),
    [
        (("shop_account:A", "openid:o2"), 0.999, "weak_bridge"),
        (("shop_account:A", "openid:o2"), 0.99995, None),
        # One account, and one with nothing but the value that it came with, are no group.
        (("shop_account:A",), 0.999, None),
        (("shop_account:A", "phone:till:1"), 0.999, None),
    ],
)
def test_likeness_joins_two_groups_only_when_it_is_very_sure(
    others: tuple[str, ...], probability: float, reason: str | None
) -> None:
    member, follower, *more = people = [person(key) for key in ("member_no:M1", "openid:o1", *others)]
    rows = [(one.key, "phone", PHONE, True) for one in (member, follower)]
    rows += [(one.key, "phone", OTHER, True) for one in more]
    likely = [Likely(follower.key, "shop_account:A", probability)]
    found = join(shared(rows if others[1:] else rows[:2]), bench(people), likely=likely)
    assert [held.reason for held in found.holds] == ([reason] if reason else [])
    assert len(customers(people, found)) == (2 if reason else 1)
