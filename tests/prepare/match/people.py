"""Made-up people with several records each, for tests of matching."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date
from typing import Any

from tests.prepare import rows

from huaxiang.engine import Engine
from huaxiang.model.identity import identity_rules
from huaxiang.model.matching import MatchingRules, matching_rules
from huaxiang.prepare.accounts import accounts
from huaxiang.prepare.match import Matched, match_records, matches

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
_GIVEN = "伟强磊军勇杰涛明超亮芳娜敏静丽艳娟霞秀燕琳晶婷雪慧"
_CITIES = ("北京市", "上海市", "广州市", "成都市")


def record(key: str, phone: str | None = None, **told: Any) -> dict[str, Any]:
    """One record of a shop's list, with the phone that stands in it."""
    return {"account_key": f"shop_account:{key}", "phone": phone, **told}


def town(people: int, seed: int = 5) -> list[dict[str, Any]]:
    """Two records of each person, ``a<number>`` and ``b<number>``: the second has a wrong digit in the phone (every
    fifth), lacks the birth date (every third) or writes the address otherwise (every fourth)."""
    chance = random.Random(seed)
    found = []
    for number in range(people):
        phone = f"139{chance.randrange(10**8):08d}"
        told = {
            "person_name": chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=2)),
            "birth_date": date(chance.randrange(1950, 2005), chance.randrange(1, 13), chance.randrange(1, 28)),
            "city": chance.choice(_CITIES),
            "address": f"长江路{chance.randrange(1, 400)}号{chance.randrange(1, 30)}栋{chance.randrange(100, 999)}室",
        }
        found.append(record(f"a{number:04d}", phone, **told))
        wrong = phone[:6] + str((int(phone[6]) + 1) % 10) + phone[7:]
        second = {**told, **({"birth_date": None} if number % 3 == 0 else {})}
        second |= {"address": f"{told['address']}内"} if number % 4 == 0 else {}
        found.append(record(f"b{number:04d}", wrong if number % 5 == 0 else phone, **second))
    return found


def put(engine: Engine, records: Iterable[dict[str, Any]]) -> None:
    """Publish the records as an import would leave them, every phone verified unless ``is_verified`` says otherwise."""
    people, numbers = [], []
    for one in records:
        told = {name: value for name, value in one.items() if name not in ("phone", "is_verified")}
        people.append(told)
        if one.get("phone"):
            numbers.append(
                {
                    "account_key": one["account_key"],
                    "identifier_type": "phone",
                    "identifier_value": one["phone"],
                    "is_verified": one.get("is_verified", True),
                }
            )
    rows.put(engine, person_record=people, identifier=numbers)


def compared(engine: Engine, matching: MatchingRules | None = None) -> Any:
    """The records of all accounts, as they are compared."""
    rules = identity_rules()
    everybody = engine.keep("test_accounts", accounts(engine, rules))
    return match_records(engine, everybody, rules, matching or matching_rules())


def number(key: str) -> str:
    """The number of the person whose record this is."""
    return key[-4:]


def matched(engine: Engine, records: list[dict[str, Any]], **more: Any) -> Matched:
    """Publish the records and match them."""
    put(engine, records)
    return matches(engine, compared(engine), identity_rules(), matching_rules(), **more)


def listed(engine: Engine, found: Matched) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the pairs by their keys."""
    return {(row["account_key_a"], row["account_key_b"]): row for row in rows.read(engine, found.pairs)}


def linked(engine: Engine, found: Matched) -> set[tuple[str, str]]:
    """Return the keys of the pairs that are linked."""
    return {keys for keys, row in listed(engine, found).items() if row["band"] == "link"}
