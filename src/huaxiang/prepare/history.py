"""The history of every customer: orders, acts by day, feedback, coupons, campaigns and consents in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.prepare.current import current
from huaxiang.prepare.lookup import with_customer

#: Columns of every entry, in order. ``what`` is a code or a name, ``words`` what people wrote, searched for or bought.
COLUMNS: dict[str, str] = {
    "customer_id": "string",
    "kind": "string",
    "at": "timestamp(6)",
    "what": "string",
    "number": "string",
    "place": "string",
    "words": "string",
    "amount": "decimal(18, 4)",
    "count": "int64",
    "import_id": "string",
    "source_row": "int64",
}


@dataclass(frozen=True)
class _Facts:
    """The rows of known customers up to and including a day."""

    engine: Engine
    tables: Mapping[str, ir.Table]
    as_of: date

    def fact(self, name: str) -> ir.Table:
        """Rows of a fact table."""
        rows = self.tables[name]
        return rows.filter(rows.customer_id.notnull())

    def canonical(self, name: str) -> ir.Table:
        """Current rows of a canonical table."""
        rows = with_customer(current(self.engine, name, self.as_of), self.tables["account"])
        return rows.filter(rows.customer_id.notnull())


def history(engine: Engine, tables: Mapping[str, ir.Table], as_of: date) -> ir.Table:
    """One row per entry of anybody's history up to and including ``as_of``, with :data:`COLUMNS` and ``day``.

    Acts of one kind, place, wording and day are one entry with their ``count``; entries without a time are left out.
    ``tables`` are ``account, sale, act, feedback_fact`` of that day. Rows of one customer lie together, so that the
    page of one customer reads little.
    """
    every = ibis.union(*(entries(_Facts(engine, tables, as_of)) for entries in KINDS.values()))
    dated = every.filter(every["at"].notnull())
    return dated.mutate(day=dated["at"].date()).order_by("customer_id", "at")


def _entry(rows: ir.Table, kind: str, at: Any, **columns: Any) -> ir.Table:
    given = {"customer_id": rows.customer_id, "kind": ibis.literal(kind), "at": at, **columns}
    return rows.select(
        **{name: given[name].cast(type_) if name in given else ibis.null(type_) for name, type_ in COLUMNS.items()}
    )


def _lineage(rows: ir.Table) -> dict[str, ir.Value]:
    return {"import_id": rows.import_id, "source_row": rows.source_row}


def _orders(facts: _Facts) -> ir.Table:
    rows = facts.fact("sale")
    what = ibis.cases((rows.is_return, "returned"), else_=rows.order_status)
    amount = ibis.cases((rows.is_counted, rows.net_revenue), else_=rows.paid_amount)
    place = rows.store_no.coalesce(rows.channel)
    return _entry(
        rows, "order", rows.ordered_at, what=what, number=rows.order_no, place=place, amount=amount, **_lineage(rows)
    )


def _acts(facts: _Facts) -> ir.Table:
    rows = facts.fact("act")
    rows = rows.mutate(day=rows.occurred_at.date(), words=rows.text.coalesce(rows.search_words))
    alike = rows.group_by("customer_id", "day", "event_name", "platform", "words").aggregate(
        at=rows.occurred_at.max(),
        acts=rows.count(),
        category=ibis.cases((rows.category.nunique() == 1, rows.category.max())),
        import_id=rows.import_id.max(),
        source_row=rows.source_row.argmax(rows.row_key),
    )
    number = ibis.null("string")
    words = alike.words.coalesce(alike.category)
    return _entry(
        alike, "act", alike["at"], what=alike.event_name, number=number, place=alike.platform, words=words,
        count=alike.acts, **_lineage(alike),
    )  # fmt: skip


def _feedback(facts: _Facts) -> ir.Table:
    rows = facts.fact("feedback_fact")
    return _entry(
        rows, "feedback", rows.occurred_at, what=rows.feedback_kind, number=rows.feedback_no, place=rows.topic,
        words=rows.text, amount=rows.satisfaction_1_5, **_lineage(rows),
    )  # fmt: skip


def _coupons(facts: _Facts) -> ir.Table:
    granted, used = facts.canonical("coupon"), facts.canonical("coupon_redemption")
    given = _entry(
        granted, "coupon", granted.occurred_at, what=ibis.literal("granted"), number=granted.coupon_no,
        words=granted.campaign_name, amount=granted.face_amount, **_lineage(granted),
    )  # fmt: skip
    spent = _entry(
        used, "coupon", used.occurred_at, what=ibis.literal("used"), number=used.coupon_no, words=used.order_no,
        **_lineage(used),
    )  # fmt: skip
    return ibis.union(given, spent)


def _contacts(facts: _Facts) -> ir.Table:
    rows = facts.canonical("exposure")
    what = ibis.cases((rows.is_responded, "responded"), else_="sent")
    return _entry(
        rows, "contact", rows.occurred_at, what=what, number=rows.campaign_no, place=rows.channel, **_lineage(rows)
    )


def _consents(facts: _Facts) -> ir.Table:
    rows = facts.canonical("consent")
    what = ibis.cases((rows.is_given, "given"), else_="withdrawn")
    return _entry(
        rows, "consent", rows.occurred_at, what=what, number=rows.purpose, place=rows.channel, **_lineage(rows)
    )


#: Kinds of entries, each with what gives them.
KINDS: dict[str, Callable[[_Facts], ir.Table]] = {
    "order": _orders,
    "act": _acts,
    "feedback": _feedback,
    "coupon": _coupons,
    "contact": _contacts,
    "consent": _consents,
}
