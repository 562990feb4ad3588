"""What was really paid: order by order against the list prices, and line by line after the order's discount."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.facts import Tables, rows_read
from huaxiang.engine.interface import Engine


def bought_lines(analysis: str, engine: Engine, tables: Tables, as_of: date) -> ir.Table:
    """The lines of what customers bought, returns and what did not count left out."""
    rows = rows_read("sale_line", analysis, engine, tables, as_of)
    return rows.filter(rows.is_counted, ~rows.is_return, rows.customer_id.notnull())


def order_prices(analysis: str, engine: Engine, tables: Tables, as_of: date) -> ir.Table:
    """One row per purchase of a customer: ``source, order_no, customer_id, ordered_on, has_coupon, category`` (that of
    the greatest part of its lines) and ``discount_share``, the part of the gross amount that was not paid.

    The share is null where an amount is not known.
    """
    sale = rows_read("sale", analysis, engine, tables, as_of)
    bought = sale.filter(sale.is_purchase, sale.customer_id.notnull(), sale.ordered_at.notnull())
    of = _main_category(bought_lines(analysis, engine, tables, as_of))
    joined = bought.left_join(of, [bought.source == of.of_source, bought.order_no == of.of_order])
    off = joined.discount_amount.cast("float64") / joined.gross_amount.cast("float64").nullif(0.0)
    return joined.select(
        "source", "order_no", "customer_id", "category", ordered_on=joined.ordered_at.date(),
        has_coupon=joined.coupon_no.notnull(), discount_share=off,
    )  # fmt: skip


def paid_lines(analysis: str, engine: Engine, tables: Tables, as_of: date) -> ir.Table:
    """The bought lines with a category and a quantity: ``customer_id, ordered_on, category, listed_price`` and
    ``paid_price``, both for one piece; what the order cost less than its lines is taken off each line alike.

    Amounts in another currency than the main one are left out.
    """
    lines = bought_lines(analysis, engine, tables, as_of)
    lines = lines.filter(lines.category.notnull(), lines.quantity > 0, lines.line_amount > 0)
    orders = rows_read("sale", analysis, engine, tables, as_of)
    sums = lines.group_by(of_source=lines.source, of_order=lines.order_no).aggregate(in_all=lines.line_amount.sum())
    paid = orders.filter(~orders.is_other_currency).select("source", "order_no", "paid_amount")
    told = lines.inner_join(paid, ["source", "order_no"])
    told = told.inner_join(sums, [told.source == sums.of_source, told.order_no == sums.of_order])
    part = (told.paid_amount.cast("float64") / told.in_all.cast("float64")).fill_null(1.0)
    piece = told.line_amount.cast("float64") / told.quantity.cast("float64")
    listed = told.list_price.cast("float64").coalesce(piece)
    return told.select(
        "customer_id", "category", ordered_on=told.ordered_at.date(), listed_price=listed,
        paid_price=piece * ibis.ifelse(part > 0, part, 1.0),
    )  # fmt: skip


def _main_category(lines: ir.Table) -> ir.Table:
    per = lines.group_by("source", "order_no", "category").aggregate(amount=lines.line_amount.sum(), n=lines.count())
    order = [per.amount.desc(nulls_first=False), per.n.desc(), per.category.asc(nulls_first=False)]
    ranked = per.mutate(place=ibis.row_number().over(ibis.window(group_by=["source", "order_no"], order_by=order)))
    best = ranked.filter(ranked.place == 0)
    return best.select("category", of_source=best.source, of_order=best.order_no)
