"""Working out in Python what an engine cannot say portably: once per distinct text, brought back as a column."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine


def with_worked_out(
    engine: Engine, rows: ir.Table, column: str, work: Callable[[str], object], to: tuple[str, pa.DataType], name: str
) -> ir.Table:
    """``rows`` with one more column: what ``work`` makes of the text in ``column``; null stays null.

    ``to`` is the new column and its type. ``name`` is the session table that holds the answers: use each name once.
    """

    def answered(given: pa.Table) -> pa.Table:
        texts = given.column(0).to_pylist()
        answers = pa.array([work(text) for text in texts], to[1])
        return pa.table({"given": pa.array(texts, pa.string()), "made": answers})

    known = engine.work_out(name, rows.filter(rows[column].notnull()).select(column).distinct(), answered)
    joined = rows.left_join(known, rows[column] == known.given)
    return joined.mutate(**{to[0]: joined.made}).select(*rows.columns, to[0])
