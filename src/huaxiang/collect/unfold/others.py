"""Events, feedback, coupons and campaigns: the columns that are read from several fields."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.collect.unfold.told import Told
from huaxiang.model.mapping import ACCOUNT_FIELDS, vocabulary

_SOCIAL_ACTS = ("like", "comment", "share", "follow", "unfollow")


def event_columns(told: Told) -> dict[str, ir.Value]:
    """The family of an event: social by platform or act, app by platform, else web."""
    rows, platform = told.rows, told.rows.platform.lower()
    family = ibis.cases(
        (platform.isin([name.lower() for name in vocabulary()["social_platforms"]]), "social"),
        (rows.event_name.isin(_SOCIAL_ACTS), "social"),
        ((rows.event_name == "visit").fill_null(False), "store"),
        ((rows.event_name == "message").fill_null(False), "message"),
        (platform.isin([name.lower() for name in vocabulary()["app_platforms"]]), "app"),
        else_="web",
    )
    return {"event_family": family}


def feedback_columns(told: Told) -> dict[str, ir.Value]:
    """A ticket is feedback of that kind; answers about an order are reviews, others are survey answers."""
    if told.mapping.form == "ticket":
        return {"feedback_kind": ibis.literal("ticket")}
    review = told.has("order_no") or told.has("stated_sentiment")
    return {"feedback_kind": ibis.literal("review" if review else "survey")}


def money_columns(told: Told) -> dict[str, ir.Value]:
    """The currency of amounts, from the file, the mapping or the workspace."""
    return {"currency": told.currency(told.rows)}


def campaign_columns(told: Told) -> dict[str, ir.Value]:
    """A campaign happens when it starts."""
    return {**money_columns(told), "occurred_at": told.rows.starts_on.cast("timestamp(6)")}


def redemptions(told: Told) -> dict[str, ir.Table]:
    """The uses of coupons that a file of grants carries."""
    if not told.has("used_at"):
        return {}
    used = told.rows.filter(told.rows.used_at.notnull())
    return {"coupon_redemption": used.mutate(order_no=used.used_order_no, occurred_at=used.used_at)}


def tag_columns(told: Told) -> dict[str, ir.Value]:
    """Whom a value of a tag is for: the strongest identifier of the row. It makes no account of its own. In a file with
    a column for each tag a star says so; the columns stand in ``extra``."""
    rows = told.rows
    known = [(rows[name].notnull(), name) for name in (*ACCOUNT_FIELDS, "phone", "email") if told.has(name)]
    named = ibis.cases(*known) if known else ibis.null("string")
    value = ibis.coalesce(*(rows[name] for _, name in known)) if known else ibis.null("string")
    star = {} if told.has("tag_name") else {name: ibis.literal("*") for name in ("tag", "value")}
    return {"identifier_type": named, "identifier_value": value, **star}
