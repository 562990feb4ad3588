"""Checks, contradictions and missing values on both engines, against what can be counted by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from tests.prepare.rows import put, read

from huaxiang.engine import Engine
from huaxiang.errors import DefinitionError, NotFound
from huaxiang.model.identity import own_identity_rules
from huaxiang.model.own_quality import own_quality_rules
from huaxiang.model.quality import quality_rules, quality_rules_from
from huaxiang.model.tables import canonical_tables
from huaxiang.prepare.quality import quality_tables
from huaxiang.prepare.quality.judging import Round

AS_OF = date(2026, 6, 30)
PHONE, MAIL, CARD = "phone", "email", "id_card"
PEOPLE: list[dict[str, Any]] = [
    {
        "account_key": "member_no:1",
        "person_name": "王小明",
        "gender": "male",
        "birth_date": date(1949, 12, 31),
        "occupation": "退休",
        "city": "杭州市",
        "province": "浙江省",
    },
    {
        "account_key": "member_no:2",
        "person_name": "张女士",
        "gender": "male",
        "birth_date": date(2008, 7, 1),
        "occupation": "退休",
        "city": "杭州市",
        "province": "广东省",
        "registered_at": datetime(2026, 3, 1),
    },
    {
        "account_key": "member_no:3",
        "person_name": "测试",
        "birth_date": date(2021, 1, 1),
        "education": "博士",
        "address": "上海市徐汇区漕溪路1号",
    },
    {"account_key": "member_no:4", "person_name": "王小明", "birth_date": date(1949, 12, 31), "city": "哪里"},
    {"account_key": "member_no:5", "person_name": "嘿嘿", "gender": "female"},
]
IDENTIFIERS: list[dict[str, Any]] = [
    {"account_key": "member_no:1", "identifier_type": CARD, "identifier_value": "11010519491231002X"},
    {"account_key": "member_no:1", "identifier_type": PHONE, "identifier_value": "13611112222"},
    {"account_key": "member_no:2", "identifier_type": PHONE, "identifier_value": "13611112222"},
    {"account_key": "phone:13611112222", "identifier_type": PHONE, "identifier_value": "13611112222"},
    {"account_key": "member_no:3", "identifier_type": PHONE, "identifier_value": "13800000000"},
    {"account_key": "member_no:4", "identifier_type": PHONE, "identifier_value": "057188886666"},
    {"account_key": "member_no:5", "identifier_type": PHONE, "identifier_value": "12345678901"},
    {"account_key": "member_no:1", "identifier_type": MAIL, "identifier_value": "wang@gmial.com"},
    {"account_key": "member_no:2", "identifier_type": MAIL, "identifier_value": "test@test.com"},
    {"account_key": "member_no:3", "identifier_type": CARD, "identifier_value": "110105194912310021"},
    {"account_key": "member_no:4", "identifier_type": CARD, "identifier_value": "11010519491231002X"},
]
ORDERS: list[dict[str, Any]] = [
    {
        "order_no": "D1",
        "account_key": "member_no:2",
        "occurred_at": datetime(2026, 2, 1),
        "paid_at": datetime(2026, 1, 31),
        "gross_amount": Decimal(100),
        "discount_amount": Decimal(10),
        "paid_amount": Decimal(90),
        "city": "深圳市",
        "province": "广东省",
    },
    {
        "order_no": "D2",
        "account_key": "member_no:5",
        "occurred_at": datetime(2026, 6, 30),
        "gross_amount": Decimal(100),
        "paid_amount": Decimal(90),
        "city": "成都市",
        "province": "四川省",
    },
    {
        "order_no": "D3",
        "occurred_at": datetime(2026, 7, 2),
        "paid_amount": Decimal(-1),
        "order_status": "test",
        "account_key": None,
    },
]
LINES: list[dict[str, Any]] = [
    {
        "order_no": "D1",
        "product_no": "P1",
        "quantity": Decimal(2),
        "unit_price": Decimal(10),
        "line_amount": Decimal(20),
    },
    {
        "order_no": "D9",
        "product_no": "P2",
        "quantity": Decimal(0),
        "unit_price": Decimal(10),
        "line_amount": Decimal(5),
    },
]


#: What was computed on an engine, by its name: every test of the little shop looks at the same tables.
_COMPUTED: dict[str, dict[str, list[dict[str, Any]]]] = {}


def computed(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """The four tables of the little shop, in which every account is a customer of its own but 1 and 4."""
    if engine.name not in _COMPUTED:
        _COMPUTED[engine.name] = _compute(engine)
    return _COMPUTED[engine.name]


def _compute(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    put(engine, person_record=PEOPLE, identifier=IDENTIFIERS, orders=ORDERS, order_line=LINES)
    keys = sorted({one["account_key"] for one in (*PEOPLE, *IDENTIFIERS)})
    owner = {key: "c1" if key == "member_no:4" else f"c{key[-1]}" for key in keys}
    account = engine.bring("accounts", pa.table({"account_key": keys, "customer_id": [owner[key] for key in keys]}))
    return {name: read(engine, table) for name, table in quality_tables(engine, account, AS_OF, "try").items()}


def test_every_check_counts_what_can_be_counted_by_hand(engine: Engine) -> None:
    rows = computed(engine)["quality_check"]
    found = {(row["check"], row["column_name"]): (row["row_count"], row["failing_count"]) for row in rows}
    wanted = {
        ("name_given", "person_name"): (5, 0),
        ("trait_given", "gender"): (5, 2),
        ("trait_given", "education"): (5, 4),
        ("phone_given", "account_key"): (5, 0),
        ("email_given", "account_key"): (5, 3),
        ("buyer_known", "account_key"): (3, 1),
        ("member_named", "account_key"): (2, 0),
        ("name_is_name", "person_name"): (5, 1),
        ("name_without_title", "person_name"): (5, 1),
        ("surname_known", "person_name"): (5, 2),
        ("phone_prefix", "identifier_value"): (6, 1),
        ("phone_not_filler", "identifier_value"): (6, 2),
        ("email_domain", "identifier_value"): (2, 1),
        ("email_not_filler", "identifier_value"): (2, 1),
        ("id_card_valid", "identifier_value"): (3, 1),
        ("age_plausible", "birth_date"): (4, 1),
        ("order_amount_plausible", "paid_amount"): (3, 1),
        ("not_a_test", "order_status"): (3, 1),
        ("quantity_plausible", "quantity"): (2, 1),
        ("person_once", "person_name"): (4, 2),
        ("phone_once", "identifier_value"): (5, 2),
        ("id_card_once", "identifier_value"): (3, 2),
        ("order_of_line_known", "order_no"): (2, 1),
        ("paid_after_order", "paid_at"): (1, 1),
        ("amounts_add_up", "paid_amount"): (2, 1),
        ("line_adds_up", "line_amount"): (2, 1),
        ("day_plausible", "registered_at"): (1, 0),
    }
    by_table = {(row["check"], row["table_name"]): (row["row_count"], row["failing_count"]) for row in rows}
    assert {key: found.get(key) for key in wanted} == wanted
    assert by_table["city_known", "person_record"] == (3, 1)
    assert by_table["city_known", "orders"] == (2, 0)
    assert by_table["day_plausible", "orders"] == (3, 1)


def test_nothing_is_asked_of_a_column_that_the_source_never_fills(engine: Engine) -> None:
    rows = computed(engine)["quality_check"]
    asked = {row["column_name"] for row in rows if row["check"] == "trait_given"}
    assert "marital_status" not in asked
    assert all(0 <= row["failing_count"] <= row["row_count"] and row["row_count"] for row in rows)
    # While there is no product list, no line can name a product that is not in it.
    assert "product_known" not in {row["check"] for row in rows}


def test_days_without_data_are_counted(engine: Engine) -> None:
    rows = computed(engine)["quality_check"]
    [daily] = [row for row in rows if row["check"] == "sales_come_daily" and row["table_name"] == "orders"]
    assert (daily["row_count"], daily["failing_count"]) == (30, 29)


def test_contradictions_come_with_both_rows(each_engine: Engine) -> None:
    rows = computed(each_engine)["contradiction"]
    found = {(row["check"], row["account_key"]): row for row in rows}
    assert Counter(row["check"] for row in rows) == {
        "gender_and_id_card": 1,
        "gender_and_title": 1,
        "province_and_city": 1,
        "city_and_deliveries": 1,
        "retired_too_young": 1,
        "degree_too_young": 1,
        "registered_after_first_order": 1,
    }
    card = found["gender_and_id_card", "member_no:1"]
    assert (card["left_value"], card["right_value"], card["severity"]) == ("male", "female", 3)
    assert (card["source_row"], card["right_source_row"]) == (2, 2)
    early = found["registered_after_first_order", "member_no:2"]
    assert (early["left_value"], early["right_value"]) == ("2026-03-01", "2026-02-01")
    assert (early["source_row"], early["right_source_row"], early["customer_id"]) == (3, 2, "c2")


def test_somebody_is_old_enough_from_the_birthday_on(engine: Engine) -> None:
    born = {"member_no:1": date(1981, 6, 30), "member_no:2": date(1981, 7, 1)}
    put(
        engine,
        person_record=[{"account_key": key, "birth_date": day, "occupation": "退休"} for key, day in born.items()],
    )
    account = engine.bring("accounts", pa.table({"account_key": list(born), "customer_id": ["a", "b"]}))
    rows = read(engine, quality_tables(engine, account, AS_OF, "old")["contradiction"])
    assert [row["account_key"] for row in rows] == ["member_no:2"]


def test_looking_into_tables_without_rows_would_find_nothing_more(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = computed(engine)
    monkeypatch.setattr(Round, "filled", frozenset(canonical_tables()))
    everywhere = _compute(engine)
    assert {name: sorted(map(repr, rows)) for name, rows in everywhere.items()} == {
        name: sorted(map(repr, rows)) for name, rows in found.items()
    }
    assert all(found[name] for name in ("quality_check", "contradiction", "filled_value"))


def test_missing_values_follow_their_policy(engine: Engine) -> None:
    tables = computed(engine)
    found = {(row["customer_id"], row["column_name"]): row for row in tables["filled_value"]}
    assert {key: (row["value"], row["how"], row["from_trait"]) for key, row in found.items()} == {
        ("c3", "city"): ("上海市", "inferred", "address_city"),
        ("c3", "district"): ("徐汇区", "inferred", "address_district"),
        ("c3", "province"): ("上海市", "inferred", "address_province"),
        ("c5", "city"): ("成都市", "filled", "delivery_city"),
        ("c5", "province"): ("四川省", "filled", "delivery_province"),
    }
    counts = {row["column_name"]: row for row in tables["missing_value"]}
    assert counts["city"]["known_count"] == 2
    for row in counts.values():
        parts = [row[f"{name}_count"] for name in ("known", "filled", "inferred", "left_empty")]
        assert sum(parts) == row["customer_count"] == 4, row


def test_an_identity_card_tells_gender_and_birth_date_that_nobody_gave(engine: Engine) -> None:
    put(engine, person_record=[{"account_key": "member_no:4", "person_name": "赵敏"}], identifier=IDENTIFIERS[-1:])
    account = engine.bring("accounts", pa.table({"account_key": ["member_no:4"], "customer_id": ["c4"]}))
    rows = read(engine, quality_tables(engine, account, AS_OF, "card")["filled_value"])
    told = {row["column_name"]: (row["value"], row["how"]) for row in rows}
    assert told == {"gender": ("female", "inferred"), "birth_date": ("1949-12-31", "inferred")}


def test_a_workspace_says_which_checks_run_what_is_no_value_and_what_is_filled(engine: Engine) -> None:
    put(engine, person_record=PEOPLE, identifier=IDENTIFIERS, orders=ORDERS)
    keys = sorted({one["account_key"] for one in (*PEOPLE, *IDENTIFIERS)})
    account = engine.bring("accounts", pa.table({"account_key": keys, "customer_id": keys}))
    rules = own_quality_rules(
        {
            "checks": {
                "email_domain": {"run": False},
                "trait_given": {"columns": ["person_record.city"], "severity": 3},
            },
            "contradictions": {key: {"run": False} for key in quality_rules().contradictions},
            "missing": {column: {"policy": "leave"} for column in quality_rules().missing},
        }
    )
    identity = own_identity_rules({"placeholders": {"values": {"phone": ["13611112222"]}}})
    made = quality_tables(engine, account, AS_OF, "own", rules, identity)
    tables = {name: read(engine, rows) for name, rows in made.items()}
    found = {(row["check"], row["column_name"]): row for row in tables["quality_check"]}
    assert ("email_domain", "identifier_value") not in found
    assert [row["severity"] for key, row in found.items() if key[0] == "trait_given"] == [3]
    assert found["phone_not_filler", "identifier_value"]["failing_count"] == 5
    assert tables["contradiction"] == tables["filled_value"] == []
    assert {row["policy"] for row in tables["missing_value"]} == {"leave"}


def test_an_empty_lake_has_nothing_to_check(engine: Engine) -> None:
    account = engine.bring(
        "nobody", pa.table({"account_key": pa.array([], pa.string()), "customer_id": pa.array([], pa.string())})
    )
    tables = {name: read(engine, rows) for name, rows in quality_tables(engine, account, AS_OF, "none").items()}
    assert tables["quality_check"] == tables["contradiction"] == tables["filled_value"] == []
    assert {row["customer_count"] for row in tables["missing_value"]} == {0}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            {
                "checks": {
                    "x": {
                        "dimension": "validity",
                        "zh": "x",
                        "en": "x",
                        "columns": [{"table": "orders", "column": "nothing"}],
                        "rule": {"kind": "filled"},
                    }
                }
            },
            "quality.no_such_column",
        ),
        (
            {"checks": {"x": {"dimension": "beauty", "zh": "x", "en": "x", "columns": [], "rule": {"kind": "filled"}}}},
            "quality.unreadable",
        ),
        ({"missing": {"gender": {"policy": "infer", "from": ["stars"]}}}, "quality.no_such_trait"),
    ],
)
def test_rules_that_do_not_hold_together_are_refused(change: dict[str, Any], code: str) -> None:
    body = quality_rules().model_dump(mode="json", by_alias=True) | change
    with pytest.raises(DefinitionError) as refused:
        quality_rules_from(body)
    assert refused.value.code == code
    assert refused.value.say("zh")
    assert refused.value.say("en")


def test_an_unknown_check_names_the_nearest() -> None:
    with pytest.raises(NotFound) as missing:
        quality_rules().words_of("phone_prefx")
    assert "phone_prefix" in missing.value.say("en")
    with pytest.raises(NotFound) as column:
        quality_rules().target("phone_prefix", "orders", "city")
    assert "identifier.identifier_value" in column.value.say("zh")
