"""What the product master knows about a product number that a row names."""

from __future__ import annotations

import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.prepare.current import current
from huaxiang.prepare.lookup import with_found_source


def filled_from_product(engine: Engine, rows: ir.Table, *columns: str) -> ir.Table:
    """``rows`` with these columns taken from the product where they are null; each row comes out once."""
    products = current(engine, "product")
    found = with_found_source(rows, products, "product_no")
    masters = {f"master_{column}": products[column] for column in columns}
    master = products.select(master_source=products.source, master_no=products.product_no, **masters)
    same = [found.found_source == master.master_source, found.product_no == master.master_no]
    joined = found.left_join(master, same)
    filled = {column: joined[column].coalesce(joined[f"master_{column}"]) for column in columns}
    return joined.mutate(**filled).select(*rows.columns)
