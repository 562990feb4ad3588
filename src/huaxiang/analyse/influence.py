"""社交影响力: whom a customer brought and what they shared, in points that anybody can add up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.analysis import Analysis, Choices
from huaxiang.analyse.facts import end_of, rows_read
from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import Labels
from huaxiang.model.results import OutputColumn, Parameter, Result
from huaxiang.words import Message

KEY = "influence"


def _labels(zh: str, en: str) -> Labels:
    return Labels(zh=zh, en=en)


#: What counts, and the parameter with its points.
KINDS = {
    "invited": _labels("推荐来的人", "people invited"),
    "invited_bought": _labels("推荐来并购买的人", "invited people who bought"),
    "share": _labels("分享", "shares"),
    "comment": _labels("评论", "comments"),
    "like": _labels("点赞", "likes"),
}


def run(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> Result:
    """How many have any influence, how far invitations carry, and everybody's points."""
    counted = engine.keep("influence_counted", _counted(engine, tables, params, as_of))
    members = engine.keep("influence_members", _members(counted))
    found = only(engine.arrow(members.aggregate(
        n=members.count(), inviters=(members.invited > 0).sum(), invited=members.invited.sum(),
        bought=members.invited_bought.sum(),
    )))[0]  # fmt: skip
    n, inviters, invited, bought = (int(str(found[name] or 0)) for name in ("n", "inviters", "invited", "bought"))
    if not n:
        return Result(Message("influence.nothing"), {"kinds": ()}, {"customers": 0})
    figures = {"customers": n, "inviters": inviters, "invited": invited, "invited_bought": bought,
               "k_factor": bought / inviters if inviters else None}  # fmt: skip
    answer = Message("influence.sentence", {"n": n, "inviters": inviters, "invited": invited, "bought": bought})
    return Result(answer, {"kinds": _kinds(engine, counted)}, figures, (), members)


def evidence(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> ir.Table:
    """One row per customer and kind: how often, and the points; the points add up to the influence."""
    return _counted(engine, tables, params, as_of)


def _counted(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> ir.Table:
    """One row per customer and kind of which there was any: ``customer_id, kind, times, weight`` (points)."""
    invited = _invited(engine, tables, as_of)
    everybody = invited.group_by("customer_id").aggregate(times=invited.count()).mutate(kind=ibis.literal("invited"))
    buyers = invited.filter(invited.has_bought).group_by("customer_id").aggregate(times=lambda rows: rows.count())
    acts = _acts(engine, tables, params["window_days"], as_of)
    parts = [everybody, buyers.mutate(kind=ibis.literal("invited_bought")), acts]
    rows = ibis.union(*[part.select("customer_id", "kind", times=part.times.cast("int64")) for part in parts])
    points = ibis.cases(*((rows.kind == kind, float(params[f"points_{kind}"])) for kind in KINDS))
    return rows.mutate(weight=rows.times * points)


def _invited(engine: Engine, tables: Mapping[str, ir.Table], as_of: date) -> ir.Table:
    """One row per inviting customer and customer invited, nobody inviting themselves: ``customer_id, has_bought``."""
    rows = rows_read("referral", KEY, engine, tables, as_of)
    account = rows_read("account", KEY, engine, tables, as_of)
    owner = account.select(guest_key=account.account_key, guest_id=account.customer_id)
    told = rows.inner_join(owner, rows.account_key == owner.guest_key)
    told = told.filter(told.customer_id.notnull(), told.guest_id.notnull(), told.customer_id != told.guest_id)
    pairs = told.select("customer_id", "guest_id").distinct()
    sale = rows_read("sale", KEY, engine, tables, as_of)
    return pairs.mutate(has_bought=pairs.guest_id.isin(sale.filter(sale.is_purchase).customer_id))


def _acts(engine: Engine, tables: Mapping[str, ir.Table], days: int, as_of: date) -> ir.Table:
    act = rows_read("act", KEY, engine, tables, as_of)
    since = ibis.literal(end_of(as_of) - timedelta(days=days))
    own = act.filter(act.customer_id.notnull(), act.occurred_at >= since)
    social = own.filter(own.event_name.isin(("share", "comment", "like")))
    return social.group_by(customer_id=social.customer_id, kind=social.event_name).aggregate(times=social.count())


def _members(counted: ir.Table) -> ir.Table:
    def times(kind: str) -> ir.IntegerScalar:
        return counted.times.sum(where=counted.kind == kind).fill_null(0).cast("int64")

    return counted.group_by("customer_id").aggregate(
        influence=counted.weight.sum(), invited=times("invited"), invited_bought=times("invited_bought")
    )


def _kinds(engine: Engine, counted: ir.Table) -> tuple[Mapping[str, object], ...]:
    grouped = counted.group_by("kind").aggregate(
        customers=counted.count(), times=counted.times.sum(), points=counted.weight.sum()
    )
    return tuple(only(engine.arrow(grouped.order_by(ibis.desc("points"), "kind"))))


def _points(kind: str, default: float) -> Parameter:
    words = _labels(f"{KINDS[kind].zh}的分值", f"points for {KINDS[kind].en}")
    told = _labels("每一次（人）加这么多分。", "Each counts so many points.")
    return Parameter(f"points_{kind}", "number", words, told, default=default, least=0, greatest=1_000, unit="points")


_CUSTOMER = OutputColumn("customer_id", "text", _labels("顾客", "customer"))
_KIND = OutputColumn("kind", "text", _labels("做了什么", "what"), values=KINDS)
_TIMES = OutputColumn("times", "int", _labels("次数", "times"), "times")

ANALYSIS = Analysis(
    key=KEY,
    title=_labels("社交影响力", "Social influence"),
    explanation=_labels(
        "把推荐来的人、其中买了东西的人、分享、评论和点赞各乘一个公开的分值再相加。只数发生过的事，不猜身份，也不看粉丝数。"
        "推荐不限时间，分享、评论和点赞只看统计天数内的。",
        "Adds up people invited, those of them who bought, shares, comments and likes, each at points that everybody "
        "can see. It counts what happened, guesses no identity and ignores numbers of followers. Invitations count "
        "whenever they were made; shares, comments and likes only within the period.",
    ),
    source=_labels("公开分值的加权和；裂变系数 = 推荐来并购买的人 ÷ 推荐人",
                   "Weighted sum with open points; k-factor = invited people who bought ÷ inviters"),
    inputs=("referral", "account", "act", "sale"),
    parameters=(
        _points("invited", 5.0),
        _points("invited_bought", 15.0),
        _points("share", 2.0),
        _points("comment", 1.0),
        _points("like", 0.2),
        Parameter(
            "window_days", "int", _labels("统计天数", "period"),
            _labels("分享、评论和点赞只看最近这么多天，含统计日。",
                    "Shares, comments and likes of these last days, that day included."),
            default=365, least=1, greatest=36_500, unit="days",
        ),
    ),
    outputs={
        "kinds": (
            _labels("一种行为", "one kind"),
            (
                _KIND, OutputColumn("customers", "int", _labels("顾客数", "customers"), "customers"), _TIMES,
                OutputColumn("points", "number", _labels("总分", "points"), "points"),
            ),
        ),
        "members": (
            _labels("一位推荐过或互动过的顾客", "one customer who invited or interacted"),
            (
                _CUSTOMER,
                OutputColumn(KEY, "number", _labels("影响力", "influence"), "points"),
                OutputColumn("invited", "int", _labels("推荐人数", "people invited"), "people"),
                OutputColumn("invited_bought", "int", _labels("推荐后购买人数", "invited people who bought"), "people"),
            ),
        ),
        "evidence": (
            _labels("做过的事", "what was done"),
            (_CUSTOMER, _KIND, _TIMES, OutputColumn("weight", "number", _labels("加分", "points"), "points")),
        ),
    },
    run=run,
    evidence=evidence,
)  # fmt: skip
