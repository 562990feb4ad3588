"""Which rows are news: keys and content hashes, and what the lake already has."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from huaxiang.collect.landing import Operation
from huaxiang.engine import Engine
from huaxiang.model.tables import Table, canonical_table

_NULL = "\u2400"
#: The tables of rows without a number of their own, by a column that only they have, and what makes neighbours of rows.
_RUNS = (("line_amount", "order_no"), ("event_family", "occurred_at"))


def with_lineage(rows: ir.Table, table: Table, operation: Operation, source: str) -> ir.Table:
    """The rows with source, import, known_at, ``row_hash`` of their content and ``row_key``.

    The key of a row whose key columns are all known is made of them; any other row is told apart by its content and
    by its count among equal ones, so that genuine doubles stay and the same export read again adds nothing.
    """
    content = [rows[name] for name in (*table.own_columns, "occurred_at", "extra")]
    hashed = rows.mutate(
        source=ibis.literal(source),
        known_at=ibis.literal(operation.known_at).cast("timestamp(6)"),
        import_id=ibis.literal(operation.import_id),
        row_hash=_joined([ibis.literal(source), *content]).hexdigest("md5"),
    )
    return _keyed(hashed, table)


def _keyed(rows: ir.Table, table: Table) -> ir.Table:
    keys = [key for key in (table.key, table.natural_key) if key]
    if not keys:
        return _by_content(rows)
    # Counting equal rows is dear, so that it is left to the few rows without a key.
    named = ibis.or_(*[_is_known(rows, key) for key in keys])
    row_key = ibis.coalesce(*[_key_or_none(rows, key) for key in keys])
    return rows.filter(named).mutate(row_key=row_key).union(_by_content(rows.filter(~named)))


def _by_content(rows: ir.Table) -> ir.Table:
    blocked = rows.mutate(block=_block(rows))
    place = ibis.row_number().over(group_by=[blocked.row_hash, blocked.block], order_by=blocked.source_row)
    return blocked.mutate(row_key=_joined([blocked.row_hash, place]).hexdigest("md5")).drop("block")


def _block(rows: ir.Table) -> ir.IntegerValue:
    """The number of the run of neighbouring rows that a row stands in: rows of one order, or acts of one instant.

    Equal rows side by side are two pieces scanned one by one, or two taps on one button; a row that comes again apart
    from its neighbours was exported again.
    """
    run_of = next((name for table_column, name in _RUNS if table_column in rows.columns), None)
    if run_of is None:
        return ibis.literal(0, "int64")
    everywhere = ibis.row_number().over(order_by=rows.source_row)
    in_run = ibis.row_number().over(group_by=rows[run_of], order_by=rows.source_row)
    return everywhere - in_run


def _key_or_none(rows: ir.Table, key: tuple[str, ...]) -> ir.StringValue:
    return ibis.ifelse(
        _is_known(rows, key), _joined([rows[name] for name in key]).hexdigest("md5"), ibis.null("string")
    )


def _is_known(rows: ir.Table, key: tuple[str, ...]) -> ir.BooleanValue:
    return ibis.and_(*[rows[name].notnull() for name in key])


def _joined(values: list[ir.Value]) -> ir.StringValue:
    return ibis.literal("\u241f").join([value.cast("string").fill_null(_NULL) for value in values])


def verdicts(engine: Engine, rows: ir.Table, name: str) -> ir.Table:
    """The rows with a ``verdict``: ``new``, ``already_there`` (the lake, or an earlier row of this file, says the
    same) or ``conflict`` (a fact that never changes was told otherwise before)."""
    table = canonical_table(name)
    latest = engine.keep(f"latest_{name}", _latest(engine.table(name), rows))
    known = rows.left_join(latest, rows.row_key == latest.known_key).drop("known_key")
    counts = rows.group_by("row_key").aggregate(times=rows.count())
    several = engine.keep(f"several_{name}", counts.filter(counts.times > 1).select("row_key"))
    alone = known.anti_join(several, "row_key")
    told = alone.mutate(verdict=_verdict(alone, alone.known_hash, table)).drop("known_hash")
    return told.union(_among_equals(known.semi_join(several, "row_key"), table))


def _among_equals(rows: ir.Table, table: Table) -> ir.Table:
    """Verdicts of rows whose key comes more than once in the file: what stood before is the row before, or for facts
    that never change the first one."""
    order = ibis.window(group_by=rows.row_key, order_by=rows.source_row)
    if _never_changes(table):
        first = ibis.ifelse(ibis.row_number().over(order) > 0, rows.row_hash.first().over(order), ibis.null("string"))
        rows = rows.mutate(standing=ibis.coalesce(rows.known_hash, first))
    else:
        rows = rows.mutate(standing=ibis.coalesce(rows.row_hash.lag().over(order), rows.known_hash))
    return rows.mutate(verdict=_verdict(rows, rows.standing, table)).drop("known_hash", "standing")


def _verdict(rows: ir.Table, standing: ir.StringColumn, table: Table) -> ir.StringValue:
    other = "conflict" if _never_changes(table) else "new"
    return ibis.cases((standing.isnull(), "new"), (standing == rows.row_hash, "already_there"), else_=other)


def _never_changes(table: Table) -> bool:
    return table.first_wins or not table.key


def _latest(stored: ir.Table, rows: ir.Table) -> ir.Table:
    mine = stored.semi_join(rows, stored.row_key == rows.row_key)
    newest = [mine.known_at.desc(), mine.import_id.desc(), mine.source_row.desc()]
    ranked = mine.mutate(place=ibis.row_number().over(group_by=mine.row_key, order_by=newest))
    return ranked.filter(ranked.place == 0).select(known_key="row_key", known_hash="row_hash")
