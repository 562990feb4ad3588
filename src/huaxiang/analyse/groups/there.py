"""Who was a customer on a past day: those of whom anything was dated up to it."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.facts import end_of


def there_on(customer: ir.Table, account: ir.Table, day: date) -> ir.Table:
    """The rows of ``customer`` of whom anything (registration, order, act, feedback …) happened, or was told to us, by
    the end of the ``day``.

    ``account`` has ``customer_id, first_seen_at, first_known_at`` of each of their accounts, nulls for what is not
    known. Customers of whom nothing is dated were there on every day: nothing says that they came later.
    """
    end = ibis.literal(end_of(day), type="timestamp(6)")
    first = account.group_by("customer_id").agg(seen=account.first_seen_at.min(), known=account.first_known_at.min())
    there = first.filter(first.seen.isnull() | (first.seen < end) | (first.known < end).fill_null(False))
    return customer.semi_join(there, "customer_id")
