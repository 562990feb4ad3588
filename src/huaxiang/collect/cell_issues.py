"""Cells that were mended or left empty, with what stood in them."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.collect.convert import Converted
from huaxiang.model.operations import CELL_ISSUE

ISSUE_SCHEMA = pa.schema([(name, pa.int64() if kind == "int64" else pa.string()) for name, kind in CELL_ISSUE.items()])


def cell_issues(
    numbers: pa.Array, raw: pa.Array, name: str, column: Converted, kept: pa.Array, import_id: str
) -> pa.Table:
    """The issues of one field in the rows that are kept: one row per cell mended (``repaired``) or left empty
    (``set_aside``)."""
    parts = [ISSUE_SCHEMA.empty_table()]
    for codes, handling in ((column.repairs, "repaired"), (column.faults, "set_aside")):
        if codes.null_count < len(codes):
            mask = pc.and_(kept, pc.is_valid(codes))
            found = {"source_row": numbers, "reason": codes, "raw_value": raw.cast(pa.string())}
            same = {"import_id": import_id, "field": name, "handling": handling}
            parts.append(_table({key: values.filter(mask) for key, values in found.items()}, same))
    return pa.concat_tables(parts)


def _table(columns: dict[str, pa.Array], same: dict[str, str]) -> pa.Table:
    count = len(columns["source_row"])
    whole = columns | {key: pa.repeat(pa.scalar(value), count) for key, value in same.items()}
    return pa.table([whole[name] for name in ISSUE_SCHEMA.names], schema=ISSUE_SCHEMA)


def is_touched(count: int, converted: Iterable[Converted]) -> pa.Array:
    """Per row whether any of its cells was mended or left empty."""
    touched = pa.repeat(pa.scalar(False), count)
    for column in converted:
        for codes in (column.repairs, column.faults):
            if codes.null_count < count:
                touched = pc.or_(touched, pc.is_valid(codes))
    return touched
