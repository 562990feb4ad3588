"""Orders, their lines and refunds: which are paid, unpaid, cancelled, returned or tests, when the file does not say so."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.model.mapping import WHO_FIELDS, Mapping, vocabulary

#: An order of at most this much is a test of the till, not a sale.
TEST_AMOUNT = 0.01


def order_columns(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Value]:
    """Columns of ``orders`` for files with one order a row."""
    paid = _paid(staged, mapping)
    amount = ibis.coalesce(paid, staged.gross_amount)
    return {
        "order_status": _status(staged, mapping, amount),
        "paid_amount": paid,
        "currency": ibis.coalesce(staged.currency, ibis.literal(mapping.currency or currency)),
    }


def line_columns(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Value]:
    """Columns of ``order_line``: the line's amount is quantity times unit price where the file has no amount."""
    return {
        "line_amount": line_amount(staged),
        "currency": ibis.coalesce(staged.currency, ibis.literal(mapping.currency or currency)),
    }


def purchase_columns(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Value]:
    """Columns of ``order_line`` for files without order numbers: what one account bought on one day is one order."""
    return {**line_columns(staged, mapping, currency), "order_no": _order_of_the_day(staged)}


def orders_of_purchases(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Table]:
    """The orders that purchases make, one per account and day."""
    return orders_of_lines(staged.mutate(order_no=_order_of_the_day(staged)), mapping, currency)


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


def orders_of_lines(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Table]:
    """The orders that a file of lines tells about, when its lines say when or by whom: amounts stay with the lines."""
    if not lines_tell_orders(mapping):
        return {}
    lines = staged.mutate(amount=line_amount(staged))
    first = {name: lines[name].first(order_by=lines.source_row, include_null=False) for name in _HEADER}
    grouped = lines.group_by("order_no").aggregate(
        **first, ordered_at=lines.ordered_at.min(), source_row=lines.source_row.min(), total=lines.amount.sum(),
        account_key=lines.account_key.first(order_by=lines.source_row, include_null=False),
    )  # fmt: skip
    status = _status(grouped, mapping, grouped.total)
    return {
        "orders": grouped.mutate(
            order_status=status,
            occurred_at=grouped.ordered_at,
            currency=ibis.coalesce(grouped.currency, ibis.literal(mapping.currency or currency)),
        )
    }


_HEADER = (
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


def refund_columns(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Value]:
    """Columns of ``payment`` for files of refunds."""
    return {
        "payment_kind": ibis.literal("refund"),
        "payment_no": ibis.coalesce(staged.refund_no, staged.order_no + ibis.literal("/refund")),
        "payment_status": staged.refund_status.fill_null("done"),
        "amount": staged.refund_amount.abs(),
        "currency": ibis.coalesce(staged.currency, ibis.literal(mapping.currency or currency)),
    }


def refunds_of_orders(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Table]:
    """The refunds that an order file carries in a column of its own."""
    if "refund_amount" not in mapping.columns:
        return {}
    refunded = staged.filter(staged.refund_amount > 0)
    return {
        "payment": refunded.mutate(
            payment_no=refunded.order_no + ibis.literal("/refund"),
            payment_kind=ibis.literal("refund"),
            payment_status=ibis.literal("done"),
            amount=refunded.refund_amount,
            occurred_at=ibis.coalesce(refunded.paid_at, refunded.ordered_at),
        )
    }


def _paid(staged: ir.Table, mapping: Mapping) -> ir.DecimalValue:
    # paid_amount is before refunds; where the file has them off already they are put back, to come off once.
    if mapping.paid_is_net and "refund_amount" in mapping.columns:
        return (staged.paid_amount + staged.refund_amount.fill_null(0)).cast("decimal(18, 4)")
    return staged.paid_amount


def _status(staged: ir.Table, mapping: Mapping, amount: ir.NumericValue) -> ir.StringValue:
    return ibis.cases(
        (is_test(staged, amount), "test"),
        ((amount < 0).fill_null(False), "returned"),
        (staged.order_status.notnull(), staged.order_status),
        (_unpaid(staged, mapping), "unpaid"),
        else_="paid",
    )


def _unpaid(staged: ir.Table, mapping: Mapping) -> ir.BooleanValue:
    return staged.paid_at.isnull() if "paid_at" in mapping.columns else ibis.literal(False)


def is_test(staged: ir.Table, amount: ir.NumericValue) -> ir.BooleanValue:
    """Whether an order says that it is a test, in its note or name, or by an amount of one cent or less."""
    words = "|".join(vocabulary()["test_words"])
    spoken = staged.buyer_note.lower().re_search(words) | staged.person_name.lower().re_search(f"^({words})")
    return (spoken.fill_null(False)) | ((amount > 0) & (amount <= TEST_AMOUNT)).fill_null(False)
