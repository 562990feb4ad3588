"""Events, feedback, coupons and campaigns: the columns that are read from several fields."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.model.mapping import Mapping, vocabulary

_SOCIAL_ACTS = ("like", "comment", "share", "follow", "unfollow")


def event_columns(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Value]:
    """The family of an event: social by platform or act, app by platform, else web."""
    platform = staged.platform.lower()
    family = ibis.cases(
        (platform.isin([name.lower() for name in vocabulary()["social_platforms"]]), "social"),
        (staged.event_name.isin(_SOCIAL_ACTS), "social"),
        ((staged.event_name == "visit").fill_null(False), "store"),
        ((staged.event_name == "message").fill_null(False), "message"),
        (platform.isin([name.lower() for name in vocabulary()["app_platforms"]]), "app"),
        else_="web",
    )
    return {"event_family": family}


def ticket_columns(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Value]:
    """A service ticket is feedback of that kind."""
    return {"feedback_kind": ibis.literal("ticket")}


def survey_columns(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Value]:
    """Answers about an order are reviews, others are survey answers."""
    review = "order_no" in mapping.columns or "stated_sentiment" in mapping.columns
    return {"feedback_kind": ibis.literal("review" if review else "survey")}


def money_columns(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Value]:
    """The currency of amounts, from the file, the mapping or the workspace."""
    return {"currency": ibis.coalesce(staged.currency, ibis.literal(mapping.currency or currency))}


def campaign_columns(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Value]:
    """A campaign happens when it starts."""
    return {**money_columns(staged, mapping, currency), "occurred_at": staged.starts_on.cast("timestamp(6)")}


def redemptions(staged: ir.Table, mapping: Mapping, currency: str) -> dict[str, ir.Table]:
    """The uses of coupons that a file of grants carries."""
    if "used_at" not in mapping.columns:
        return {}
    used = staged.filter(staged.used_at.notnull())
    return {"coupon_redemption": used.mutate(order_no=used.used_order_no, occurred_at=used.used_at)}
