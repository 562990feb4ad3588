"""Parquet files, every value as exact text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from huaxiang.collect.reading.header import column_names
from huaxiang.collect.reading.limits import Limits
from huaxiang.collect.reading.reading import Account, Reading, text_batch, without_blank
from huaxiang.errors import InputError

_ROWS_PER_BATCH = 65_536


def open_parquet(path: Path, limits: Limits) -> list[Reading]:
    """The one table of a Parquet file. Raises :class:`InputError` when it is damaged, encrypted or too wide."""
    names = _names(path)
    if len(names) > limits.max_columns:
        raise InputError("reading.too_many_columns", file=path.name, columns=len(names), limit=limits.max_columns)
    header = column_names(names, len(names))
    return [
        Reading(
            name=path.name,
            sheet=None,
            header=header,
            original_header=tuple(names),
            has_header=True,
            encoding=None,
            dialect=None,
            messages=(),
            limits=limits,
            produce=_ParquetTable(path, header).batches,
        )
    ]


def as_text(column: pa.Array) -> pa.Array:
    """A column as text that loses nothing; null becomes an empty text.

    Instants, dates and times are ISO 8601 (instants with a zone carry its offset), floats the shortest digits that give
    the same number, decimals plain, durations a count and its unit, bytes text or hexadecimal, nested values JSON.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_text(column.dictionary_decode())
    if pa.types.is_duration(kind):
        return _mapped(pc.cast(column, pa.int64()), lambda count: f"{count} {kind.unit}")
    if pa.types.is_temporal(kind):
        text = pc.replace_substring_regex(pc.cast(column, pa.string()), r"\.0+(Z|[+-]\d{4})?$", r"\1")
        return pc.fill_null(text, "")
    if pa.types.is_nested(kind) or pa.types.is_decimal(kind) or _is_binary(kind):
        return _mapped(column, _value_text)
    return pc.fill_null(pc.cast(column, pa.string()), "")


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _mapped(column: pa.Array, text: Callable[[Any], str]) -> pa.Array:
    return pa.array(["" if value is None else text(value) for value in column.to_pylist()], pa.string())


def _value_text(value: Any) -> str:
    match value:
        case Decimal():
            return format(value, "f")
        case bytes():
            return _bytes_text(value)
    return json.dumps(value, ensure_ascii=False, default=_inner_text)


def _inner_text(value: Any) -> str:
    return _value_text(value) if isinstance(value, Decimal | bytes) else str(value)


def _bytes_text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()


@dataclass(frozen=True)
class _ParquetTable:
    path: Path
    header: tuple[str, ...]

    def batches(self, account: Account) -> Iterator[pa.RecordBatch]:
        """The file's records in order."""
        row = 1
        try:
            with pq.ParquetFile(self.path, pre_buffer=False) as file:
                for batch in file.iter_batches(_ROWS_PER_BATCH, use_threads=False):
                    rows = pa.array(range(row, row + batch.num_rows), pa.int64())
                    kept = without_blank(text_batch(self.header, [as_text(column) for column in batch.columns], rows))
                    row += batch.num_rows
                    account.read += batch.num_rows
                    account.blank += batch.num_rows - kept.num_rows
                    yield kept
        except (pa.ArrowException, OSError):
            raise InputError("reading.parquet_damaged", file=self.path.name) from None


def _names(path: Path) -> list[str]:
    try:
        with pq.ParquetFile(path) as file:
            return list(file.schema_arrow.names)
    except (pa.ArrowException, OSError):
        raise InputError("reading.parquet_damaged", file=path.name) from None
