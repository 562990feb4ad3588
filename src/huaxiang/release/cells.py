"""What a value looks like in a file: lists and structures become text, everything else keeps its type."""

from __future__ import annotations

import json

import pyarrow as pa

from huaxiang.errors import InputError


def flat(table: pa.Table) -> pa.Table:
    """The table with list and struct columns as JSON text, and every text column of type ``string``."""
    arrays = [_flat_column(name, table.column(name)) for name in table.column_names]
    return pa.table(arrays, names=table.column_names)


def is_text(data_type: pa.DataType) -> bool:
    """Whether a column of this type holds text."""
    return bool(pa.types.is_string(data_type))


def _flat_column(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    data_type = column.type
    if pa.types.is_dictionary(data_type):
        return _flat_column(name, column.cast(data_type.value_type))
    if pa.types.is_nested(data_type):
        texts = [None if value is None else _json(value) for value in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
    if pa.types.is_binary(data_type) or pa.types.is_large_binary(data_type) or pa.types.is_duration(data_type):
        raise InputError("release.not_exportable", column=name, type=str(data_type))
    if pa.types.is_large_string(data_type) or pa.types.is_string_view(data_type) or pa.types.is_null(data_type):
        return column.cast(pa.string())
    return column


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
