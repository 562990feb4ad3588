"""Names cut to a surname, second numbers of one person, and relatives on one phone."""

from datetime import date

import pytest
from tests.prepare.unify.people import Row, bench, customers, joined, person, reasons, shared

from huaxiang.prepare.unify.join import NOTHING, join
from huaxiang.prepare.unify.records import Account, Likely
from huaxiang.prepare.unify.same_name import may_be_one, one_name_each

PHONE, OTHER = "13711112222", "13711113333"
BORN, HOME = date(1990, 5, 1), "深圳市 人民路12号阳光花园3栋1201室"


def names(*given: str) -> dict[str, str | None]:
    """Return which name stands for which of the given ones."""
    return one_name_each([person(f"openid:o{at}", name) for at, name in enumerate(given)])


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("王芳", "王"), {"王芳": "王", "王": "王"}),
        (("王芳", "李"), {"王芳": "王芳", "李": "李"}),
        (("王芳", "王伟", "王"), {"王芳": "王芳", "王伟": "王伟", "王": None}),
        (("欧阳修", "欧阳"), {"欧阳修": "欧阳", "欧阳": "欧阳"}),
        # Not a surname: a name of its own.
        (("芳芳", "芳"), {"芳芳": "芳芳", "芳": "芳"}),
        (("smith", "smithson"), {"smith": "smith", "smithson": "smithson"}),
    ],
)
def test_a_surname_is_short_for_the_only_name_with_it(given: tuple[str, ...], found: dict[str, str | None]) -> None:
    assert names(*given) == found
    assert may_be_one(given) == (len(set(found.values())) == 1)


def on_phone(*people: Account, value: str = PHONE) -> list[Row]:
    """Return verified uses of one phone."""
    return [(one.key, "phone", value, True) for one in people]


def test_a_parcel_for_ms_wang_joins_wang_fang_but_not_one_of_two_wangs() -> None:
    card, order, son = person("member_no:M1", "王芳"), person("shop_account:A", "王"), person("openid:o1", "王伟")
    assert customers([card, order], joined([card, order], on_phone(card, order))) == {frozenset({card.key, order.key})}
    three = joined([card, order, son], on_phone(card, order, son))
    assert len(customers([card, order, son], three)) == 3
    assert reasons(three) == {PHONE: "other_name"}


def card(number: int, name: str | None, gender: str | None, born: date | None, home: str | None = HOME) -> Account:
    """Return a member."""
    return person(f"member_no:M{number}", name, gender, born)._replace(address=home)


def test_two_cards_with_one_birth_date_and_home_are_one_person_who_registered_again() -> None:
    people = [card(1, "王芳", "female", BORN), card(2, "王", "female", BORN)]
    found = joined(people, on_phone(*people))
    assert customers(people, found) == {frozenset({"member_no:M1", "member_no:M2"})}


@pytest.mark.parametrize(
    "second",
    [
        card(2, "王芳", "female", None), card(2, "王芳", "female", date(1990, 5, 2)), card(2, "李四", "female", BORN),
        card(2, None, "female", BORN), card(2, "王芳", "male", BORN), card(2, "王芳", "female", BORN, None),
        card(2, "王芳", "female", BORN, "深圳市 和平路9号紫荆园2栋305室"),
    ],
)  # fmt: skip
def test_two_cards_stay_two_where_a_fact_differs_or_is_missing(second: Account) -> None:
    people = [card(1, "王芳", "female", BORN), second]
    found = joined(people, on_phone(*people))
    assert len(customers(people, found)) == 2
    assert found.holds


def test_without_a_value_in_common_two_cards_stay_two_whatever_they_show() -> None:
    people = [card(1, "王芳", "female", BORN), card(2, "王芳", "female", BORN)]
    assert joined(people, []).links == []


def test_a_second_card_that_cannot_be_told_leaves_the_first_one_with_its_shop_account() -> None:
    people = [person("member_no:M1", "王芳"), person("shop_account:A", "王芳"), person("member_no:M2", "王")]
    found = joined(people, on_phone(*people))
    assert customers(people, found) == {frozenset({"member_no:M1", "shop_account:A"}), frozenset({"member_no:M2"})}


def family(*, carries: bool) -> tuple[list[Account], list[Row]]:
    """Return a named account, and one on the same phone that says no name; both show a device where they carry one."""
    named, silent = person("shop_account:A", "王芳"), person("shop_account:B")
    kinds = frozenset({"device_id"}) if carries else frozenset[str]()
    people = [one._replace(carries=kinds) for one in (named, silent)]
    return people, on_phone(*people)


def test_an_account_without_a_name_on_another_device_is_asked_about() -> None:
    people, rows = family(carries=True)
    found = joined(people, rows)
    assert found.links == []
    assert reasons(found) == {PHONE: "stranger"}
    likely = join(shared(rows), bench(people), NOTHING, [Likely("shop_account:A", "shop_account:B", 0.999)])
    assert likely.links == []
    assert {held.reason for held in likely.holds} == {"stranger"}


def test_without_a_device_of_its_own_nothing_speaks_against_it() -> None:
    people, rows = family(carries=False)
    assert len(joined(people, rows).links) == 1


@pytest.mark.parametrize("more", [("device_id", "3f2a9c1e-77aa"), ("openid", "oX1aB2c3D4e5F6"), ("phone", OTHER)])
def test_anything_else_in_common_vouches_for_it(more: tuple[str, str]) -> None:
    people, rows = family(carries=True)
    found = joined(people, [*rows, *((one.key, *more, True) for one in people)])
    assert len(customers(people, found)) == 1


def test_a_value_that_relatives_do_not_share_needs_no_voucher() -> None:
    people, _ = family(carries=True)
    found = joined(people, [(one.key, "openid", "oX1aB2c3D4e5F6", True) for one in people])
    assert len(found.links) == 1


def carrying(one: Account, *kinds: str) -> Account:
    """Return the account as one that shows things of these types, other ones than the other accounts."""
    return one._replace(carries=frozenset(kinds))


def test_two_silent_accounts_on_other_devices_show_that_several_use_the_phone() -> None:
    named = person("member_no:M1", "王芳")
    silent = [carrying(person(f"shop_account:{letter}"), "device_id") for letter in "AB"]
    people = [named, *silent, person("shop_account:C")]
    found = joined(people, on_phone(*people))
    assert found.links == []
    assert reasons(found) == {PHONE: "stranger"}


def test_on_a_phone_with_two_names_likeness_gives_a_silent_account_to_neither() -> None:
    people = [person("member_no:M1", "王芳"), person("member_no:M2", "李勇"), person("phone:till:1")]
    likely = [Likely("member_no:M1", "phone:till:1", 0.9995), Likely("member_no:M2", "phone:till:1", 0.9995)]
    found = join(shared(on_phone(*people)), bench(people), NOTHING, likely)
    assert found.links == []
    assert {held.reason for held in found.holds} == {"other_name", "stranger"}


def test_a_silent_account_known_by_its_openid_brings_no_other_name_to_its_customer() -> None:
    wang, li, silent = person("member_no:M1", "王芳"), person("shop_account:L", "李"), person("shop_account:S")
    known = [(one.key, "openid", "oX1aB2c3D4e5F6", True) for one in (wang, silent)]
    rows = [*known, *on_phone(wang, li, silent)]
    found = join(shared(rows), bench([wang, li, silent]), NOTHING, [Likely(li.key, silent.key, 0.9995)])
    assert customers([wang, li, silent], found) == {frozenset({wang.key, silent.key}), frozenset({li.key})}


def test_a_stranger_on_a_phone_that_nobody_verified_is_given_to_nobody_by_likeness() -> None:
    """That no use is verified is no reason to believe more."""
    wang, again = person("openid:o1", "王小明"), person("member_no:M1", "王小明")
    silent = carrying(person("openid:o2"), "device_id")
    people = [carrying(wang, "device_id"), again, silent]
    for verified in (True, False):
        rows = [(one.key, "phone", PHONE, verified) for one in people]
        found = join(shared(rows), bench(people), NOTHING, [Likely(again.key, silent.key, 0.999)])
        assert {link.account_key_b for link in found.links}.isdisjoint({silent.key}), verified
        assert {link.account_key_a for link in found.links}.isdisjoint({silent.key}), verified
