"""Values that a tag has in the portrait, or a column has in events, to choose from while writing a condition."""

from __future__ import annotations

from typing import Any, NamedTuple

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, only

MOST = 60


class KnownValue(NamedTuple):
    """A value and of how many customers it is known."""

    value: str
    customers: int


def known_values(
    engine: Engine, rows: ir.Table, column: Any, least: int = 1, *, is_portrait: bool = False
) -> list[KnownValue]:
    """The values that most customers have, then by the text; none that fewer than ``least`` have.

    ``column`` is one of ``rows``, which have ``customer_id``; ``is_portrait`` says that each customer has one of them,
    which is quicker to count. Of a list, the texts in it.
    """
    value = column.unnest() if isinstance(column, ir.ArrayValue) else column.cast("string")
    found = rows.select("customer_id", value=value).filter(lambda row: row.value.notnull() & row.customer_id.notnull())
    customers = found.count() if is_portrait else found.customer_id.nunique()
    counted = found.group_by("value").aggregate(customers=customers)
    top = counted.filter(counted.customers >= least).order_by(counted.customers.desc(), counted.value).limit(MOST)
    return [KnownValue(str(row["value"]), int(str(row["customers"]))) for row in only(engine.arrow(top))]
