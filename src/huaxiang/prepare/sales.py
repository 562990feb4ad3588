"""The facts of buying: `sale`, one row per order netted, and `sale_line`, one row per line of an order."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.prepare.current import current
from huaxiang.prepare.lookup import with_customer, with_found_source
from huaxiang.prepare.orders import lines_of, netted, orders_until
from huaxiang.prepare.products import filled_from_product

SALE_COLUMNS = (
    *("source", "order_no", "account_key", "customer_id", "ordered_at", "channel", "store_no", "staff_no"),
    *("order_status", "gross_amount", "discount_amount", "paid_amount", "refund_amount", "net_revenue", "item_count"),
    *("is_counted", "is_purchase", "is_return", "coupon_no", "province", "city", "address", "currency"),
    *("payment_method", "is_other_currency", "import_id", "source_row", "extra"),
)
SALE_LINE_COLUMNS = (
    *("source", "order_no", "customer_id", "ordered_at", "product_no", "product_name", "category", "brand"),
    *("quantity", "unit_price", "list_price", "line_amount", "is_gift", "is_counted", "is_return"),
    *("channel", "store_no", "coupon_no", "import_id", "source_row", "extra"),
)


def sale(engine: Engine, account: ir.Table, as_of: date) -> ir.Table:
    """One row per order, slip or return that is not a test, ordered up to and including ``as_of``.

    Amounts are in the order's currency and netted as :func:`huaxiang.prepare.orders.netted` says; ``item_count`` is
    null when the order has no lines; ``customer_id`` is null for guests. ``coupon_no`` is that of the order or of the
    coupon that says it was used on it. ``is_other_currency`` marks orders in another currency than most orders:
    their amounts must not be added to those of the others.
    """
    orders = netted(engine, orders_until(engine, as_of), as_of)
    real = _with_coupon(engine, _with_other_currency(orders.filter(orders.order_status != "test")), as_of)
    return with_customer(real.rename(ordered_at="occurred_at"), account).select(*SALE_COLUMNS)


def sale_line(engine: Engine, account: ir.Table, as_of: date) -> ir.Table:
    """One row per line of an order that is not a test; ``source`` is the source of the order.

    Name, category, brand and list price come from the product where the line lacks them; channel, store and coupon are
    those of the order. A line with a negative
    quantity is a return. A line whose order is unknown has no customer, its own time, and is not counted.
    """
    orders = _with_coupon(engine, orders_until(engine, as_of), as_of)
    lines = _with_order(lines_of(engine, orders, as_of), orders)
    real = lines.filter(lines.order_status.isnull() | (lines.order_status != "test"))
    filled = filled_from_product(engine, real, "product_name", "category", "brand", "list_price")
    return with_customer(_judged(filled), account).select(*SALE_LINE_COLUMNS)


def _with_other_currency(orders: ir.Table) -> ir.Table:
    named = orders.filter(orders.currency.notnull()).group_by("currency").agg(orders=lambda rows: rows.count())
    ranked = named.mutate(place=ibis.row_number().over(order_by=[named.orders.desc(), named.currency]))
    main = ranked.agg(main=ranked.currency.argmin(ranked.place))
    both = orders.cross_join(main)
    return both.mutate(is_other_currency=(both.currency != both.main).fill_null(False)).drop("main")


def _with_coupon(engine: Engine, orders: ir.Table, as_of: date) -> ir.Table:
    used = with_found_source(current(engine, "coupon_redemption", as_of), orders, "order_no")
    of_order = used.group_by(of_source=used.found_source, of_order=used.order_no).agg(used_no=used.coupon_no.min())
    both = orders.left_join(of_order, [orders.source == of_order.of_source, orders.order_no == of_order.of_order])
    return both.mutate(coupon_no=both.coupon_no.coalesce(both.used_no)).select(*orders.columns)


def _with_order(lines: ir.Table, orders: ir.Table) -> ir.Table:
    said = ("order_status", "account_key", "channel", "store_no", "coupon_no")
    head = orders.select(*said, of_source="source", of_order="order_no", of_time="occurred_at")
    joined = lines.left_join(head, [lines.found_source == head.of_source, lines.order_no == head.of_order])
    return joined.rename(order_source="found_source").drop("of_source", "of_order")


def _judged(lines: ir.Table) -> ir.Table:
    returned = (lines.order_status == "returned").fill_null(False)
    return lines.mutate(
        source=lines.order_source.coalesce(lines.source),
        ordered_at=lines.of_time.coalesce(lines.occurred_at),
        is_counted=lines.order_status.isin(("paid", "returned")).fill_null(False),
        is_return=returned | (lines.quantity < 0).fill_null(False),
    )
