"""Orders, their lines and refunds: which are paid, unpaid, cancelled, returned or tests when the file does not say."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.collect.unfold.told import Told, names_a_test
from huaxiang.model.mapping import WHO_FIELDS, Mapping

#: An order of at most this much is a test of the till, not a sale.
TEST_AMOUNT = 0.01


def order_columns(told: Told) -> dict[str, ir.Value]:
    """Columns of ``orders`` for files with one order a row."""
    paid = _paid(told)
    amount = ibis.coalesce(paid, told.rows.gross_amount)
    return {
        "order_status": _status(told, told.rows, amount),
        "paid_amount": paid,
        "currency": told.currency(told.rows),
    }


def line_columns(told: Told) -> dict[str, ir.Value]:
    """Columns of ``order_line``: the line's amount is quantity times unit price where the file has no amount."""
    return {"line_amount": line_amount(told.rows), "currency": told.currency(told.rows)}


def purchase_columns(told: Told) -> dict[str, ir.Value]:
    """Columns of ``order_line`` for files without order numbers: what one account bought on one day is one order."""
    return {**line_columns(told), "order_no": _order_of_the_day(told.rows)}


def orders_of_purchases(told: Told) -> dict[str, ir.Table]:
    """The orders that purchases make, one per account and day."""
    return orders_of_lines(told.but(order_no=_order_of_the_day(told.rows)))


def _order_of_the_day(staged: ir.Table) -> ir.StringValue:
    who = ibis.coalesce(staged.account_key, ibis.literal("row:") + staged.source_row.cast("string"))
    return who + ibis.literal("@") + staged.ordered_at.cast("date").cast("string")


def line_amount(staged: ir.Table) -> ir.DecimalValue:
    """The amount of a line, to four places."""
    quantity = staged.quantity.fill_null(1)
    return ibis.coalesce(staged.line_amount, (quantity * staged.unit_price).cast("decimal(18, 4)"))


def lines_tell_orders(mapping: Mapping) -> bool:
    """Whether a file of lines also says when or by whom was ordered; else the orders stand in a file of their own."""
    return bool({"ordered_at", "order_status", *WHO_FIELDS} & set(mapping.columns))


def orders_of_lines(told: Told) -> dict[str, ir.Table]:
    """The orders that a file of lines tells about, when its lines say when or by whom: amounts stay with the lines."""
    if not lines_tell_orders(told.mapping):
        return {}
    lines = told.rows.mutate(amount=line_amount(told.rows))
    first = {name: lines[name].first(order_by=lines.source_row, include_null=False) for name in _HEADER}
    grouped = lines.group_by("order_no").aggregate(
        **first, ordered_at=lines.ordered_at.min(), source_row=lines.source_row.min(), total=lines.amount.sum()
    )
    status = _status(told, grouped, grouped.total)
    found = grouped.mutate(order_status=status, occurred_at=grouped.ordered_at, currency=told.currency(grouped))
    return {"orders": found}


_HEADER = (
    "account_key",
    "paid_at",
    "order_status",
    "channel",
    "store_no",
    "staff_no",
    "payment_method",
    "buyer_note",
    "currency",
    "province",
    "city",
    "person_name",
)


def refund_columns(told: Told) -> dict[str, ir.Value]:
    """Columns of ``payment`` for files of refunds."""
    rows = told.rows
    return {
        "payment_kind": ibis.literal("refund"),
        "payment_no": ibis.coalesce(rows.refund_no, rows.order_no + ibis.literal("/refund")),
        "payment_status": rows.refund_status.fill_null("done"),
        "amount": rows.refund_amount.abs(),
        "currency": told.currency(rows),
    }


def return_mark_columns(told: Told) -> dict[str, ir.Value]:
    """Columns of ``payment`` for lists of orders that came back: no amount, which means all of it."""
    rows = told.rows
    return {
        "payment_kind": ibis.literal("refund"),
        "payment_no": ibis.coalesce(rows.refund_no, rows.order_no + ibis.literal("/return")),
        "payment_status": ibis.ifelse(rows.is_returned.fill_null(False), "done", "failed"),
    }


def refunds_of_orders(told: Told) -> dict[str, ir.Table]:
    """The refunds that an order file carries in a column of its own."""
    if not told.has("refund_amount"):
        return {}
    refunded = told.rows.filter(told.rows.refund_amount > 0)
    return {
        "payment": refunded.mutate(
            payment_no=refunded.order_no + ibis.literal("/refund"),
            payment_kind=ibis.literal("refund"),
            payment_status=ibis.literal("done"),
            amount=refunded.refund_amount,
            occurred_at=ibis.coalesce(refunded.paid_at, refunded.ordered_at),
        )
    }


def _paid(told: Told) -> ir.DecimalValue:
    # paid_amount is before refunds; where the file has them off already they are put back, to come off once.
    if told.mapping.paid_is_net and told.has("refund_amount"):
        return (told.rows.paid_amount + told.rows.refund_amount.fill_null(0)).cast("decimal(18, 4)")
    return told.rows.paid_amount


def _status(told: Told, rows: ir.Table, amount: ir.NumericValue) -> ir.StringValue:
    unpaid = rows.paid_at.isnull() if told.has("paid_at") else ibis.literal(False)
    return ibis.cases(
        (is_test(rows, amount), "test"),
        ((amount < 0).fill_null(False), "returned"),
        (rows.order_status.notnull(), rows.order_status),
        (unpaid, "unpaid"),
        else_="paid",
    )


def is_test(staged: ir.Table, amount: ir.NumericValue) -> ir.BooleanValue:
    """Whether an order says that it is a test, in its note or name, or by an amount of one cent or less."""
    spoken = names_a_test(staged.buyer_note, anywhere=True) | names_a_test(staged.person_name, anywhere=False)
    return spoken | ((amount > 0) & (amount <= TEST_AMOUNT)).fill_null(False)
