"""Lists of customers against the same rows sorted and filtered in Python, on both engines."""

import random
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from tests.analyse import made

from huaxiang.analyse.contacts import contacts
from huaxiang.analyse.customers import SORTS, Wanted, customer_list
from huaxiang.engine.interface import Engine
from huaxiang.errors import DefinitionError
from huaxiang.model.conditions import All, Test
from huaxiang.model.identity import identity_rules
from huaxiang.model.tags import shipped_tags

Row = dict[str, Any]
NAMES = identity_rules().names
COLUMNS = ("city", "lifecycle", "net_revenue_365d")
TYPES = {
    "net_revenue_365d": made.MONEY,
    "net_revenue_total": made.MONEY,
    "last_order_on": pa.date32(),
    "registered_on": pa.date32(),
}
TYPES |= {
    "orders_total": pa.int64(),
    "days_since_last_order": pa.int64(),
    "city": pa.string(),
    "lifecycle": pa.string(),
}


def chance_profile(seed: int, count: int) -> list[Row]:
    """Profile rows by chance, with ties and unknown values in every column."""
    dice = random.Random(seed)

    def value(kind: pa.DataType, key: str) -> Any:
        if dice.random() < 0.2:
            return None
        if kind == pa.date32():
            return made.AS_OF.replace(day=dice.randrange(1, 29))
        if kind == pa.string():
            return dice.choice(["上海市", "北京市"] if key == "city" else ["active", "lost"])
        return Decimal(dice.randrange(5)) if kind == made.MONEY else dice.randrange(5)

    return [
        {"customer_id": f"c{place:02}", **{key: value(kind, key) for key, kind in TYPES.items()}}
        for place in range(count)
    ]


def brought(engine: Engine, seed: int) -> tuple[dict[str, Any], list[Row], list[Row]]:
    """Tables of forty customers and their orders, and the same rows in Python."""
    rows, sales = chance_profile(seed, 40), made.chance_sales(seed, 40, 60)
    schema = pa.schema([("customer_id", pa.string()), *TYPES.items()])
    tables = made.bring(engine, {"sale": sales})
    tables["profile"] = engine.bring("list_profile", pa.Table.from_pylist(rows, schema=schema))
    classes = [{"customer_id": row["customer_id"], "rfm_class": "important_value"} for row in rows[::2]]
    tables["rfm"] = engine.bring("list_rfm", pa.Table.from_pylist(classes))
    return tables, rows, sales


def ids(found: pa.Table) -> list[str]:
    listed: list[str] = found.column("customer_id").to_pylist()
    return listed


def test_every_order_settles_ties_and_puts_the_unknown_last(engine: Engine) -> None:
    tables, rows, _ = brought(engine, 1)
    for sort, greatest_first in SORTS.items():
        known = sorted((row for row in rows if row[sort] is not None), key=lambda row: row["customer_id"])
        known.sort(key=lambda row: row[sort], reverse=greatest_first)
        unknown = sorted(row["customer_id"] for row in rows if row[sort] is None)
        expected = [row["customer_id"] for row in known] + unknown
        pages = [
            customer_list(engine, tables, shipped_tags(), NAMES, Wanted(sort=sort, offset=start, limit=15), COLUMNS)
            for start in (0, 15, 30)
        ]
        assert [page.total for page in pages] == [40, 40, 40]
        assert [each for page in pages for each in ids(page.rows)] == expected, sort


def test_conditions_classes_and_stores_together(engine: Engine) -> None:
    tables, rows, sales = brought(engine, 2)
    condition = All(all=(Test(field="city", op="=", value="上海市"), Test(field="net_revenue_365d", op=">=", value=1)))
    wanted = Wanted(condition=condition, rfm_class="important_value", stores=frozenset({"001"}), limit=100)
    found = customer_list(engine, tables, shipped_tags(), NAMES, wanted, COLUMNS)
    there = {sale["customer_id"] for sale in sales if sale["store_no"] == "001"}
    expected = {
        row["customer_id"]
        for row in rows[::2]
        if row["city"] == "上海市" and (row["net_revenue_365d"] or 0) >= 1 and row["customer_id"] in there
    }
    assert set(ids(found.rows)) == expected
    assert found.total == len(expected)
    for row in found.rows.to_pylist():
        own = {sale["store_no"] for sale in sales if sale["customer_id"] == row["customer_id"]} - {None}
        assert row["stores"] == sorted(own)


def test_a_page_past_the_end_is_empty_and_still_counts(duck: Engine) -> None:
    tables, _, _ = brought(duck, 3)
    found = customer_list(duck, tables, shipped_tags(), NAMES, Wanted(offset=1000), COLUMNS)
    assert (found.rows.num_rows, found.total) == (0, 40)


def test_an_unknown_order_names_the_nearest(duck: Engine) -> None:
    tables, _, _ = brought(duck, 3)
    with pytest.raises(DefinitionError, match="orders_total"):
        customer_list(duck, tables, shipped_tags(), NAMES, Wanted(sort="order_total"), COLUMNS)


def test_one_name_and_one_value_of_each_kind_stand_for_a_customer(engine: Engine) -> None:
    account: list[Row] = [
        {"account_key": "b", "person_name": "乙", "first_import_id": "i1", "first_source_row": 1},
        {"account_key": "a", "person_name": "甲", "first_import_id": "i2", "first_source_row": 9},
        {"account_key": "z", "person_name": None, "first_import_id": "i0", "first_source_row": 1},
    ]
    accounts = [{**row, "customer_id": "c1", "founder_account_key": "a"} for row in account]
    known: list[Row] = [
        {"identifier_type": "phone", "identifier_value": "1", "is_verified": False, "import_id": "i1", "source_row": 1},
        {"identifier_type": "phone", "identifier_value": "2", "is_verified": True, "import_id": "i2", "source_row": 2},
        {"identifier_type": "phone", "identifier_value": "3", "is_verified": True, "import_id": "i2", "source_row": 3},
        {"identifier_type": "openid", "identifier_value": "o", "is_verified": True, "import_id": "i1", "source_row": 1},
    ]
    tables = {
        "account": engine.bring("the_accounts", pa.Table.from_pylist(accounts)),
        "customer_identifier": engine.bring(
            "the_known", pa.Table.from_pylist([{**row, "customer_id": "c1"} for row in known])
        ),
    }
    found = contacts(engine, tables, ["c9", "c1"]).to_pylist()
    nobody = {"customer_id": "c9", "person_name": None, "phone": None, "email": None, "member_no": None}
    assert found == [nobody, {**nobody, "customer_id": "c1", "person_name": "甲", "phone": "2"}]
