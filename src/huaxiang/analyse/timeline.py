"""What happened between us and one customer, day by day: orders, acts, feedback, coupons, campaigns, consents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.analyse.facts import end_of
from huaxiang.engine.interface import Engine
from huaxiang.errors import NotFound, nearest
from huaxiang.prepare.current import current

Tables = Mapping[str, ir.Table]

#: Columns of every entry, in order. ``what`` is a code or a name, ``words`` what people wrote, searched for or bought.
COLUMNS: dict[str, str] = {
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


def timeline(
    engine: Engine, tables: Tables, customer_id: str, as_of: date, kinds: Sequence[str], before: date | None, days: int
) -> pa.Table:
    """One row per entry of the customer's latest ``days`` days with one, newest first: :data:`COLUMNS` and ``day``.

    ``before`` (not included) turns to earlier pages; nothing after ``as_of`` is told, nor entries without a time. Acts
    of one kind and day are one entry with their ``count``, those with words one for each wording. An empty ``kinds``
    means all of :data:`KINDS`; an unknown one raises :class:`NotFound`.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise NotFound("customer.unknown_kind", given=kind, nearest=nearest(kind, KINDS))
    end = min(end_of(as_of), datetime.combine(before, time.min)) if before else end_of(as_of)
    parts = [KINDS[kind](_Source(engine, tables, customer_id, as_of, end)) for kind in (kinds or KINDS)]
    every = ibis.union(*parts) if len(parts) > 1 else parts[0]
    dated = every.mutate(day=every.at.date())
    newest = ibis.dense_rank().over(ibis.window(order_by=dated.day.desc()))
    shown = dated.mutate(place_of_day=newest)
    shown = shown.filter(shown.place_of_day < days).drop("place_of_day")
    order = [shown.at.desc(), shown.kind, shown.import_id, shown.source_row, shown.number, shown.what, shown.words]
    return engine.arrow(shown.order_by(order))


class _Source:
    """The rows of one customer before an instant, as they stood on a day."""

    def __init__(self, engine: Engine, tables: Tables, customer_id: str, as_of: date, end: datetime) -> None:
        self._engine, self._tables, self._id, self._as_of = engine, tables, customer_id, as_of
        self._end = ibis.literal(end, type="timestamp(6)")

    def fact(self, name: str, at: str) -> ir.Table:
        """Rows of a published fact table."""
        rows = self._tables[name]
        return self._before(rows.filter(rows.customer_id == self._id), at)

    def canonical(self, name: str) -> ir.Table:
        """Current rows of a canonical table, of the customer's accounts."""
        account = self._tables["account"]
        own = account.filter(account.customer_id == self._id).select("account_key")
        return self._before(current(self._engine, name, self._as_of).semi_join(own, "account_key"), "occurred_at")

    def _before(self, rows: ir.Table, at: str) -> ir.Table:
        return rows.filter(rows[at] < self._end)


def _entry(rows: ir.Table, kind: str, at: Any, **columns: Any) -> ir.Table:
    given = {"kind": ibis.literal(kind), "at": at, **columns}
    return rows.select(
        **{name: given[name].cast(type_) if name in given else ibis.null(type_) for name, type_ in COLUMNS.items()}
    )


def _lineage(rows: ir.Table) -> dict[str, ir.Value]:
    return {"import_id": rows.import_id, "source_row": rows.source_row}


def _orders(source: _Source) -> ir.Table:
    rows = source.fact("sale", "ordered_at")
    what = ibis.cases((rows.is_return, "returned"), else_=rows.order_status)
    amount = ibis.cases((rows.is_counted, rows.net_revenue), else_=rows.paid_amount)
    place = rows.store_no.coalesce(rows.channel)
    return _entry(
        rows, "order", rows.ordered_at, what=what, number=rows.order_no, place=place, amount=amount, **_lineage(rows)
    )


def _acts(source: _Source) -> ir.Table:
    rows = source.fact("act", "occurred_at")
    rows = rows.mutate(day=rows.occurred_at.date(), words=rows.text.coalesce(rows.search_words))
    alike = rows.group_by("day", "event_name", "platform", "words").aggregate(
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


def _feedback(source: _Source) -> ir.Table:
    rows = source.fact("feedback_fact", "occurred_at")
    return _entry(
        rows, "feedback", rows.occurred_at, what=rows.feedback_kind, number=rows.feedback_no, place=rows.topic,
        words=rows.text, amount=rows.satisfaction_1_5, **_lineage(rows),
    )  # fmt: skip


def _coupons(source: _Source) -> ir.Table:
    granted, used = source.canonical("coupon"), source.canonical("coupon_redemption")
    given = _entry(
        granted, "coupon", granted.occurred_at, what=ibis.literal("granted"), number=granted.coupon_no,
        words=granted.campaign_name, amount=granted.face_amount, **_lineage(granted),
    )  # fmt: skip
    spent = _entry(
        used, "coupon", used.occurred_at, what=ibis.literal("used"), number=used.coupon_no, words=used.order_no,
        **_lineage(used),
    )  # fmt: skip
    return ibis.union(given, spent)


def _contacts(source: _Source) -> ir.Table:
    rows = source.canonical("exposure")
    what = ibis.cases((rows.is_responded, "responded"), else_="sent")
    return _entry(
        rows, "contact", rows.occurred_at, what=what, number=rows.campaign_no, place=rows.channel, **_lineage(rows)
    )


def _consents(source: _Source) -> ir.Table:
    rows = source.canonical("consent")
    what = ibis.cases((rows.is_given, "given"), else_="withdrawn")
    return _entry(
        rows, "consent", rows.occurred_at, what=what, number=rows.purpose, place=rows.channel, **_lineage(rows)
    )


#: Kinds of entries, each with what gives them.
KINDS: dict[str, Callable[[_Source], ir.Table]] = {
    "order": _orders,
    "act": _acts,
    "feedback": _feedback,
    "coupon": _coupons,
    "contact": _contacts,
    "consent": _consents,
}
