"""Coupons that name two accounts: the one that was given it, and the one that used it."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.prepare.current import current
from huaxiang.prepare.unify.records import COUPON


def coupon_uses(engine: Engine) -> ir.Table:
    """One row per account and coupon, in the shape of identifiers, of coupons that were given to a single account and
    used by a single other one. A number that many have, such as a code on a poster, tells nothing."""
    # Every version: of a code that many were given, each row takes the place of the one before.
    given = engine.table("coupon")
    given = given.filter(given.coupon_no.notnull() & given.account_key.notnull())
    orders = current(engine, "orders")
    used = orders.filter(orders.coupon_no.notnull() & orders.account_key.notnull())
    one_holder, one_user = _of_one_account(given), _of_one_account(used)
    both = one_holder.inner_join(one_user, "coupon_no")
    other = both.filter(both.only_account != both.only_account_right)
    ends = other.select("coupon_no", account_key="only_account").union(
        other.select("coupon_no", account_key="only_account_right")
    )
    return ends.select(
        account_key=ends.account_key,
        identifier_type=ibis.literal(COUPON),
        identifier_value=ends.coupon_no,
        is_verified=ibis.literal(True),
        occurred_at=ibis.null("timestamp(6)"),
        source=ibis.literal(COUPON),
        is_hashed=ibis.literal(False),
    )


def _of_one_account(rows: ir.Table) -> ir.Table:
    counted = rows.group_by("coupon_no").agg(only_account=rows.account_key.min(), last_account=rows.account_key.max())
    return counted.filter(counted.only_account == counted.last_account).select("coupon_no", "only_account")
