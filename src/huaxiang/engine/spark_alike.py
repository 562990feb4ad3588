"""Expressions that Spark would silently answer differently: said so that it answers as DuckDB does, or refused."""

from __future__ import annotations

import re
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.patterns import InstanceOf, replace
from ibis.expr.rewrites import p

from huaxiang.engine.extra_texts import JSON_TEXT, name_at
from huaxiang.engine.row_hashes import HASH64
from huaxiang.errors import EngineError

#: Their answers depend on the engine, whatever is done.
_NEVER_ALIKE = (
    *(ops.Hash, ops.ApproxCountDistinct, ops.ApproxMedian, ops.ApproxQuantile, ops.ApproxMultiQuantile),
    *(ops.Sample, ops.RandomScalar, ops.RandomUUID, ops.IsNan),
)


def _rint(number: float) -> float:  # type: ignore[empty-body]
    """The nearest whole number, of two equally near the even one."""


def _to_timestamp_ltz(at: dt.timestamp) -> dt.timestamp:
    """The time in the session's zone, which is UTC."""


def _unix_micros(at: dt.timestamp) -> int:  # type: ignore[empty-body]
    """Microseconds since 1970."""


def _xxhash64(_value) -> dt.int64:  # type: ignore[no-untyped-def]  # noqa: ANN001 - of any type
    """64 bits; Spark's ``hash`` has 32."""


def _from_json(text: str, schema: str) -> dt.Map(dt.string, dt.string):  # type: ignore[valid-type]
    """The names and texts of an object."""


# Functions of Spark that Ibis has no word for.
rint: Any = ibis.udf.scalar.builtin(_rint, name="rint")
to_timestamp_ltz: Any = ibis.udf.scalar.builtin(_to_timestamp_ltz, name="to_timestamp_ltz")
unix_micros: Any = ibis.udf.scalar.builtin(_unix_micros, name="unix_micros")
from_json: Any = ibis.udf.scalar.builtin(_from_json, name="from_json")
xxhash64: Any = ibis.udf.scalar.builtin(_xxhash64, name="xxhash64")


def alike(table: ir.Table) -> ir.Table:
    """The same table, said so that Spark gives what DuckDB gives.

    Raises :class:`EngineError` naming the operation and what to write instead when that cannot be.
    """
    if found := table.op().find(_NEVER_ALIKE):
        raise _refused(type(found[0]).__name__, "an exact operation")
    return table.op().replace(_RULES).to_expr()


def _whole_numbers_are_rounded(_: Any) -> Any:
    # DuckDB rounds, floats to even and decimals away from zero; Spark cuts.
    if not _.to.is_integer() or not (_.arg.dtype.is_floating() or _.arg.dtype.is_decimal()):
        return _
    number = _.arg.to_expr()
    return ops.Cast((rint(number) if _.arg.dtype.is_floating() else number.round()).op(), _.to)


def _money_is_divided_as_floats(_: Any) -> Any:
    # Spark keeps a decimal and cuts it after a few digits.
    if type(_) is not ops.Divide:
        return _
    return ops.Divide(*[ops.Cast(side, dt.float64) if side.dtype.is_decimal() else side for side in (_.left, _.right)])


def _a_separator_is_no_pattern(_: Any) -> Any:
    return ops.StringSplit(_.arg, re.sub(r"([\\^$.|?*+()\[\]{}])", r"\\\1", _text(_.delimiter, "StringSplit")))


def _groups_are_named_as_java_does(_: Any) -> Any:
    text = _text(_.replacement, "RegexReplace").replace("$", "\\$")
    return ops.RegexReplace(_.arg, _.pattern, re.sub(r"\\(\d)", r"$\1", text))


def _days_are_counted_by_midnights(_: Any) -> Any:
    if _text(_.part, "TimestampDelta") != "day":
        raise _refused("TimestampDelta", "delta(…, unit='day')")
    return ops.DateDelta(_.part, ops.Date(_.left), ops.Date(_.right))


def _only_days_are_counted(_: Any) -> Any:
    if _text(_.part, "DateDelta") != "day":
        raise _refused("DateDelta", "delta(…, unit='day')")
    return _


def _seconds_are_rounded(_: Any) -> Any:
    if not _.arg.dtype.is_timestamp():
        return _
    return ops.Cast(rint(unix_micros(to_timestamp_ltz(_.arg.to_expr())) / 1_000_000).op(), _.dtype)


def _nulls_are_hashed_too(_: Any) -> Any:
    # Spark passes over nulls: (null, 'a') and ('a', null) would have one hash.
    (value,) = _.args
    if isinstance(value, ops.StructColumn):
        known = [ops.IsNull(field) for field in value.values]
        names = (*value.names, *(f"{name} is null" for name in value.names))
        value = ops.StructColumn(names, (*value.values, *known))
    return xxhash64(value.to_expr()).op()


def _names_are_no_paths(_: Any) -> Any:
    # Spark's paths have no word for some names, so the object is taken apart.
    text, pointer = _.args
    parts = from_json(text.to_expr(), "map<string,string>")
    return parts.get(name_at(_text(pointer, "json_extract_string"))).op()


_RULES: Any = (
    replace(p.Cast)(_whole_numbers_are_rounded)
    | replace(p.Divide)(_money_is_divided_as_floats)
    | replace(p.StringSplit)(_a_separator_is_no_pattern)
    | replace(p.RegexReplace)(_groups_are_named_as_java_does)
    | replace(p.TimestampDelta)(_days_are_counted_by_midnights)
    | replace(p.DateDelta)(_only_days_are_counted)
    | replace(p.ExtractEpochSeconds)(_seconds_are_rounded)
    | replace(InstanceOf(HASH64))(_nulls_are_hashed_too)
    | replace(InstanceOf(JSON_TEXT))(_names_are_no_paths)
)


def _text(value: ops.Value, operation: str) -> str:
    if not isinstance(value, ops.Literal):
        raise _refused(operation, "a fixed text")
    return str(value.value)


def _refused(operation: str, instead: str) -> EngineError:
    return EngineError("spark.not_alike", operation=operation, instead=instead)
