"""Many tables of the same customers as one wide table."""

from __future__ import annotations

from collections.abc import Iterable

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine


def side_by_side(engine: Engine, everybody: ir.Table, parts: Iterable[ir.Table]) -> ir.Table:
    """The rows of ``everybody`` (one per ``customer_id``) with all columns of the parts, which have at most one row per
    customer; unknown (null) where a part lacks a customer.

    Where outer joins part batches, each part is completed by itself: after thirty of them a batch of two thousand
    customers would be a crowd of batches of a few, which is five times the work at 100,000 customers and 190 columns.
    """
    who = everybody.select("customer_id")
    columns = list(everybody.columns)
    # The wide ones last, for every later join carries all the columns of those before it.
    for number, part in enumerate(sorted(parts, key=lambda part: len(part.columns))):
        known, owner = f"known_{number}", f"owner_{number}"
        own = [name for name in part.columns if name != "customer_id"]
        columns += own
        if not engine.outer_joins_part_batches:
            everybody = everybody.left_join(part.rename({owner: "customer_id"}), [("customer_id", owner)])
            continue
        whole = who.left_join(part.rename({known: "customer_id"}), [("customer_id", known)])
        whole = whole.select(**{owner: whole.customer_id}, **{name: whole[name] for name in own})
        everybody = everybody.inner_join(whole, [("customer_id", owner)])
    return everybody.select(*columns)
