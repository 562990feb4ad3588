"""What a customer is worth, as lists for people are ordered by it, where a shop need not compute any certain tag."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

#: The tags that tell it, and their types.
WORTH = {"orders_total": "int64", "net_revenue_total": "decimal(18, 2)"}


def customer_worth(profile: ir.Table) -> ir.Table:
    """One row per customer of the profile: ``customer_id, orders_total, net_revenue_total``. A tag that the shop has
    retired, so that the profile has no column of it, is null for everybody."""
    known = {name: profile[name] if name in profile.columns else ibis.null().cast(kind) for name, kind in WORTH.items()}
    return profile.select("customer_id", **known)
