"""Unification over canonical rows in an engine: the tables, the ids, staff, and what later data may not change."""

from datetime import date, datetime
from typing import Any

from tests.prepare.rows import put, read
from tests.prepare.unify.test_placeholders import KNOWN, variants

from huaxiang.engine import Engine
from huaxiang.ledger import Pseudonym
from huaxiang.model.identity import identity_rules
from huaxiang.prepare.unify import Decision, Decisions, Likely, Unified, unify

RULES = identity_rules()
PHONE = "13711112222"


def identifier(
    key: str, kind: str = "phone", value: str = PHONE, *, verified: bool = True, **more: Any
) -> dict[str, Any]:
    """Return a row of the table `identifier`."""
    return {"account_key": key, "identifier_type": kind, "identifier_value": value, "is_verified": verified, **more}


def ids(engine: Engine, found: Unified) -> dict[str, str]:
    """Return the customer id of every account."""
    return {row["account_key"]: row["customer_id"] for row in read(engine, found.account)}


def test_every_account_that_any_row_names_has_one_customer(each_engine: Engine) -> None:
    put(
        each_engine,
        orders=[
            {"order_no": "1", "account_key": "member_no:M1", "occurred_at": datetime(2026, 2, 2)},
            {"order_no": "2"},
        ],
        event=[{"event_no": "1", "account_key": "device_id:d1", "event_family": "web"}],
        referral=[{"account_key": "member_no:M1", "referrer_account_key": "member_no:M2"}],
        person_record=[{"account_key": "member_no:M1", "person_name": " 张 三 先生"}],
    )
    found = unify(each_engine, RULES, "salt")
    accounts = {row["account_key"]: row for row in read(each_engine, found.account)}
    assert set(accounts) == {"member_no:M1", "member_no:M2", "device_id:d1"}
    assert accounts["member_no:M1"]["person_name"] == "张三"
    assert accounts["member_no:M1"]["first_seen_at"] == datetime(2026, 2, 2)
    assert accounts["device_id:d1"]["namespace"] == "device_id"
    customers = read(each_engine, found.customer)
    assert {row["customer_id"] for row in customers} == {row["customer_id"] for row in accounts.values()}
    assert {row["account_count"] for row in customers} == {1}
    assert all(len(row["customer_id"]) == 17 and row["customer_id"].startswith("c") for row in customers)


def test_the_newest_known_traits_decide(engine: Engine) -> None:
    older = {"account_key": "member_no:M1", "source": "a", "person_name": "张三", "gender": "male", "is_test": True}
    newer = {"account_key": "member_no:M1", "source": "b", "person_name": "未知", "birth_date": date(1990, 1, 1)}
    put(engine, person_record=[older, newer | {"known_at": datetime(2026, 5, 1), "gender": "female"}])
    (row,) = read(engine, unify(engine, RULES, "salt").account)
    assert (row["person_name"], row["gender"], row["birth_date"], row["is_test"]) == (
        "张三",
        "female",
        date(1990, 1, 1),
        True,
    )


def test_a_row_with_nothing_but_phone_and_name_has_the_name_of_its_key(engine: Engine) -> None:
    keys = [f"phone:tickets:{PHONE}|张三 女士", f"phone:tickets:{PHONE}|李四", f"phone:till:{PHONE}|", "openid:o|x"]
    put(engine, identifier=[identifier(key) for key in keys])
    found = unify(engine, RULES, "salt")
    names = {row["account_key"]: row["person_name"] for row in read(engine, found.account)}
    assert [names[key] for key in keys] == ["张三", "李四", None, None]
    assert [held.reason for held in found.holds] == ["other_name"]


def test_a_form_of_address_tells_the_gender_where_no_row_states_one(each_engine: Engine) -> None:
    keys = [f"phone:tickets:{PHONE}|王女士", f"email:tickets:{PHONE}|Mr. Smith", f"phone:till:{PHONE}|王老师"]
    told: list[dict[str, Any]] = [
        {"account_key": "member_no:M1", "person_name": "孙权女士", "gender": "male"},
        {"account_key": "member_no:M2", "person_name": "孙权女士"},
        {"account_key": "member_no:M3", "person_name": "孙女士"},
        {"account_key": "member_no:M3", "person_name": "孙尚香", "known_at": datetime(2026, 5, 1)},
    ]
    put(each_engine, identifier=[identifier(key) for key in keys], person_record=told)
    found = unify(each_engine, RULES, "salt")
    genders = {row["account_key"]: row["gender"] for row in read(each_engine, found.account)}
    assert [genders[key] for key in keys] == ["female", "male", None]
    # What is stated counts more, and a title counts beside the name that is used.
    assert [genders[f"member_no:M{number}"] for number in (1, 2, 3)] == ["male", "female", None]


def test_mr_and_ms_of_one_surname_on_one_phone_are_two_people(engine: Engine) -> None:
    tickets = [f"phone:tickets:{PHONE}|王{title}" for title in ("先生", "女士")]
    put(engine, identifier=[identifier(key) for key in tickets], person_record=[])
    found = unify(engine, RULES, "salt")
    assert (found.links, [held.reason for held in found.holds]) == ([], ["contradiction"])
    put(
        engine,
        identifier=[identifier("member_no:M1"), *map(identifier, tickets)],
        person_record=[{"account_key": "member_no:M1", "person_name": "王小明", "gender": "male"}],
    )
    found = unify(engine, RULES, "salt")
    assert len(set(ids(engine, found).values())) == 3
    put(engine, identifier=[identifier("member_no:M1"), identifier(tickets[0])])
    assert len(set(ids(engine, unify(engine, RULES, "salt")).values())) == 1


def test_links_holds_and_identifiers_come_as_tables(each_engine: Engine) -> None:
    rows = [
        identifier("member_no:M1"),
        identifier("openid:o1", verified=False),
        identifier("shop_account:A", "email", "test@test.com"),
    ]
    put(each_engine, identifier=[*rows, identifier("shop_account:B", "email", "test@test.com")])
    found = unify(each_engine, RULES, "salt")
    by_account = ids(each_engine, found)
    assert by_account["member_no:M1"] == by_account["openid:o1"] != by_account["shop_account:A"]
    assert read(each_engine, found.identity_link) == [{
        "customer_id": by_account["member_no:M1"], "account_key_a": "member_no:M1", "account_key_b": "openid:o1",
        "identifier_type": "phone", "identifier_value": PHONE, "rule": "shared_value", "is_verified": False,
        "detail": "",
    }]  # fmt: skip
    assert read(each_engine, found.identity_hold) == [{
        "identifier_type": "email", "identifier_value": "test@test.com", "reason": "placeholder", "account_count": 2,
        "account_keys": "shop_account:A, shop_account:B", "detail": "",
    }]  # fmt: skip
    named = {
        (row["account_key"], row["identifier_value"]): row["customer_id"]
        for row in read(each_engine, found.customer_identifier)
    }
    assert named["openid:o1", PHONE] == by_account["member_no:M1"]
    assert len(named) == 4
    each_engine.publish(found.tables())


def test_an_empty_lake_has_no_customers(each_engine: Engine) -> None:
    found = unify(each_engine, RULES, "salt")
    assert all(read(each_engine, table) == [] for table in found.tables().values())


def test_ids_stay_when_data_are_read_again_and_when_more_come(engine: Engine) -> None:
    first = [identifier("member_no:M1"), identifier("openid:o1"), identifier("shop_account:A", value="13711113333")]
    put(engine, identifier=first)
    before = ids(engine, unify(engine, RULES, "salt"))
    assert ids(engine, unify(engine, RULES, b"salt")) == before
    assert set(ids(engine, unify(engine, RULES, "other")).values()).isdisjoint(before.values())
    later: dict[str, Any] = {"known_at": datetime(2026, 6, 1), "import_id": "import-0000"}
    more = [identifier("customer_no:0", **later), identifier("phone:till:x|", value="13711113333", **later)]
    put(engine, identifier=[*first, *more])
    after = ids(engine, unify(engine, RULES, "salt"))
    assert {key: after[key] for key in before} == before
    assert after["customer_no:0"] == before["member_no:M1"]
    assert after["phone:till:x|"] == before["shop_account:A"]


def test_a_customer_keeps_its_id_when_a_device_leaves_it(engine: Engine) -> None:
    anonymous = identifier("device_id:d1", "device_id", "3f2a9c1e")
    owner = identifier("shop_account:A", "device_id", "3f2a9c1e", known_at=datetime(2026, 2, 1))
    put(engine, identifier=[anonymous, owner])
    before = ids(engine, unify(engine, RULES, "salt"))
    put(
        engine,
        identifier=[
            anonymous,
            owner,
            identifier("shop_account:B", "device_id", "3f2a9c1e", known_at=datetime(2026, 3, 1)),
        ],
    )
    after = ids(engine, unify(engine, RULES, "salt"))
    assert before["device_id:d1"] == before["shop_account:A"] == after["shop_account:A"]
    assert len(set(after.values())) == 3


def test_staff_are_marked_and_joined_to_nobody(engine: Engine) -> None:
    put(
        engine,
        staff=[{"staff_no": "s1", "staff_name": "王五", "staff_phone": PHONE}],
        person_record=[
            {"account_key": "member_no:M1", "person_name": "张三"},
            {"account_key": "member_no:M5", "person_name": "王五"},
        ],
        identifier=[
            identifier(f"phone:till:{PHONE}|"), identifier("member_no:M1"), identifier("member_no:M5"),
            identifier("openid:o1"), identifier("openid:o1", value="13711113333"),
        ],
    )  # fmt: skip
    found = unify(engine, RULES, "salt")
    staff = {row["account_key"] for row in read(engine, found.account) if row["is_staff"]}
    assert staff == {f"phone:till:{PHONE}|", "member_no:M5"}
    assert found.links == []
    assert [held.reason for held in found.holds] == ["staff_phone"]


def test_a_ticket_under_the_phone_of_the_shop_makes_no_customer_staff(engine: Engine) -> None:
    ticket, own_ticket = f"phone:tickets:{PHONE}|李四", f"phone:tickets:{PHONE}|王五"
    put(
        engine,
        staff=[{"staff_no": "s1", "staff_name": "王五", "staff_phone": PHONE}],
        identifier=[
            *map(identifier, (ticket, own_ticket)),
            *(identifier(f"member_no:M{number}", value=f"1371111333{number}") for number in (1, 2)),
        ],
    )
    pseudonym = Pseudonym(b"k" * 32)
    pairs = (("member_no:M1", ticket), ("member_no:M2", own_ticket))
    merged = tuple(
        Decision(
            seq,
            "merge",
            (pseudonym.of("account", one),),
            (pseudonym.of("account", other),),
            datetime(2026, 6, 1),
            "ann",
            "why",
        )
        for seq, (one, other) in enumerate(pairs)
    )
    found = unify(engine, RULES, "salt", Decisions(merged, pseudonym))
    of = ids(engine, found)
    assert of["member_no:M1"] == of[ticket] != of["member_no:M2"] == of[own_ticket]
    staff = {row["customer_id"]: row["is_staff"] for row in read(engine, found.customer)}
    assert staff == {of[ticket]: False, of[own_ticket]: True}
    alone = read(engine, unify(engine, RULES, "salt").customer)
    assert sorted(row["is_staff"] for row in alone) == [False, False, True, True]


def test_of_a_value_on_thousands_of_accounts_python_sees_few(each_engine: Engine) -> None:
    put(each_engine, identifier=[identifier(f"openid:o{number:04}") for number in range(3_000)])
    (held,) = unify(each_engine, RULES, "salt").holds
    assert (held.reason, held.account_count) == ("over_shared", 3_000)
    assert held.account_keys.startswith("openid:o0000, openid:o0001, ")


def test_no_placeholder_in_any_dress_joins_two_accounts(engine: Engine) -> None:
    dressed = sorted({(kind, form) for kind, values in KNOWN.items() for value in values for form in variants(value)})
    assert len({value for _, value in dressed}) > 200
    put(
        engine,
        identifier=[
            identifier(f"{space}:{number}", kind, value)
            for number, (kind, value) in enumerate(dressed)
            for space in ("openid", "shop_account")
        ],
    )
    assert unify(engine, RULES, "salt").links == []


def test_the_sixth_person_on_a_phone_splits_the_five_and_the_id_stays_with_the_founder(engine: Engine) -> None:
    rows = [identifier(f"openid:o{number}", known_at=datetime(2026, 1, 1 + number)) for number in range(6)]
    put(engine, identifier=rows[:5])
    before = ids(engine, unify(engine, RULES, "salt"))
    assert len(set(before.values())) == 1
    put(engine, identifier=rows[::-1])
    after = ids(engine, unify(engine, RULES, "salt"))
    assert len(set(after.values())) == 6
    assert after["openid:o0"] == before["openid:o0"]


def test_different_identity_cards_hold_a_phone_back_and_equal_ones_do_not(engine: Engine) -> None:
    one, other = "11010519491231002X", "110105199003072936"
    keys = ["shop_account:A", "shop_account:B", "shop_account:C"]
    cards = [identifier(key, "id_card", card) for key, card in zip(keys, (one, other, one.lower()), strict=True)]
    put(engine, identifier=[*cards[:2], *(identifier(key) for key in keys[:2])])
    found = unify(engine, RULES, "salt")
    assert [(held.identifier_type, held.reason) for held in found.holds] == [("phone", "other_id_card")]
    put(engine, identifier=[cards[0], cards[2], *(identifier(key) for key in (keys[0], keys[2]))])
    assert len(set(ids(engine, unify(engine, RULES, "salt")).values())) == 1


def test_decisions_and_likely_pairs_reach_accounts_that_share_nothing(engine: Engine) -> None:
    pseudonym, keys = Pseudonym(b"k" * 32), ["member_no:M1", "openid:o1", "shop_account:A", "shop_account:B"]
    put(engine, identifier=[identifier(key, value=f"1371111222{at}") for at, key in enumerate(keys)])
    left, right = ((pseudonym.of("account", key),) for key in keys[:2])
    merge = Decision(1, "merge", left, right, datetime(2026, 1, 1), "kim", "why")
    likely = [Likely(keys[3], keys[2], 0.991), Likely(keys[2], "openid:gone", 0.999)]
    found = unify(engine, RULES, "salt", Decisions((merge,), pseudonym), likely)
    named = ids(engine, found)
    assert named[keys[0]] == named[keys[1]] != named[keys[2]] == named[keys[3]]
    assert [(link.rule, link.identifier_value) for link in found.links] == [
        ("decided_same", "1"),
        ("likely_same", "0.991"),
    ]
    never = merge._replace(seq=2, kind="never_same")
    apart = ids(engine, unify(engine, RULES, "salt", Decisions((merge, never), pseudonym)))
    assert len(set(apart.values())) == 4
