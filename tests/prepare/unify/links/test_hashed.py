"""Values that come as a hash meet their clear form, under the same rules and limits, and give nothing away."""

import hashlib
import hmac
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.prepare.rows import put, read
from tests.prepare.unify.test_unify import identifier, ids

from huaxiang.engine import Engine
from huaxiang.ledger import Ledger, Pseudonym
from huaxiang.model.identity import Hashed, identity_rules
from huaxiang.prepare.unify import link_log, unify
from huaxiang.prepare.unify.hashed import clear_of

RULES = identity_rules()
PHONE, MAIL = "13711112222", "zhang.san@qq.com"
KEY = b"partner"
ALGORITHMS = ("md5", "sha1", "sha256")


def hashed(text: str, algorithm: str = "md5") -> str:
    """Return the hash in hexadecimal digits."""
    return hashlib.new(algorithm, text.encode()).hexdigest()


def test_a_hashed_phone_in_any_form_joins_the_account_that_has_it_in_clear(engine: Engine) -> None:
    forms = list(product(ALGORITHMS, ["{}", "+86{}", "86{}"], [str.lower, str.upper]))
    rows = []
    for at, (algorithm, form, case) in enumerate(forms):
        phone = f"137111122{at:02}"
        value = case(hashed(form.format(phone), algorithm))
        rows.append(identifier(f"member_no:M{at:02}", value=phone))
        rows.append(identifier(f"openid:o{at:02}", value=value, verified=False))
    put(engine, identifier=rows)
    found = unify(engine, RULES, "salt")
    assert [(link.account_key_a, link.account_key_b, link.identifier_value) for link in found.links] == [
        (f"member_no:M{at:02}", f"openid:o{at:02}", f"137111122{at:02}") for at in range(len(forms))
    ]
    assert {(link.rule, link.is_verified) for link in found.links} == {("hashed_phone", False)}


def test_a_hashed_address_and_a_type_that_names_its_hash_join_too(engine: Engine) -> None:
    rows = [
        identifier("member_no:M1", "email", MAIL),
        identifier("openid:o1", "email", hashed(MAIL, "sha1")),
        identifier("member_no:M2"),
        identifier("openid:o2", "phone_sha256", hashed(PHONE, "sha256")),
    ]
    put(engine, identifier=rows)
    named = ids(engine, unify(engine, RULES, "salt"))
    assert named["member_no:M1"] == named["openid:o1"] != named["member_no:M2"] == named["openid:o2"]


def test_two_accounts_with_the_same_hash_meet_in_any_case_though_nobody_has_the_number(engine: Engine) -> None:
    value = hashed(PHONE)
    put(engine, identifier=[identifier("member_no:M1", value=value), identifier("openid:o1", value=value.upper())])
    (link,) = unify(engine, RULES, "salt").links
    assert (link.rule, link.identifier_value) == ("hashed_phone", value)


def test_a_hash_with_a_key_is_known_to_who_has_the_key_only(engine: Engine) -> None:
    value = hmac.new(KEY, PHONE.encode(), "sha256").hexdigest()
    put(engine, identifier=[identifier("member_no:M1"), identifier("openid:o1", value=value)])
    assert unify(engine, RULES, "salt").links == []
    assert unify(engine, RULES, "salt", hash_keys=[b"other"]).links == []
    assert [link.rule for link in unify(engine, RULES, "salt", hash_keys=[b"other", KEY]).links] == ["hashed_phone"]


def test_the_hash_of_a_placeholder_is_a_placeholder(engine: Engine) -> None:
    texts = ["13800000000", "", "null", "NULL", "13800138000", "00000000000", "+8613912345678", "无"]
    rows = [identifier(f"{space}:{at}", value=hashed(text)) for at, text in enumerate(texts)
            for space in ("member_no", "openid")]  # fmt: skip
    put(engine, identifier=rows)
    found = unify(engine, RULES, "salt")
    assert found.links == []
    assert {held.identifier_value for held in found.holds} == {
        "13800000000", "", "null", "13800138000", "00000000000", "13912345678", "无",
    }  # fmt: skip
    assert {held.reason for held in found.holds} == {"placeholder"}


def test_the_hash_of_a_staff_phone_joins_nobody(engine: Engine) -> None:
    put(
        engine,
        staff=[{"staff_no": "s1", "staff_phone": PHONE}],
        identifier=[identifier(key, value=hashed(PHONE)) for key in ("member_no:M1", "openid:o1")],
    )
    found = unify(engine, RULES, "salt")
    assert [held.reason for held in found.holds] == ["staff_phone"]
    assert found.links == []


def test_limits_and_names_hold_for_hashes_as_for_numbers(engine: Engine) -> None:
    forms = [PHONE, hashed(PHONE), hashed(PHONE, "sha1"), hashed(PHONE, "sha256"), hashed(f"86{PHONE}"), PHONE]
    put(engine, identifier=[identifier(f"openid:o{at}", value=form) for at, form in enumerate(forms)])
    (held,) = unify(engine, RULES, "salt").holds
    assert (held.reason, held.account_count) == ("over_shared", 6)
    put(
        engine,
        identifier=[identifier("member_no:M1"), identifier("member_no:M2", value=hashed(PHONE))],
        person_record=[
            {"account_key": "member_no:M1", "person_name": "张三"},
            {"account_key": "member_no:M2", "person_name": "李四"},
        ],
    )
    assert [held.reason for held in unify(engine, RULES, "salt").holds] == ["other_name"]


def test_device_ids_that_look_like_hashes_are_none_unless_one_is_the_hash_of_another(engine: Engine) -> None:
    imei = "490154203237518"
    rules = RULES.model_copy(
        update={"hashed": {**RULES.hashed, "device_id": Hashed(forms=("{value}",), by_shape=False)}}
    )
    plain = hashed("just thirty-two digits").upper()
    put(
        engine,
        identifier=[
            identifier("shop_account:A", "device_id", imei),
            identifier(f"device_id:{hashed(imei)}", "device_id", hashed(imei)),
            identifier("shop_account:B", "device_id", plain),
            identifier(f"device_id:{plain}", "device_id", plain),
        ],
    )
    links = unify(engine, rules, "salt").links
    assert {(link.account_key_a, link.identifier_value) for link in links} == {
        ("shop_account:A", imei),
        ("shop_account:B", plain),
    }


def test_the_ledger_learns_neither_number_nor_hash(engine: Engine, tmp_path: Path) -> None:
    value = hashed(PHONE)
    put(engine, identifier=[identifier("member_no:M1"), identifier("openid:o1", value=value)])
    ledger = Ledger.open(tmp_path / "ledger.sqlite3")
    link_log(unify(engine, RULES, "salt"), ledger, Pseudonym(b"k" * 32), datetime(2026, 1, 1, tzinfo=UTC), "refresh")
    (entry,) = ledger.entries()
    ledger.close()
    assert entry.body["rule"] == "hashed_phone"
    assert not any(secret in str(entry) for secret in (PHONE, value, "M1"))


def test_identifiers_are_published_as_they_came(engine: Engine) -> None:
    value = hashed(PHONE)
    put(engine, identifier=[identifier("member_no:M1"), identifier("openid:o1", value=value)])
    rows = read(engine, unify(engine, RULES, "salt").customer_identifier)
    assert {row["identifier_value"] for row in rows} == {PHONE, value}


@settings(max_examples=15, deadline=None)
@given(numbers=st.sets(st.integers(13_000_000_001, 19_999_999_999).map(str), max_size=8), strange=st.binary(max_size=4))
def test_only_hashes_of_known_values_are_resolved_and_each_to_its_own(numbers: set[str], strange: bytes) -> None:
    mine = {hashed(form.format(number), kind): number for number in numbers for form in ("{}", "86{}", "+86{}")
            for kind in ALGORITHMS}  # fmt: skip
    foreign = hashlib.sha256(b"foreign" + strange).hexdigest()
    assert clear_of("phone", frozenset({*mine, foreign}), numbers, RULES) == mine
