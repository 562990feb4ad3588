"""Rules that look beside the cell: at other columns of the row, other rows, other tables, other days."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import count_of
from huaxiang.model import quality_rules as rules
from huaxiang.model.quality import Target
from huaxiang.prepare.quality.judging import Round, Verdict


def has_identifier(now: Round, rows: ir.Table, column: str, rule: rules.HasIdentifier) -> Verdict:
    """Fails where the account has no identifier of the type in the source."""
    known = now.engine.table("identifier")
    own = known.filter(known.identifier_type == rule.identifier_type)
    pairs = own.select(known_source=own.source, known_account=own.account_key).distinct()
    joined = rows.left_join(pairs, [rows.source == pairs.known_source, rows[column] == pairs.known_account])
    return Verdict(joined, joined[column], ibis.literal(True), joined.known_account.isnull())


def unique(_: Round, rows: ir.Table, column: str, rule: rules.Unique) -> Verdict:
    """Fails for every row that shares its values with another one of the source."""
    columns = (column, *rule.beside)
    if rule.but_not_accounts:
        rows = rows.filter(~rows.account_key.re_search(rule.but_not_accounts))
    counted = rows.mutate(sharing=rows.count().over(group_by=["source", *columns]))
    complete = ibis.and_(*[counted[one].notnull() for one in columns])
    return Verdict(counted, counted[column], complete, counted.sharing > 1)


def refers(now: Round, rows: ir.Table, column: str, rule: rules.Refers) -> Verdict:
    """Fails where the other table, of any source, has no such value; judges nothing while it is empty."""
    known = now.rows(Target(table=rule.to, column=rule.by))
    values = known.filter(known[rule.by].notnull()).select(known_value=known[rule.by]).distinct()
    joined = rows.left_join(values, rows[column] == values.known_value)
    applies = joined[column].notnull() if count_of(now.engine, values) else ibis.literal(False)
    return Verdict(joined, joined[column], applies, joined.known_value.isnull())


def not_before(_: Round, rows: ir.Table, column: str, rule: rules.NotBefore) -> Verdict:
    """Fails where the time lies before the other one."""
    moment, other = rows[column], rows[rule.other]
    return Verdict(rows, moment, moment.notnull() & other.notnull(), moment < other)


def difference(_: Round, rows: ir.Table, column: str, rule: rules.Difference) -> Verdict:
    """Fails where the amount is not one column less the other."""
    whole, less = rows[rule.of], rows[rule.less].fill_null(_exact(Decimal(0)))
    gap = (whole - less - rows[column]).abs()
    return Verdict(rows, rows[column], rows[column].notnull() & whole.notnull(), gap > _exact(rule.within))


def at_most_product(_: Round, rows: ir.Table, column: str, rule: rules.AtMostProduct) -> Verdict:
    """Fails where a line costs more than quantity times price."""
    amount, product = rows[column], rows[rule.of].cast("float64") * rows[rule.times].cast("float64")
    applies = amount.notnull() & product.notnull() & (amount >= 0)
    return Verdict(rows, amount, applies, amount.cast("float64") > product + float(rule.within))


def arrives(now: Round, rows: ir.Table, column: str, rule: rules.Arrives) -> Verdict:
    """One row per source and span of days, the value its first day; fails where the source has nothing in it."""
    starts = [now.as_of - timedelta(days=rule.every_days * (back + 1) - 1) for back in range(rule.periods)]
    ends = [start + timedelta(days=rule.every_days) for start in starts]
    spans = now.engine.bring(f"{now.name}_spans", pa.table({"starts": starts, "ends": ends}))
    sources = rows.filter(rows[column].notnull()).select("source").distinct()
    days = rows.filter(rows[column].notnull()).select(day_source=rows.source, day=rows[column].date()).distinct()
    wanted = sources.cross_join(spans)
    met = wanted.left_join(
        days, [wanted.source == days.day_source, days.day >= wanted.starts, days.day < wanted.ends]
    ).group_by(["source", "starts"])
    counted = met.agg(seen=ibis._.day_source.count())
    nowhere = counted.mutate(import_id=ibis.null("string"), source_row=ibis.null("int64"))
    return Verdict(nowhere, nowhere.starts, ibis.literal(True), nowhere.seen == 0)


def _exact(number: Decimal) -> ir.Value:
    return ibis.literal(number).cast("decimal(18, 4)")
