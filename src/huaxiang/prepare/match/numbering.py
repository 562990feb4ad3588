"""Records numbered for a run."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine


def numbered(engine: Engine, records: ir.Table, name: str) -> ir.Table:
    """``records`` with ``record_id``, from 0 in the order of the account keys."""
    number = ibis.row_number().over(order_by=records.account_key)
    numbers = records.select(numbered_key="account_key", record_id=number)
    joined = records.inner_join(numbers, records.account_key == numbers.numbered_key)
    return engine.keep(name, joined.drop("numbered_key"))
