"""Orders with what belongs to them, lines and refunds, and the rule that nets an order."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.model.tables import IBIS_TYPES
from huaxiang.prepare.current import current
from huaxiang.prepare.lookup import with_found_source
from huaxiang.prepare.products import filled_from_product

MONEY = IBIS_TYPES["money"]
_LINE_TOTALS = ("lines_amount", "list_amount", "item_count")


def orders_until(engine: Engine, as_of: date) -> ir.Table:
    """The current orders, tests included, dated up to and including ``as_of``.

    A paid order of which a refund without an amount is recorded was given back as a whole: its status is ``returned``.
    """
    orders = current(engine, "orders", as_of)
    refunds = _refunds_done(engine, orders, as_of)
    whole = refunds.filter(refunds.amount.isnull()).select(of_source="found_source", of_order="order_no").distinct()
    joined = orders.left_join(whole, [orders.source == whole.of_source, orders.order_no == whole.of_order])
    came_back = joined.of_order.notnull() & (joined.order_status == "paid")
    return joined.mutate(order_status=ibis.ifelse(came_back, "returned", joined.order_status)).select(*orders.columns)


def lines_of(engine: Engine, orders: ir.Table, as_of: date) -> ir.Table:
    """The order lines with the ``found_source`` of their order (null: no such order).

    ``line_amount`` is quantity times unit price where the line does not state it.
    """
    lines = current(engine, "order_line", as_of)
    stated = lines.mutate(line_amount=lines.line_amount.coalesce((lines.quantity * lines.unit_price).cast(MONEY)))
    return with_found_source(stated, orders, "order_no")


def netted(engine: Engine, orders: ir.Table, as_of: date) -> ir.Table:
    """``orders`` with ``paid_amount, gross_amount, discount_amount`` filled and ``refund_amount, net_revenue,
    item_count, is_counted, is_purchase, is_return`` added: one row per order.

    Paid is what was stated, else gross less discount, else the sum of the lines. Refunds are those done, dated up to
    and including ``as_of``, as a positive amount. An order that is neither paid nor returned nets to 0. A return slip
    (status returned, negative amount) counts with that amount; a sale given back as a whole (status returned, positive
    amount) counts 0 when its refunds are not recorded. ``net_revenue`` is null when no amount is known; a paid order
    without an amount is a purchase all the same. A gross amount that is not stated is what the lines cost by the list,
    where each has a list price; a discount that is not stated is what was paid less.
    """
    lines = lines_of(engine, orders, as_of).rename(of_source="found_source", of_order="order_no")
    lines = filled_from_product(engine, lines, "list_price")
    totals = _with_refunds(_with_line_totals(orders, lines), engine, as_of)
    gross_less_discount = totals.gross_amount - totals.discount_amount.fill_null(0)
    paid = totals.paid_amount.coalesce(gross_less_discount.cast(MONEY), totals.lines_amount).cast(MONEY)
    known = totals.mutate(paid_amount=paid, is_return=totals.order_status == "returned")
    counted = known.mutate(is_counted=known.is_return | (known.order_status == "paid"))
    net = ibis.ifelse(counted.is_counted, _net(counted), ibis.literal(0).cast(MONEY)).cast(MONEY)
    amounts = counted.mutate(net_revenue=net)
    bought = (amounts.order_status == "paid") & (amounts.net_revenue > 0).fill_null(True)
    return _with_list_prices(amounts.mutate(is_purchase=bought)).drop("lines_amount", "list_amount")


def _with_list_prices(order: ir.Table) -> ir.Table:
    # Prices on the list may have changed since: less than what was paid says nothing.
    listed = ibis.cases((order.list_amount >= order.paid_amount, order.list_amount))
    gross = order.mutate(gross_amount=order.gross_amount.coalesce(listed).cast(MONEY))
    off = ibis.cases((gross.gross_amount >= gross.paid_amount, gross.gross_amount - gross.paid_amount))
    return gross.mutate(discount_amount=gross.discount_amount.coalesce(off).cast(MONEY))


def _net(order: ir.Table) -> ir.Value:
    # The refund that belongs to a return slip is the same money as the slip's negative amount.
    slip = order.is_return & (order.paid_amount < 0)
    given_back = order.is_return & (order.refund_amount == 0)
    return ibis.cases(
        (slip, order.paid_amount),
        (given_back & order.paid_amount.notnull(), ibis.literal(0).cast(MONEY)),
        else_=(order.paid_amount - order.refund_amount).cast(MONEY),
    )


def _with_line_totals(orders: ir.Table, lines: ir.Table) -> ir.Table:
    totals = lines.group_by("of_source", "of_order").agg(
        lines_amount=lines.line_amount.sum().cast(MONEY),
        list_amount=ibis.cases((lines.list_price.isnull().sum() == 0, (lines.list_price * lines.quantity).sum())),
        item_count=lines.quantity.sum().cast(IBIS_TYPES["quantity"]),
    )
    joined = orders.left_join(totals, [orders.source == totals.of_source, orders.order_no == totals.of_order])
    return joined.select(*orders.columns, *_LINE_TOTALS)


def _with_refunds(orders: ir.Table, engine: Engine, as_of: date) -> ir.Table:
    refunds = _refunds_done(engine, orders, as_of)
    totals = refunds.group_by(of_source=refunds.found_source, of_order=refunds.order_no).agg(
        refunded=refunds.amount.abs().sum().cast(MONEY)
    )
    joined = orders.left_join(totals, [orders.source == totals.of_source, orders.order_no == totals.of_order])
    return joined.mutate(refund_amount=joined.refunded.fill_null(0).cast(MONEY)).select(
        *orders.columns, "refund_amount"
    )


def _refunds_done(engine: Engine, orders: ir.Table, as_of: date) -> ir.Table:
    payments = current(engine, "payment", as_of)
    done = payments.filter((payments.payment_kind == "refund") & (payments.payment_status == "done"))
    return with_found_source(done, orders, "order_no")
