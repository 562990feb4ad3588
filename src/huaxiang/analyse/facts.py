"""Fact tables ready for tags: each row with its customer, a time, and a few columns derived from others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.lone_links import TABLE
from huaxiang.analyse.lone_permissions import without_lone_permissions
from huaxiang.analyse.made_facts import coupons, mentions, order_days, recommendations
from huaxiang.engine.interface import Engine
from huaxiang.errors import InputError
from huaxiang.model.facts import Fact, fact_named
from huaxiang.model.tables import canonical_tables
from huaxiang.prepare.current import current, until

Tables = Mapping[str, ir.Table]

#: Facts that are made of the rows of another one.
MADE_OF: Mapping[str, str] = {"order_day": "sale", "recommendation": "feedback_fact", "mention": "feedback_fact"}
_MAKE: Mapping[str, Callable[[ir.Table], ir.Table]] = {
    "order_day": order_days, "recommendation": recommendations, "mention": mentions
}  # fmt: skip
_DAYPARTS = ((6, "night"), (9, "early_morning"), (12, "morning"), (14, "noon"), (18, "afternoon"), (22, "evening"))


def end_of(as_of: date) -> datetime:
    """The first instant after the ``as_of`` day."""
    return datetime.combine(as_of + timedelta(days=1), time.min)


def is_other_currency(sale: ir.Table) -> ir.BooleanValue:
    """Whether a row of the sales is in another currency than most orders: its amounts are added to no sum. Never null;
    where nobody looked at currencies there is only one."""
    is_other = sale.is_other_currency if "is_other_currency" in sale.columns else ibis.null("boolean")
    return is_other.fill_null(False)


def fact_rows(name: str, engine: Engine, facts: Tables, as_of: date) -> ir.Table | None:
    """The rows of a fact table known by the end of the ``as_of`` day, each with ``customer_id`` (null for guests).

    ``facts`` come before the published tables; of canonical tables the newest version of each fact that had
    happened by then counts. None where neither has the table.
    """
    fact = fact_named(name)
    rows = _made(fact, engine, facts, as_of)
    if rows is None:
        return None
    if fact.account and "customer_id" not in rows.columns:
        account = _table("account", engine, facts, None)
        if account is None:
            return None
        rows = _with_customer(rows, fact.account, account)
    if fact.name == "consent":
        rows = without_lone_permissions(rows, _table(TABLE, engine, facts, None))
    return _complete(_by_then(rows, fact, as_of), fact)


def rows_read(name: str, analysis: str, engine: Engine, facts: Tables, as_of: date) -> ir.Table:
    """The rows of :func:`fact_rows` for an analysis. Raises :class:`InputError` where there is no such table."""
    rows = fact_rows(name, engine, facts, as_of)
    if rows is None:
        raise InputError("analysis.missing_input", analysis=analysis, table=name)
    return rows


def _made(fact: Fact, engine: Engine, facts: Tables, as_of: date) -> ir.Table | None:
    """The rows of a fact table that is made of another, or as they are given."""
    if fact.name in MADE_OF:
        rows = fact_rows(MADE_OF[fact.name], engine, facts, as_of)
        return None if rows is None else _MAKE[fact.name](rows)
    rows = _given(fact, engine, facts, as_of)
    used = _table("coupon_redemption", engine, facts, as_of) if fact.name == "coupon" else None
    return rows if rows is None or used is None else coupons(rows, until(used, as_of), as_of)


def _given(fact: Fact, engine: Engine, facts: Tables, as_of: date) -> ir.Table | None:
    rows = _table(fact.table, engine, facts, as_of if fact.at == "occurred_at" else None)
    if rows is not None and fact.name == "act":
        return rows.mutate(daypart=_daypart(rows.occurred_at))
    if rows is not None and fact.name == "sale":
        return rows.mutate(is_other_currency=is_other_currency(rows))
    return rows


def _table(name: str, engine: Engine, facts: Tables, as_of: date | None) -> ir.Table | None:
    if name in facts:
        return facts[name]
    if name in canonical_tables():
        return current(engine, name, as_of)
    return engine.table(name) if name in engine.tables() else None


def _with_customer(rows: ir.Table, account_column: str, account: ir.Table) -> ir.Table:
    owner = account.select(owner_key=account.account_key, customer_id=account.customer_id)
    return rows.left_join(owner, rows[account_column] == owner.owner_key).drop("owner_key")


def _by_then(rows: ir.Table, fact: Fact, as_of: date) -> ir.Table:
    if fact.at is None:
        return rows
    return rows.filter(rows[fact.at].isnull() | (rows[fact.at] < end_of(as_of)))


def _daypart(at: ir.TimestampValue) -> ir.StringValue:
    hour = at.hour()
    return ibis.cases(*((hour < before, part) for before, part in _DAYPARTS), (hour >= 22, "night"))


def _complete(rows: ir.Table, fact: Fact) -> ir.Table:
    # A source that never had a column leaves it unknown, so that its tags are unknown too.
    lacking = {key: ibis.null(field.ibis_type) for key, field in fact.columns.items() if key not in rows.columns}
    return rows.mutate(**lacking) if lacking else rows
