"""Netting, against hand-made cases and against a second computation in plain Python."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import strategies as st
from tests.analyse.drawn_cases import drawn
from tests.prepare.rows import put, read

from huaxiang.engine import Engine
from huaxiang.prepare.sales import SALE_COLUMNS, SALE_LINE_COLUMNS, sale, sale_line

AS_OF = date(2026, 3, 31)
AT = datetime(2026, 3, 5, 14, 3)


def money(amount: str | int) -> Decimal:
    """Return an amount with four places."""
    return Decimal(amount).quantize(Decimal("0.0001"))


def sales(engine: Engine, **tables: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Publish the tables (those not named are emptied) and return the sales by order number."""
    names = ("orders", "order_line", "payment", "product", "coupon_redemption")
    everything: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    put(engine, **(everything | tables))
    return {row["order_no"]: row for row in read(engine, sale(engine, accounts(engine), AS_OF))}


def accounts(engine: Engine) -> Any:
    """Return an account table with one customer of two accounts."""
    keys = ["member_no:M1", "openid:o1"]
    return engine.bring("some_accounts", pa.table({"account_key": keys, "customer_id": ["c1", "c1"]}))


def order(number: str, status: str = "paid", **columns: Any) -> dict[str, Any]:
    """Return an order of the fifth of March."""
    return {"order_no": number, "order_status": status, "occurred_at": AT, **columns}


def refund(order_no: str, amount: str, number: str = "r1", **columns: Any) -> dict[str, Any]:
    """Return a refund that was done on the day of the order."""
    done = {"payment_kind": "refund", "payment_status": "done", "occurred_at": AT}
    return {"payment_no": number, "order_no": order_no, "amount": money(amount), **done, **columns}


# status, amounts of the order, refund -> net revenue, counted, a purchase
CASES = [
    ("paid", {"paid_amount": 100}, None, 100, True, True),
    ("paid", {"paid_amount": 100, "gross_amount": 999}, 30, 70, True, True),
    ("paid", {"paid_amount": 100}, 100, 0, True, False),
    ("paid", {"paid_amount": 100}, -40, 60, True, True),
    ("paid", {"gross_amount": 80, "discount_amount": 15}, None, 65, True, True),
    ("paid", {"gross_amount": 80}, None, 80, True, True),
    ("paid", {"paid_amount": 0}, None, 0, True, False),
    ("paid", {}, None, None, True, True),
    ("paid", {}, 30, None, True, True),
    ("unpaid", {"paid_amount": 100}, None, 0, False, False),
    ("cancelled", {"paid_amount": 100}, 100, 0, False, False),
    ("returned", {"paid_amount": -50}, None, -50, True, False),
    ("returned", {"paid_amount": -50}, 50, -50, True, False),
    ("returned", {"paid_amount": 100}, 100, 0, True, False),
    ("returned", {"paid_amount": 100}, 30, 70, True, False),
    ("returned", {"paid_amount": 100}, None, 0, True, False),
]


def test_every_kind_of_order_is_netted(each_engine: Engine) -> None:
    orders = [
        order(str(at), case[0], **{key: money(value) for key, value in case[1].items()})
        for at, case in enumerate(CASES)
    ]
    refunds = [refund(str(at), str(case[2]), f"r{at}") for at, case in enumerate(CASES) if case[2] is not None]
    found = sales(each_engine, orders=orders, payment=refunds)
    for at, (status, _, _, net, is_counted, is_purchase) in enumerate(CASES):
        row = found[str(at)]
        assert row["net_revenue"] == (None if net is None else money(net)), CASES[at]
        assert (row["is_counted"], row["is_purchase"], row["is_return"]) == (
            is_counted,
            is_purchase,
            status == "returned",
        )


def test_a_test_order_is_no_sale(engine: Engine) -> None:
    assert sales(engine, orders=[order("1", "test", paid_amount=money(5))], order_line=[{"order_no": "1"}]) == {}
    assert read(engine, sale_line(engine, accounts(engine), AS_OF)) == []


@pytest.mark.parametrize("not_counting", [
    {"payment_status": "failed"}, {"payment_status": "pending"}, {"payment_kind": "payment"},
    {"occurred_at": datetime(2026, 4, 1)}, {"order_no": "other"},
])  # fmt: skip
def test_only_refunds_done_by_the_day_count(engine: Engine, not_counting: dict[str, Any]) -> None:
    refunds = [refund("1", "30") | not_counting, refund("1", "5", "r2", occurred_at=None)]
    found = sales(engine, orders=[order("1", paid_amount=money(100))], payment=refunds)
    assert found["1"]["refund_amount"] == money(5)
    assert found["1"]["net_revenue"] == money(95)


def test_what_was_not_paid_is_summed_from_the_lines(engine: Engine) -> None:
    lines = [
        {"order_no": "1", "line_amount": money("10.5"), "quantity": money(2)},
        {"order_no": "1", "unit_price": money("3.333"), "quantity": money(3)},
        {"order_no": "1", "quantity": money(1)},
    ]
    found = sales(engine, orders=[order("1"), order("2")], order_line=lines)
    assert (found["1"]["paid_amount"], found["1"]["item_count"]) == (money("20.499"), money(6))
    assert (found["2"]["paid_amount"], found["2"]["item_count"]) == (None, None)


@pytest.mark.parametrize(("mark", "net"), [({}, 0), ({"payment_status": "failed"}, 100), ({"order_no": "2"}, 100)])
def test_a_refund_without_amount_gives_the_whole_order_back(engine: Engine, mark: dict[str, Any], net: int) -> None:
    back = refund("1", "0") | {"amount": None, "occurred_at": None} | mark
    found = sales(engine, orders=[order("1", paid_amount=money(100))], payment=[back])
    assert (found["1"]["net_revenue"], found["1"]["is_return"]) == (money(net), net == 0)


def test_lines_and_refunds_of_another_source_find_a_number_used_once(engine: Engine) -> None:
    orders = [order("1"), order("2"), order("2", source="till")]
    lines = [{"order_no": number, "line_amount": money(7), "source": "export"} for number in ("1", "2")]
    own = {"order_no": "2", "line_amount": money(4), "source": "till"}
    put(engine, orders=orders, order_line=[*lines, own], payment=[refund("1", "2", source="bank")], product=[])
    found = {(row["source"], row["order_no"]): row for row in read(engine, sale(engine, accounts(engine), AS_OF))}
    assert found["shop", "1"]["net_revenue"] == money(5)
    assert found["shop", "2"]["paid_amount"] is None
    assert found["till", "2"]["paid_amount"] == money(4)


def test_a_sale_has_its_customer_and_a_guest_has_none(engine: Engine) -> None:
    orders = [order("1", account_key="member_no:M1"), order("2", account_key="openid:o1"), order("3")]
    found = sales(engine, orders=orders)
    assert [found[number]["customer_id"] for number in "123"] == ["c1", "c1", None]
    assert tuple(found["1"]) == SALE_COLUMNS


def test_what_a_till_does_not_say_comes_from_list_prices(each_engine: Engine) -> None:
    """Gross amount and discount are filled where every line has a list price that is no less than what was paid."""
    lines = [
        {"order_no": "1", "product_no": "p", "line_amount": money(8), "quantity": money(2)},
        {"order_no": "1", "line_amount": money(4), "quantity": money(1), "list_price": money(6)},
        {"order_no": "2", "line_amount": money(4), "quantity": money(1)},
        {"order_no": "3", "product_no": "p", "line_amount": money(9), "quantity": money(1)},
        {"order_no": "4", "product_no": "p", "line_amount": money(5), "quantity": money(1)},
    ]
    told = order("4", paid_amount=money(4), gross_amount=money(20))
    orders = [*(order(number, paid_amount=money(9)) for number in "123"), told]
    found = sales(each_engine, orders=orders, order_line=lines, product=[{"product_no": "p", "list_price": money(5)}])
    assert [found[number]["gross_amount"] for number in "1234"] == [money(16), None, None, money(20)]
    assert [found[number]["discount_amount"] for number in "1234"] == [money(7), None, None, money(16)]
    assert [found[number]["net_revenue"] for number in "1234"] == [money(9), money(9), money(9), money(4)]


def test_the_coupon_that_was_used_on_an_order(each_engine: Engine) -> None:
    """A coupon that names its order, from another file, is the order's; what the order says itself stands."""
    orders = [order("1"), order("2", coupon_no="own"), order("3")]
    used = [{"coupon_no": f"k{number}", "order_no": number, "source": "coupons", "occurred_at": AT} for number in "12"]
    late = {"coupon_no": "k3", "order_no": "3", "occurred_at": datetime(2026, 4, 1)}
    found = sales(each_engine, orders=orders, coupon_redemption=[*used, late])
    assert [found[number]["coupon_no"] for number in "123"] == ["k1", "own", None]


def test_amounts_in_another_currency_are_marked(engine: Engine) -> None:
    """The currency of most orders is the main one; an order that names none is taken to be in it."""
    orders = [order("1", currency="CNY"), order("2", currency="USD"), order("3", currency="CNY"), order("4")]
    found = sales(engine, orders=orders)
    assert [found[number]["is_other_currency"] for number in "1234"] == [False, True, False, False]
    assert not sales(engine, orders=[order("1")])["1"]["is_other_currency"]


def test_an_order_after_the_day_is_not_there(engine: Engine) -> None:
    assert sales(engine, orders=[order("1", occurred_at=datetime(2026, 4, 1))]) == {}


def test_a_line_is_filled_from_its_product_and_judged_by_its_order(each_engine: Engine) -> None:
    put(
        each_engine,
        orders=[order("1", account_key="member_no:M1"), order("2", "unpaid"), order("3", "returned")],
        order_line=[
            {"order_no": "1", "product_no": "p", "brand": "own", "quantity": money(1)},
            {"order_no": "1", "product_no": "p", "quantity": money(-1)},
            {"order_no": "2", "product_no": "twice"},
            {"order_no": "3", "product_no": None},
            {"order_no": "nowhere", "product_no": "p", "occurred_at": AT},
        ],
        product=[
            {"product_no": "p", "source": "master", "category": "tea", "brand": "X", "list_price": money(9)},
            {"product_no": "twice", "source": "a", "category": "cups"},
            {"product_no": "twice", "source": "b", "category": "mugs"},
        ],
    )
    rows = sorted(
        read(each_engine, sale_line(each_engine, accounts(each_engine), AS_OF)), key=lambda row: row["source_row"]
    )
    assert tuple(rows[0]) == SALE_LINE_COLUMNS
    assert [row["brand"] for row in rows] == ["own", "X", None, None, "X"]
    assert [row["category"] for row in rows] == ["tea", "tea", None, None, "tea"]
    assert [row["is_return"] for row in rows] == [False, True, False, True, False]
    assert [row["is_counted"] for row in rows] == [True, True, False, True, False]
    assert [row["customer_id"] for row in rows] == ["c1", "c1", None, None, None]
    assert rows[4]["ordered_at"] == AT
    other = [{"order_no": "1", "source": "export"}, {"order_no": "nowhere", "source": "export"}]
    put(each_engine, order_line=other)
    sources = [row["source"] for row in read(each_engine, sale_line(each_engine, accounts(each_engine), AS_OF))]
    assert sorted(sources) == ["export", "shop"]


AMOUNT = st.none() | st.integers(-20_000, 200_000).map(lambda cents: money(cents) / 100)
ORDER = st.fixed_dictionaries({
    "order_no": st.sampled_from([str(number) for number in range(20)]),
    "source": st.sampled_from(["shop", "till"]),
    "order_status": st.sampled_from(["paid", "unpaid", "cancelled", "returned", "test"]),
    "gross_amount": AMOUNT, "discount_amount": AMOUNT, "paid_amount": AMOUNT,
    "occurred_at": st.sampled_from([AT, None, datetime(2026, 3, 31, 23, 59, 59), datetime(2026, 4, 1)]),
})  # fmt: skip
LINE = st.fixed_dictionaries({
    "order_no": st.sampled_from([str(number) for number in range(22)]),
    "source": st.sampled_from(["shop", "till", "export"]),
    "line_amount": AMOUNT, "unit_price": AMOUNT, "quantity": st.none() | st.integers(-3, 9).map(money),
})  # fmt: skip
REFUND = st.fixed_dictionaries({
    "order_no": st.sampled_from([str(number) for number in range(22)]),
    "source": st.sampled_from(["shop", "bank"]),
    "payment_no": st.sampled_from(list("abcdefghijklmnop")),
    "payment_kind": st.sampled_from(["refund", "payment"]),
    "payment_status": st.sampled_from(["done", "failed"]),
    "amount": st.integers(-5_000, 50_000).map(lambda cents: money(cents) / 100),
    "occurred_at": st.sampled_from([AT, None, datetime(2026, 4, 1)]),
})  # fmt: skip


SHOP = st.tuples(
    st.lists(ORDER, min_size=5, max_size=30, unique_by=lambda row: (row["source"], row["order_no"])),
    st.lists(LINE, min_size=5, max_size=30),
    st.lists(
        REFUND, min_size=5, max_size=20, unique_by=lambda row: (row["source"], row["payment_no"], row["payment_kind"])
    ),
)


def test_netting_equals_a_second_computation(each_engine: Engine) -> None:
    """A hundred shops of all kinds, netted at once: no order or payment has the number of one of another shop."""
    orders, lines, payments = (list[dict[str, Any]]() for _ in range(3))
    for place, shop in enumerate(drawn(SHOP, 100)):
        for mine, rows in zip((orders, lines, payments), shop, strict=True):
            mine += [row | {name: f"{place}-{row[name]}" for name in row if name.endswith("_no")} for row in rows]
    put(each_engine, orders=orders, order_line=lines, payment=payments, product=[])
    found = read(each_engine, sale(each_engine, accounts(each_engine), AS_OF))
    got = {
        (row["source"], row["order_no"]): (row["paid_amount"], row["refund_amount"], row["net_revenue"])
        for row in found
    }
    assert len(got) > 300
    assert sum(refunded > 0 for _, refunded, _ in got.values()) > 20
    assert got == plain_netting(orders, lines, payments)


def plain_netting(
    orders: list[dict[str, Any]], lines: list[dict[str, Any]], payments: list[dict[str, Any]]
) -> dict[tuple[str, str], tuple[Decimal | None, Decimal, Decimal | None]]:
    """Return paid, refunded and net amount of every order, worked out row by row."""
    dated = {(row["source"], row["order_no"]): row for row in orders if by_the_day(row)}
    line_sums: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for line in lines:
        amount = line["line_amount"]
        if amount is None and None not in (line["quantity"], line["unit_price"]):
            amount = money(line["quantity"] * line["unit_price"])
        if amount is not None and (owner := owner_of(line, dated)):
            line_sums[owner].append(amount)
    refunds: dict[tuple[str, str], Decimal] = defaultdict(lambda: money(0))
    for paid_back in payments:
        done = paid_back["payment_kind"] == "refund" and paid_back["payment_status"] == "done"
        if done and by_the_day(paid_back) and (owner := owner_of(paid_back, dated)):
            refunds[owner] += abs(paid_back["amount"])
    answer = {}
    for key, row in dated.items():
        if row["order_status"] != "test":
            paid = amount_paid(row, line_sums.get(key, []))
            answer[key] = (paid, refunds[key], net_of(row["order_status"], paid, refunds[key]))
    return answer


def by_the_day(row: dict[str, Any]) -> bool:
    """Whether the row had happened by the day."""
    return row["occurred_at"] is None or row["occurred_at"].date() <= AS_OF


def owner_of(row: dict[str, Any], orders: dict[tuple[str, str], Any]) -> tuple[str, str] | None:
    """Return the order that a line or refund means."""
    if (row["source"], row["order_no"]) in orders:
        return row["source"], row["order_no"]
    others = [key for key in orders if key[1] == row["order_no"]]
    return others[0] if len(others) == 1 else None


def amount_paid(row: dict[str, Any], lines: list[Decimal]) -> Decimal | None:
    """Return what was paid: stated, else gross less discount, else the lines."""
    if row["paid_amount"] is not None:
        return Decimal(row["paid_amount"])
    if row["gross_amount"] is not None:
        return Decimal(row["gross_amount"]) - (row["discount_amount"] or 0)
    return sum(lines, money(0)) if lines else None


def net_of(status: str, paid: Decimal | None, refunded: Decimal) -> Decimal | None:
    """Return what remains of an order."""
    if status not in ("paid", "returned"):
        return money(0)
    if paid is None:
        return None
    if status == "returned" and paid < 0:
        return paid
    if status == "returned" and refunded == 0:
        return money(0)
    return paid - refunded
