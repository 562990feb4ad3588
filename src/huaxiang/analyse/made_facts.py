"""Fact tables that are made of others: what happened before, what was named, what is still open."""

from __future__ import annotations

from datetime import date
from functools import cache, reduce

import ibis
import ibis.expr.types as ir

from huaxiang.shipped import shipped

#: A complaint: a ticket, a low score, or words that are rather bad than good.
_LOW_SATISFACTION, _DETRACTS = 2, 6


def order_days(sale: ir.Table) -> ir.Table:
    """One row per customer and day with a purchase: the day, its orders, and the days since the purchase day before."""
    bought = sale.filter(sale.is_purchase, sale.customer_id.notnull(), sale.ordered_at.notnull())
    bought = bought.mutate(ordered_on=bought.ordered_at.date())
    days = bought.group_by("customer_id", "ordered_on").aggregate(
        ordered_at=bought.ordered_at.max(), order_count=bought.count()
    )
    before = days.ordered_on.lag().over(ibis.window(group_by="customer_id", order_by="ordered_on"))
    return days.mutate(ordered_before=before).mutate(
        days_before=lambda rows: rows.ordered_on.delta(rows.ordered_before, unit="day")
    )


def recommendations(feedback: ir.Table) -> ir.Table:
    """The answers to the willingness to recommend, each with the customer's answer before."""
    rows = feedback.filter(feedback.recommend_0_10.notnull())
    order = [ibis.asc(rows[name], nulls_first=True) for name in ("occurred_at", "import_id", "source_row", "source")]
    before = rows.recommend_0_10.lag().over(ibis.window(group_by="customer_id", order_by=order))
    return rows.mutate(recommend_before=before)


def mentions(feedback: ir.Table) -> ir.Table:
    """One row per piece of feedback and matter that its topic or text names, by the words of the lexicon."""
    parts = [feedback[name].fill_null("") for name in ("topic", "text") if name in feedback.columns]
    said = reduce(lambda one, other: one + " " + other, parts, ibis.literal("")).lower()
    bad = (feedback.satisfaction_1_5 <= _LOW_SATISFACTION) | (feedback.recommend_0_10 <= _DETRACTS)
    complaint = (feedback.feedback_kind == "ticket").fill_null(False) | bad.fill_null(False)
    rows = feedback.mutate(said=said, is_complaint=complaint | (feedback.sentiment < 0).fill_null(False))
    named = [rows.filter(rows.said.re_search(words)).mutate(concern=ibis.literal(concern))
             for concern, words in _lexicon().items()]  # fmt: skip
    return ibis.union(*named).drop("said")


def coupons(granted: ir.Table, used: ir.Table, as_of: date) -> ir.Table:
    """The coupons granted, with whether each was ``used`` by the end of the day and whether it still can be."""
    is_used = granted.coupon_no.isin(used.coupon_no)
    expired = (granted.expires_at.date() < ibis.literal(as_of)).fill_null(False)
    return granted.mutate(is_used=is_used, is_open=~is_used & ~expired)


@cache
def _lexicon() -> dict[str, str]:
    return {str(concern): "|".join(words) for concern, words in shipped("lexicon", "concerns.yaml").items()}
