"""What is compared: whose phone and whose name counts, and what hostile values become."""

from datetime import date
from typing import Any

from tests.prepare import rows
from tests.prepare.match.people import compared, put, record

from huaxiang.engine import Engine


def by_key(engine: Engine) -> dict[str, dict[str, Any]]:
    """Return the compared records by the last part of their keys."""
    return {row["account_key"].split(":")[-1]: row for row in rows.read(engine, compared(engine))}


def test_a_record_says_each_value_in_comparable_form(engine: Engine) -> None:
    put(engine, [record("one", "13911112222", person_name="欧阳 娜", birth_date=date(1990, 2, 3), city=" 北京市 ")])
    told = by_key(engine)["one"]
    assert (told["surname"], told["given_name"], told["name_pair"]) == ("欧阳", "娜", "娜|欧阳")
    assert (told["phone"], told["phones"], told["phone_start"], told["phone_end"]) == (
        "13911112222",
        ["13911112222"],
        "1391111",
        "2222",
    )
    assert (told["birth_date"], told["city"]) == ("19900203", "北京市")


def test_an_unverified_phone_does_not_count_beside_a_verified_one(engine: Engine) -> None:
    phones = [("13911112222", True, 2), ("13933334444", False, 3)]
    rows.put(
        engine,
        person_record=[
            {"account_key": "shop_account:one", "person_name": "收件人", "source_row": 3, "import_id": "gift"},
        ],
        identifier=[
            {
                "account_key": "shop_account:one",
                "identifier_type": "phone",
                "identifier_value": phone,
                "is_verified": is_verified,
                "source_row": row,
                "import_id": "gift",
            }
            for phone, is_verified, row in phones
        ],
    )
    told = by_key(engine)["one"]
    assert told["phones"] == ["13911112222"]
    assert told["given_name"] is None, "the name beside somebody else's phone is somebody else's"


def test_values_that_say_nothing_are_left_out(engine: Engine) -> None:
    names = ["王一", "李二", "张三", "刘四", "陈五", "杨六"]
    crowd = [record(f"c{place}", "13722223333", person_name=name) for place, name in enumerate(names)]
    placeholders = [record(f"p{place}", "13800138000", person_name=f"周{place}子") for place in range(2)]
    rows.put(engine, staff=[{"staff_no": "S1", "staff_phone": "13655556666", "staff_name": "吴店员"}])
    staff = [record("s1", "13655556666", person_name="郑一"), record("s2", "13655556666", person_name="郑二")]
    put(engine, [*crowd, *placeholders, *staff, record("good", "13911112222", person_name="孙七")])
    assert {key for key, told in by_key(engine).items() if told["phone"]} == {"good"}


def test_hostile_values_are_cut_and_never_stop_it(engine: Engine) -> None:
    hostile = ["名" * 1_000_000, "\x00", "\u202eabc\u202c", "\U00020bb7\U0002a6a5", "'; DROP TABLE x; --", " "]
    put(engine, [record(f"h{place}", person_name=name, address=name) for place, name in enumerate(hostile)])
    found = by_key(engine)
    assert len(found["h0"]["given_name"]) == 199
    assert len(found["h0"]["address"]) == 200
    assert found["h3"]["surname"] == "\U00020bb7"
    assert "h1" not in found
    assert "h5" not in found
