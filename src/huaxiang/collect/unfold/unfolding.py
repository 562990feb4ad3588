"""Which canonical rows come out of the staged rows of each form."""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from huaxiang.collect.unfold import orders, others, people
from huaxiang.collect.unfold.told import Told
from huaxiang.model.mapping import Mapping, forms
from huaxiang.model.tables import canonical_table

Derive = Callable[[Told], dict[str, ir.Value]]
Sides = Callable[[Told], dict[str, ir.Table]]

#: Columns of the main table that do not simply stand in a field.
_DERIVED: dict[str, Derive] = {
    "orders": orders.order_columns,
    "order_line": orders.line_columns,
    "purchase": orders.purchase_columns,
    "refund": orders.refund_columns,
    "return_mark": orders.return_mark_columns,
    "event": others.event_columns,
    "ticket": others.feedback_columns,
    "survey": others.feedback_columns,
    "person": people.person_columns,
    "coupon": others.money_columns,
    "campaign": others.campaign_columns,
    "product": others.money_columns,
    "tag_value": others.tag_columns,
    "tag_columns": others.tag_columns,
}
#: Further tables that the rows of a form also tell about.
_SIDES: dict[str, Sides] = {
    "orders": orders.refunds_of_orders,
    "order_line": orders.orders_of_lines,
    "purchase": orders.orders_of_purchases,
    "person": people.sides_of_people,
    "coupon": others.redemptions,
}


def main_rows(staged: ir.Table, mapping: Mapping, currency: str) -> ir.Table:
    """One row per staged row: the own columns of the form's main table, ``occurred_at``, ``extra``, ``source_row``; and
    for the report ``is_repaired`` and ``who`` (the account that the row speaks of, null for nobody)."""
    form = forms()[mapping.form]
    table = canonical_table(form.table)
    derive = _DERIVED.get(form.name)
    derived = derive(Told(staged, mapping, currency)) if derive else {}
    columns = {}
    for name, column in [*table.own_columns.items(), ("occurred_at", table.columns["occurred_at"])]:
        field = form.field_of(name)
        value = derived.get(name, staged[field] if field in staged.columns else ibis.null())
        columns[name] = value.cast(column.ibis_type)
    return staged.select(
        **columns,
        extra=staged.extra,
        source_row=staged.source_row,
        is_repaired=staged.is_repaired,
        who=staged.account_key,
    )


def side_rows(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Table]:
    """Further canonical rows by table: identifiers of every row about a person, and what the form tells besides.
    Each has own columns, ``occurred_at`` and the ``source_row`` of the first staged row that says so."""
    form = forms()[mapping.form]
    told, also = Told(staged, mapping, currency), _SIDES.get(form.name)
    found = also(told) if also else {}
    if form.who:
        found["identifier"] = people.identifiers(told)
        if form.table != "person_record" and {"person_name", "last_name"} & set(mapping.columns):
            found["person_record"] = people.names_told(staged)
    return {name: _shaped(rows, name) for name, rows in found.items()}


def _shaped(rows: ir.Table, name: str) -> ir.Table:
    table = canonical_table(name)
    columns = [*table.own_columns.values(), table.columns["occurred_at"]]
    values = {
        column.name: (rows[column.name] if column.name in rows.columns else ibis.null()).cast(column.ibis_type)
        for column in columns
    }
    return rows.select(**values, extra=ibis.null("string"), source_row=rows.source_row)


def tells_who(mapping: Mapping) -> bool:
    """Whether rows read so should say who they are about; lines of orders that another file holds need not."""
    form = forms()[mapping.form]
    if form.table == "order_line":
        return orders.lines_tell_orders(mapping)
    return form.who
