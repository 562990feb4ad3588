"""Values that a tag has in the portrait, to choose from while writing a condition."""

from __future__ import annotations

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine, only

MOST = 60


def known_values(engine: Engine, table: ir.Table, key: str, most: int = MOST) -> tuple[str, ...]:
    """The most frequent values of a text tag, most frequent first, then by the text; none where the tag is missing.

    Of a list, the texts in it.
    """
    if key not in table.columns:
        return ()
    column = table[key]
    value = column.unnest() if isinstance(column, ir.ArrayValue) else column.cast("string")
    rows = table.select(value=value).filter(lambda row: row.value.notnull())
    counted = rows.group_by("value").aggregate(customers=rows.count())
    top = counted.order_by(counted.customers.desc(), counted.value).limit(most)
    return tuple(str(row["value"]) for row in only(engine.arrow(top)))
