"""Whom a cap lets through: the same customers on every engine and for everybody who looks."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.model.condition_values import hundredths
from huaxiang.model.conditions import RANDOM, Cap, Drawn


def chosen(inside: ir.Table, cap: Cap, figures: ir.Table | None = None) -> ir.Column:
    """The ids of the first customers of ``inside`` (one row each, with ``customer_id`` and the tags).

    ``figures`` (``customer_id, figure``) are what they are put in order by where that is no tag. Who has no value comes
    last, whichever end is wanted; equals are in the order of :func:`draw`.
    """
    rows = _ranked(inside, cap, figures)
    return rows.order_by(_order(rows, cap)).limit(cap.customers).customer_id


def placed(inside: ir.Table, cap: Cap, figures: ir.Table | None = None) -> ir.Table:
    """Every customer of ``inside`` and, from 1, the place in which the cap takes them: ``customer_id, place``."""
    rows = _ranked(inside, cap, figures)
    place = ibis.row_number().over(ibis.window(order_by=_order(rows, cap))) + 1
    return rows.select("customer_id", place=place)


def draw(customer_id: ir.StringColumn, seed: str) -> ir.StringValue:
    """32 hexadecimal digits, evenly spread over customers and the same for a customer wherever and whenever asked."""
    return (ibis.literal(f"{seed}:") + customer_id).hexdigest("md5")


def lot_inside(customer_id: ir.StringColumn, drawn: Drawn) -> ir.BooleanValue:
    """Whether the lot of each customer, of 2^32 possible ones, lies in this part of the draw."""
    lot = draw(customer_id, f"pack:{drawn.draw}")[:8]
    inside = ibis.literal(value=True)
    # Hexadecimal digits of one length are in the order of the numbers.
    if drawn.above > 0:
        inside &= lot >= _limit(drawn.above)
    return inside & (lot < _limit(drawn.below)) if drawn.below < 100 else inside


def _order(rows: ir.Table, cap: Cap) -> list[Any]:
    by = ibis.desc("figure", nulls_first=False) if cap.order == "highest" else ibis.asc("figure", nulls_first=False)
    return [by, "drawn", "customer_id"] if "figure" in rows.columns else ["drawn", "customer_id"]


def _limit(percent: float) -> str:
    return f"{hundredths(percent) * 2**32 // 10_000:08x}"


def _ranked(inside: ir.Table, cap: Cap, figures: ir.Table | None) -> ir.Table:
    drawn = draw(inside.customer_id, cap.seed)
    if figures is not None:
        rows = inside.select("customer_id", drawn=drawn)
        return rows.left_join(figures, "customer_id").select(rows.customer_id, "drawn", "figure")
    if isinstance(cap.by, str) and cap.by != RANDOM and cap.by in inside.columns:
        return inside.select("customer_id", drawn=drawn, figure=inside[cap.by])
    return inside.select("customer_id", drawn=drawn)
