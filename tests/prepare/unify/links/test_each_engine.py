"""Every new kind of link and hold at once, on each engine."""

import hashlib
from datetime import datetime
from typing import Any

from tests.prepare.rows import put, read
from tests.prepare.unify.links.test_trust import rules_with
from tests.prepare.unify.test_unify import identifier

from huaxiang.engine import Engine
from huaxiang.prepare.unify import unify

#: Phones: one in clear and hashed, one that changed hands, one of a crowd, one that a browser tells.
CLEAR, GIVEN_ON, CROWD, SPOOFED = "13711112222", "13711113333", "13711114444", "13711115555"
HASHED = hashlib.sha256(f"+86{CLEAR}".encode()).hexdigest().upper()


def order(number: int, key: str, **more: Any) -> dict[str, Any]:
    """Return a row of the table `orders`."""
    return {"order_no": str(number), "account_key": key, **more}


def test_links_and_holds_are_the_same_on_each_engine(each_engine: Engine) -> None:
    owners = [("member_no:M2", 2022), ("shop_account:B", 2024)]
    dated = [(key, datetime(year, month, 3)) for key, year in owners for month in range(1, 7)]
    crowd = [f"openid:o{at:02}" for at in range(12)]
    names = {"member_no:M2": "张三", "shop_account:B": "李四"} | {key: f"客人{key[-2:]}" for key in crowd}
    put(
        each_engine,
        orders=[
            *(order(at, key, occurred_at=day) for at, (key, day) in enumerate(dated)),
            *(order(100 + at, key, staff_no=f"YG{at % 3}") for at, key in enumerate(crowd)),
        ],
        person_record=[{"account_key": key, "person_name": name} for key, name in names.items()],
        identifier=[
            identifier("member_no:M1", value=CLEAR), identifier("shop_account:A", value=HASHED),
            *(identifier(key, value=GIVEN_ON) for key, _ in owners),
            *(identifier(key, value=CROWD) for key in crowd),
            *(identifier(f"shop_account:x{at}", value=f"136000011{at:02}") for at in range(20)),
            identifier("member_no:M9", value=SPOOFED), identifier("user_id:u1", value=SPOOFED, source="web"),
        ],
        identifier_use=[{
            "account_key": "member_no:M2", "identifier_type": "phone", "identifier_value": GIVEN_ON, "moment": "last",
            "occurred_at": datetime(2022, 8, 3),
        }],
    )  # fmt: skip
    found = unify(each_engine, rules_with("phone", sources=frozenset({"shop"})), "salt")
    assert [(row["rule"], row["identifier_value"]) for row in read(each_engine, found.identity_link)] == [
        ("hashed_phone", CLEAR)
    ]
    assert [row["account_key"] for row in read(each_engine, found.identity_unconfirmed)] == ["shop_account:A"]
    holds = {row["identifier_value"]: row for row in read(each_engine, found.identity_hold)}
    assert {value: (row["reason"], row["detail"]) for value, row in holds.items()} == {
        GIVEN_ON: ("changed_hands", "2022-01-03–2022-08-03, 2024-01-03–2024-06-03"),
        CROWD: ("learned_placeholder", "12"),
        SPOOFED: ("untrusted_source", ""),
    }
