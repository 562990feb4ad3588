"""Orders that another source has told about already, when a file of their lines does not say who bought."""

from __future__ import annotations

import ibis.expr.types as ir

from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.model.mapping import WHO_FIELDS, Mapping
from huaxiang.words import Message

#: From this share on the orders of the lines are taken for those of the other source, else for orders of their own.
_SAME_ORDERS = 0.9

Sides = dict[str, ir.Table]


def without_known_orders(engine: Engine, sides: Sides, mapping: Mapping) -> tuple[Sides, tuple[Message, ...]]:
    """``sides`` without orders where nearly all of them stand in the lake from another source: their money would count
    twice. The message says so."""
    if mapping.form != "order_line" or "orders" not in sides or set(WHO_FIELDS) & set(mapping.columns):
        return sides, ()
    mine, known = sides["orders"], engine.table("orders")
    others = known.filter(known.source != mapping.source).select("order_no").distinct()
    found = mine.semi_join(others, "order_no")
    [row] = only(engine.arrow(mine.aggregate(all=mine.count()).cross_join(found.aggregate(found=found.count()))))
    count, everyone = int(str(row["found"])), int(str(row["all"]))
    if count < _SAME_ORDERS * max(everyone, 1):
        return sides, ()
    kept = {name: side for name, side in sides.items() if name != "orders"}
    return kept, (Message("collect.lines_of_known_orders", {"count": count}),)
