"""Finding the row of another table that a number means: in the same source, else where only one source uses it."""

from __future__ import annotations

import ibis.expr.types as ir


def with_found_source(rows: ir.Table, known: ir.Table, number: str) -> ir.Table:
    """``rows`` with ``found_source``: the source in which ``known`` has this number.

    It is the row's own source when that has the number, else the only source that has it, else null.
    ``known`` has at most one row per (source, number). Each row of ``rows`` comes out once.
    """
    own = known.filter(known[number].notnull()).select(own_source=known.source, own_number=known[number])
    counted = own.group_by(only_number=own.own_number).agg(only_source=own.own_source.min(), sources=own.count())
    only = counted.filter(counted.sources == 1).drop("sources")
    matched = rows.left_join(own, [rows.source == own.own_source, rows[number] == own.own_number])
    both = matched.left_join(only, matched[number] == only.only_number)
    return both.mutate(found_source=both.own_source.coalesce(both.only_source)).select(*rows.columns, "found_source")


def with_customer(rows: ir.Table, account: ir.Table) -> ir.Table:
    """``rows`` with the ``customer_id`` of their ``account_key``; null where the row has no account."""
    owner = account.select(owner_key=account.account_key, customer_id=account.customer_id)
    joined = rows.left_join(owner, rows.account_key == owner.owner_key)
    return joined.select(*rows.columns, "customer_id")
