"""The columns that no field took, kept as JSON text so that nothing is lost."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc

_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))


def extra_json(batch: pa.RecordBatch, taken: set[str]) -> pa.Array:
    """Per row one JSON object of the remaining headers with their text, empty cells left out; null when there are none."""
    names = [name for name in batch.schema.names if name not in taken and name != "source_row"]
    parts = [_pair(name, batch.column(name)) for name in names]
    if not parts:
        return pa.nulls(batch.num_rows, pa.string())
    joined = pc.binary_join_element_wise(*parts, ", ", null_handling="skip")
    body = pc.binary_join_element_wise("{", joined, "}", "")
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), body)


def _pair(name: str, values: pa.Array) -> pa.Array:
    text = values.cast(pa.string())
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    for letter, written in _ESCAPES:
        text = pc.replace_substring(text, letter, written)
    text = pc.replace_substring_regex(text, "[\x01-\x08\x0b\x0c\x0e-\x1f\x00]", "\\\\u001a")
    return pc.binary_join_element_wise(json.dumps(name, ensure_ascii=False) + ': "', text, '"', "")
