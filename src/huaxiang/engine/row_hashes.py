"""A number for each row, by which rows are told apart without looking at them side by side.

Every engine has its own, so it is compared within one session only and never published.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir


def _hash(_value) -> dt.uint64:  # type: ignore[no-untyped-def]  # noqa: ANN001 - of any type
    """64 bits that depend on the value."""


# DuckDB's word; what Spark does instead stands in spark_alike.
_hash64: Any = ibis.udf.scalar.builtin(_hash, name="hash")
#: The operation that stands for it in an expression.
HASH64 = type(_hash64(ibis.literal(0)).op())


def row_hash(rows: ir.Table) -> ir.DecimalValue:
    """64 bits of each row of plain columns, as a decimal wide enough for the sum of 10^18 of them.

    Equal rows have equal hashes. Columns count by their names, in whatever order they come; null is a value of its own,
    neither '' nor 0 nor null in another column. Values of other types may be alike (1 and 1 in a wider column): who
    compares tables compares their schemas too. Two rows that differ have one hash by a chance of about 1 in 2^64.

    It is hashed twice because DuckDB joins the hashes of columns by exclusive or. Two rows that exchange the value of a
    column would keep their sum in about 1 of 10^8 cases; of numbers that are hashed once more, in 1 of 2^64.
    """
    row = ibis.struct({name: rows[name] for name in sorted(rows.columns)})
    number: ir.DecimalValue = _hash64(_hash64(row)).cast("decimal(38, 0)")
    return number
