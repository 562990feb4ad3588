"""One value out of the columns that no field took, which rows carry as the text of a JSON object."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir


def _at(text: str, pointer: str) -> str:  # type: ignore[empty-body]
    """The text at a JSON pointer; null where there is none."""


# DuckDB's word, under its full name: without it `->>` is written, which binds weaker than AND and is not bracketed
# where an expression stands in two places. What Spark does instead stands in spark_alike.
_json_text: Any = ibis.udf.scalar.builtin(_at, name="json_extract_string", catalog="system", database="main")
#: The operation that stands for it in an expression.
JSON_TEXT = type(_json_text(ibis.literal(""), ibis.literal("")).op())


def extra_text(extra: ir.StringValue, name: str) -> ir.StringValue:
    """The text under a name, whatever letters it has; null where the row has none."""
    found: ir.StringValue = _json_text(extra, ibis.literal(pointer_to(name)))
    return found


def pointer_to(name: str) -> str:
    """The JSON pointer (RFC 6901) to a name of the outermost object."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def name_at(pointer: str) -> str:
    """The name that a pointer points to."""
    return pointer[1:].replace("~1", "/").replace("~0", "~")
