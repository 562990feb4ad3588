"""Columns on their way into Spark and out of it: exact decimals, timestamps without a zone, declared types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.datatypes as dt
import ibis.expr.schema as sch
import pyarrow as pa
import pyarrow.types as kinds

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

#: Spark has no unsigned integers: each takes the next type that holds all its values.
_SIGNED = {pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64(), pa.uint64(): pa.decimal128(20, 0)}


def spark_schema(schema: sch.Schema) -> StructType:
    """The same columns in Spark's types; a timestamp without a zone stays without one."""
    from pyspark.sql.pandas.types import from_arrow_schema

    fields = [field.with_type(_portable(field.type)) for field in schema.to_pyarrow()]
    return from_arrow_schema(pa.schema(fields), prefer_timestamp_ntz=True)


def portable(rows: pa.Table) -> pa.Table:
    """The same rows in Arrow types that Spark takes in without changing a value.

    Raises :class:`pyarrow.ArrowInvalid` for a value that the type cannot hold, such as a fraction of a microsecond.
    """
    return rows.cast(pa.schema([field.with_type(_portable(field.type)) for field in rows.schema]))


def settled(frame: DataFrame, declared: sch.Schema) -> tuple[DataFrame, sch.Schema]:
    """The frame cast to the columns that the expression declares, and those columns.

    A decimal declared without digits keeps those that Spark gave it.
    """
    from ibis.backends.pyspark.datatypes import PySparkSchema

    found = PySparkSchema.to_ibis([(field.name, field.dataType) for field in frame.schema.fields])
    schema = sch.Schema({name: kind if _is_exact(kind) else found[name] for name, kind in declared.items()})
    return as_schema(frame, schema), schema


def as_schema(frame: DataFrame, schema: sch.Schema) -> DataFrame:
    """Exactly these columns: in this order, cast to these types, null where the frame lacks one."""
    from pyspark.sql import functions as spark

    present = set(frame.columns)
    columns = {
        field.name: spark.col(_quoted(field.name)) if field.name in present else spark.lit(None)
        for field in spark_schema(schema).fields
    }
    return frame.select(
        [columns[field.name].cast(field.dataType).alias(field.name) for field in spark_schema(schema).fields]
    )


def _is_exact(kind: dt.DataType) -> bool:
    return not isinstance(kind, dt.Decimal) or kind.precision is not None


def _portable(kind: pa.DataType) -> pa.DataType:
    if kinds.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    if kinds.is_dictionary(kind):
        return _portable(kind.value_type)
    if kinds.is_large_string(kind) or kinds.is_string_view(kind):
        return pa.string()
    if kinds.is_list(kind) or kinds.is_large_list(kind):
        return pa.list_(_portable(kind.value_type))
    return pa.int32() if kinds.is_null(kind) else _SIGNED.get(kind, kind)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
