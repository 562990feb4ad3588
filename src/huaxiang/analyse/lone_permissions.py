"""Permissions of accounts that may be a relative's: they widen nothing that the customer who tells a name allowed."""

from __future__ import annotations

import ibis.expr.types as ir


def without_lone_permissions(consent: ir.Table, unconfirmed: ir.Table | None) -> ir.Table:
    """``consent`` without every yes of an account that a phone or e-mail alone joins to a customer who tells a name.

    A no of such an account counts, and so does all of it once somebody confirmed the join. ``unconfirmed``: the table
    of :mod:`huaxiang.prepare.unify.unconfirmed`; None in a lake that an earlier program made, where all counts.
    """
    if unconfirmed is None:
        return consent
    doubted = unconfirmed.filter(unconfirmed.rest_is_named).select(doubted_key="account_key").distinct()
    joined = consent.left_join(doubted, consent.account_key == doubted.doubted_key)
    return joined.filter(joined.doubted_key.isnull() | ~joined.is_given.fill_null(False)).select(*consent.columns)
