"""Who lives together: families are found, stay customers of their own, and keep their id."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.prepare.rows import put, read
from tests.prepare.unify.test_unify import identifier, ids

from huaxiang.engine import Engine
from huaxiang.model.identity import identity_rules
from huaxiang.prepare import households, unify
from huaxiang.prepare.household_signs import REASONS, Sign
from huaxiang.prepare.households import _homes

RULES = identity_rules()
PHONE, LANDLINE = "13711112222", "02512345679"
HOME = "南京市解放路24号紫荆园26栋1803室"


def someone(key: str, name: str, **more: Any) -> dict[str, Any]:
    """Return a row of the table `person_record`."""
    return {"account_key": key, "person_name": name, **more}


def lived(engine: Engine) -> list[dict[str, Any]]:
    """Return the rows of the households, with accounts for customers."""
    found = unify(engine, RULES, "salt")
    account_of = {customer: key for key, customer in ids(engine, found).items()}
    rows = read(engine, households(engine, found, RULES, "salt"))
    return [{**row, "customer_id": account_of[row["customer_id"]]} for row in rows]


def together(rows: list[dict[str, Any]]) -> dict[frozenset[str], set[str]]:
    """Return the members of every household, with their reasons."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["household_id"], []).append(row)
    assert all(row["member_count"] == len(home) for home in found.values() for row in home)
    return {frozenset(row["customer_id"] for row in home): {row["reason"] for row in home} for home in found.values()}


def test_a_family_phone_a_landline_and_an_address_make_households(each_engine: Engine) -> None:
    put(
        each_engine,
        person_record=[
            someone("member_no:M1", "张三"), someone("member_no:M2", "李四"),
            someone("member_no:M3", "王小明"), someone("member_no:M4", "赵丽"),
            someone("member_no:M5", "陈大文", city="南京", address="解放路24号 紫荆园26栋1803室"),
            someone("member_no:M6", "陈晓东", address=f"江苏省{HOME}"),
            someone("member_no:M7", "周杰", address=HOME, city="南京市"),
        ],
        identifier=[
            identifier("member_no:M1"), identifier("member_no:M2"),
            identifier("member_no:M3", value=LANDLINE), identifier("member_no:M4", value=LANDLINE),
        ],
    )  # fmt: skip
    rows = lived(each_engine)
    assert together(rows) == {
        frozenset({"member_no:M1", "member_no:M2"}): {"shared_phone"},
        frozenset({"member_no:M3", "member_no:M4"}): {"shared_landline"},
        frozenset({"member_no:M5", "member_no:M6"}): {"same_address"},
    }
    assert all(len(row["household_id"]) == 17 and row["household_id"].startswith("h") for row in rows)


def test_a_name_that_may_be_the_same_person_makes_no_household(engine: Engine) -> None:
    put(
        engine,
        person_record=[someone("member_no:M1", "张女士"), someone("shop_account:A", "张洁"), someone("openid:o1", "")],
        identifier=[identifier(key) for key in ("member_no:M1", "shop_account:A", "openid:o1")],
    )
    assert lived(engine) == []


def test_surnames_are_read_from_a_field_of_their_own_and_from_latin_names(engine: Engine) -> None:
    put(
        engine,
        person_record=[
            someone("member_no:M1", "Anna Smith", city="Leeds", address="12 Mill Lane"),
            someone("member_no:M2", "Bob SMITH", city="Leeds", address="12, Mill Lane"),
            someone("member_no:M3", "Eve Jones", city="Leeds", address="12 Mill Lane"),
            someone("member_no:M4", "Smith", city="Leeds", address="12 Mill Lane"),
            someone("member_no:M5", "Cid of Smith-Town", last_name="Smith", city="Leeds", address="12 mill lane"),
        ],
    )
    assert together(lived(engine)) == {frozenset({"member_no:M1", "member_no:M2", "member_no:M5"}): {"same_address"}}


def test_staff_tests_and_places_of_many_make_no_household(engine: Engine) -> None:
    crowd = [someone(f"member_no:M{at}", f"张{name}", address=HOME) for at, name in enumerate("一二三四五六七")]
    put(
        engine,
        staff=[{"staff_no": "s1", "staff_phone": LANDLINE}],
        person_record=[
            *crowd, someone("shop_account:A", "王五"), someone("shop_account:B", "李四"),
            someone("shop_account:C", "吴六", address="短巷3号", city="南京"),
            someone("shop_account:D", "吴七", address="短巷3号", city="南京"),
            someone("shop_account:E", "郑八"), someone("shop_account:F", "郑九", is_test=True),
        ],
        identifier=[
            *(identifier(f"shop_account:{name}", value=LANDLINE) for name in "AB"),
            *(identifier(f"shop_account:{name}") for name in "EF"),
        ],
    )  # fmt: skip
    assert lived(engine) == []


def test_a_household_keeps_its_id_when_others_join_it_and_customers_keep_theirs(engine: Engine) -> None:
    family = [someone("member_no:M1", "张三"), someone("member_no:M2", "李四")]
    phones = [identifier("member_no:M1"), identifier("member_no:M2")]
    put(engine, person_record=family, identifier=phones)
    before = lived(engine)
    late: dict[str, Any] = {"known_at": datetime(2026, 6, 1), "import_id": "import-0009"}
    put(
        engine,
        person_record=[someone("customer_no:0", "王五", **late), *family],
        identifier=[*phones, identifier("customer_no:0", **late)],
    )
    after = lived(engine)
    assert {row["household_id"] for row in after} == {row["household_id"] for row in before}
    assert {row["customer_id"] for row in after} == {"member_no:M1", "member_no:M2", "customer_no:0"}
    found = unify(engine, RULES, "salt")
    other = read(engine, households(engine, found, RULES, "other salt"))
    assert {row["household_id"] for row in other}.isdisjoint(row["household_id"] for row in before)
    assert len({row["customer_id"] for row in other}) == 3


def test_an_empty_lake_has_no_households(engine: Engine) -> None:
    assert lived(engine) == []


@given(
    found=st.lists(
        st.builds(Sign, st.sampled_from(REASONS), st.frozensets(st.sampled_from("abcdefghij"), min_size=2, max_size=4)),
        max_size=8,
    ),
    data=st.data(),
)
def test_households_are_apart_never_too_large_and_the_same_in_any_order(found: list[Sign], data: st.DataObject) -> None:
    homes = _homes(found, 6)
    assert _homes(data.draw(st.permutations(found)), 6) == homes
    assert all(2 <= len(home) <= 6 for home in homes)
    assert sum(map(len, homes)) == len({member for home in homes for member in home})
    joined = {member for home in homes for member in home}
    # A sign of the strongest kind is passed over only where all of that kind would make too many together.
    alone = [sign for sign in found if sign.reason == REASONS[0]]
    if sum(len(sign.customers) for sign in alone) <= 6:
        assert all(any(sign.customers <= home for home in homes) for sign in alone)
        assert all(sign.customers <= joined for sign in alone)
