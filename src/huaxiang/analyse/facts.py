"""Fact tables ready for tags: each row with its customer, a time, and a few columns derived from others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import ibis
import ibis.expr.types as ir

from huaxiang.engine.interface import Engine
from huaxiang.model.facts import Fact, fact_named
from huaxiang.model.tables import canonical_tables
from huaxiang.prepare.current import current

Tables = Mapping[str, ir.Table]

_DAYPARTS = ((6, "night"), (9, "early_morning"), (12, "morning"), (14, "noon"), (18, "afternoon"), (22, "evening"))


def end_of(as_of: date) -> datetime:
    """The first instant after the ``as_of`` day."""
    return datetime.combine(as_of + timedelta(days=1), time.min)


def fact_rows(name: str, engine: Engine, facts: Tables, as_of: date) -> ir.Table | None:
    """The rows of a fact table known by the end of the ``as_of`` day, each with ``customer_id`` (null for guests).

    ``facts`` come before the published tables; of canonical tables the newest version of each fact that had
    happened by then counts. None where neither has the table.
    """
    fact = fact_named(name)
    rows = order_days(engine, facts, as_of) if name == "order_day" else _given(fact, engine, facts, as_of)
    if rows is None:
        return None
    if fact.account and "customer_id" not in rows.columns:
        account = _table("account", engine, facts, None)
        if account is None:
            return None
        rows = _with_customer(rows, fact.account, account)
    return _complete(_by_then(rows, fact, as_of), fact)


def order_days(engine: Engine, facts: Tables, as_of: date) -> ir.Table | None:
    """One row per customer and day with a purchase: the day, its orders, and the days since the purchase day before."""
    sale = fact_rows("sale", engine, facts, as_of)
    if sale is None:
        return None
    bought = sale.filter(sale.is_purchase, sale.customer_id.notnull(), sale.ordered_at.notnull())
    bought = bought.mutate(ordered_on=bought.ordered_at.date())
    days = bought.group_by("customer_id", "ordered_on").aggregate(
        ordered_at=bought.ordered_at.max(), order_count=bought.count()
    )
    before = days.ordered_on.lag().over(ibis.window(group_by="customer_id", order_by="ordered_on"))
    return days.mutate(ordered_before=before).mutate(
        days_before=lambda rows: rows.ordered_on.delta(rows.ordered_before, unit="day")
    )


def _given(fact: Fact, engine: Engine, facts: Tables, as_of: date) -> ir.Table | None:
    rows = _table(fact.name, engine, facts, as_of if fact.at == "occurred_at" else None)
    return rows.mutate(daypart=_daypart(rows.occurred_at)) if rows is not None and fact.name == "act" else rows


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
