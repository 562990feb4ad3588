"""Fact tables made by hand or by chance, with the columns that prepare/ publishes."""

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine

Row = dict[str, Any]
AS_OF = date(2026, 6, 30)
MONEY = pa.decimal128(18, 4)
TIME = pa.timestamp("us")
_LINEAGE = {"import_id": pa.string(), "source_row": pa.int64()}
_CANONICAL = {
    "source": pa.string(), "occurred_at": TIME, "known_at": TIME, **_LINEAGE,
    "row_key": pa.string(), "row_hash": pa.string(), "extra": pa.string(),
}  # fmt: skip

COLUMNS: dict[str, dict[str, pa.DataType]] = {
    "customer": {
        "customer_id": pa.string(), "account_count": pa.int64(), "founder_account_key": pa.string(),
        "is_staff": pa.bool_(), "is_test": pa.bool_(), "first_seen_at": TIME,
    },
    "account": {
        "account_key": pa.string(), "namespace": pa.string(), "customer_id": pa.string(),
        "first_import_id": pa.string(), "first_source_row": pa.int64(),
    },
    "person_record": {
        "account_key": pa.string(), "gender": pa.string(), "birth_date": pa.date32(), "education": pa.string(),
        "registered_at": TIME, "city": pa.string(), "province": pa.string(), "member_level": pa.string(),
        "friend_count": pa.int64(), **_CANONICAL,
    },
    "consent": {"account_key": pa.string(), "purpose": pa.string(), "is_given": pa.bool_(), **_CANONICAL},
    "identity_unconfirmed": {"account_key": pa.string(), "rest_is_named": pa.bool_()},
    "referral": {"account_key": pa.string(), "referrer_account_key": pa.string(), **_CANONICAL},
    "coupon": {"account_key": pa.string(), "coupon_no": pa.string(), "expires_at": TIME, **_CANONICAL},
    "coupon_redemption": {"account_key": pa.string(), "coupon_no": pa.string(), **_CANONICAL},
    "sale": {
        "source": pa.string(), "order_no": pa.string(), "customer_id": pa.string(), "ordered_at": TIME,
        "channel": pa.string(), "store_no": pa.string(), "order_status": pa.string(), "gross_amount": MONEY,
        "discount_amount": MONEY, "paid_amount": MONEY, "refund_amount": MONEY, "net_revenue": MONEY,
        "item_count": MONEY, "is_counted": pa.bool_(), "is_purchase": pa.bool_(), "is_return": pa.bool_(),
        "coupon_no": pa.string(), "province": pa.string(), "city": pa.string(), "address": pa.string(),
        "currency": pa.string(), "is_other_currency": pa.bool_(), **_LINEAGE,
    },
    "sale_line": {
        "source": pa.string(), "order_no": pa.string(), "customer_id": pa.string(), "ordered_at": TIME,
        "product_no": pa.string(), "product_name": pa.string(), "category": pa.string(), "brand": pa.string(),
        "quantity": MONEY, "unit_price": MONEY, "list_price": MONEY, "line_amount": MONEY, "is_gift": pa.bool_(),
        "is_counted": pa.bool_(), "is_return": pa.bool_(), **_LINEAGE,
    },
    "act": {
        "customer_id": pa.string(), "account_key": pa.string(), "occurred_at": TIME, "event_name": pa.string(),
        "event_family": pa.string(), "platform": pa.string(), "device_model": pa.string(), "category": pa.string(),
        "search_words": pa.string(), "text": pa.string(), "row_key": pa.string(), "extra": pa.string(), **_LINEAGE,
    },
    "visit": {
        "customer_id": pa.string(), "started_at": TIME, "ended_at": TIME, "event_count": pa.int64(),
        "dwell_seconds": MONEY, "is_bounce": pa.bool_(),
    },
    "feedback_fact": {
        "source": pa.string(), "feedback_no": pa.string(), "customer_id": pa.string(), "occurred_at": TIME,
        "feedback_kind": pa.string(), "recommend_0_10": pa.int64(), "satisfaction_1_5": pa.int64(),
        "topic": pa.string(), "text": pa.string(), "sentiment": pa.float64(), **_LINEAGE,
    },
}  # fmt: skip


def arrow(name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The rows as a table with every column of that fact table; what a row does not say is null."""
    columns = COLUMNS[name]
    unknown = {key for row in rows for key in row} - columns.keys()
    assert not unknown, f"{name} has no {unknown}"
    data = [{key: row.get(key) for key in columns} for row in rows]
    return pa.Table.from_pylist(data, schema=pa.schema(list(columns.items())))


def bring(engine: Engine, given: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, ir.Table]:
    """The given rows as fact tables of the engine's session."""
    return {name: engine.bring(f"made_{name}", arrow(name, rows)) for name, rows in given.items()}


def customers(*ids: str, staff: Sequence[str] = (), tests: Sequence[str] = ()) -> list[Row]:
    """Customers of those ids, some of them staff or tests."""
    return [
        {"customer_id": name, "is_staff": name in staff, "is_test": name in tests, "account_count": 1} for name in ids
    ]


def sale(customer: str | None, day: date | datetime | None, paid: float | str = 100, **more: Any) -> Row:
    """A paid order of a customer; ``more`` changes any column."""
    at = datetime.combine(day, datetime.min.time()) if isinstance(day, date) and not isinstance(day, datetime) else day
    amount = Decimal(str(paid))
    base = {
        "source": "shop", "customer_id": customer, "ordered_at": at, "order_status": "paid", "paid_amount": amount,
        "refund_amount": Decimal(0), "net_revenue": amount, "is_counted": True, "is_purchase": amount > 0,
        "is_return": False, "import_id": "i1",
    }  # fmt: skip
    return {**base, **more}


def line(customer: str | None, day: date, category: str, **more: Any) -> Row:
    """A line of a paid order of a customer; ``more`` changes any column."""
    base = {
        "source": "shop", "customer_id": customer, "ordered_at": datetime.combine(day, datetime.min.time()),
        "category": category, "quantity": Decimal(1), "is_counted": True, "is_return": False, "import_id": "i1",
    }  # fmt: skip
    return {**base, **more}


def numbered(rows: Sequence[Row]) -> list[Row]:
    """The rows with a row number and, where they are orders, an order number."""
    return [{"order_no": f"o{place}", "source_row": place, **row} for place, row in enumerate(rows, 1)]


def chance_sales(seed: int, customer_count: int, order_count: int) -> list[Row]:
    """Orders of all kinds by chance: guests, returns, cancelled ones, no date, dates after ``AS_OF``, ties."""
    dice = random.Random(seed)
    rows = []
    for _ in range(order_count):
        owner = f"c{dice.randrange(customer_count)}" if dice.random() > 0.1 else None
        at = datetime(2026, 7, 5) - timedelta(hours=dice.randrange(0, 24 * 700, 6)) if dice.random() > 0.05 else None
        paid = Decimal(dice.randrange(0, 5_000)) / 10
        refund = dice.choice([Decimal(0)] * 8 + [paid, paid / 2])
        status = dice.choice(["paid"] * 8 + ["cancelled", "returned"])
        net = {"paid": paid - refund, "cancelled": Decimal(0), "returned": -paid}[status]
        rows.append(
            {
                "source": dice.choice(["shop", "pos"]), "customer_id": owner, "ordered_at": at, "order_status": status,
                "channel": dice.choice(["online", "store", None]), "store_no": dice.choice(["001", "002", None]),
                "gross_amount": dice.choice([None, paid + 10]), "discount_amount": dice.choice([None, Decimal(10)]),
                "paid_amount": paid, "refund_amount": refund, "net_revenue": net,
                "item_count": dice.choice([None, Decimal(dice.randrange(1, 5))]),
                "is_counted": status != "cancelled", "is_purchase": status == "paid" and net > 0,
                "is_other_currency": (other := dice.choice([None, False, False, True])),
                "currency": {None: None, False: "CNY", True: "USD"}[other],
                "is_return": status == "returned", "coupon_no": dice.choice([None, None, "K1"]), "import_id": "i1",
            }
        )  # fmt: skip
    return numbered(rows)
