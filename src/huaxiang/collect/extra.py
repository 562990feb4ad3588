"""The columns that no field took, kept as JSON text so that nothing is lost."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.compute as pc

_BETWEEN = ", "
#: Letters that JSON writes otherwise than they are.
_TO_ESCAPE = r'["\\\x00-\x1f]'


def extra_json(batch: pa.RecordBatch, taken: set[str]) -> pa.Array:
    """Per row one JSON object of the remaining headers with their text, without empty cells; null when all are."""
    names = [name for name in batch.schema.names if name not in taken and name != "source_row"]
    if not names:
        return pa.nulls(batch.num_rows, pa.string())
    pairs = [_pair(name, batch.column(name)) for name in names]
    # Arrow's null_handling="skip" drops rows of nothing but nulls, which would move texts to other rows.
    joined = pc.binary_join_element_wise(*pairs, "", null_handling="replace", null_replacement="")
    body = pc.binary_join_element_wise("{", pc.utf8_slice_codeunits(joined, 0, -len(_BETWEEN)), "}", "")
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), body)


def _pair(name: str, values: pa.Array) -> pa.Array:
    text = values.cast(pa.string())
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    return pc.binary_join_element_wise(json.dumps(name, ensure_ascii=False) + ": ", _quoted(text), _BETWEEN, "")


def _quoted(text: pa.Array) -> pa.Array:
    if not pc.any(pc.match_substring_regex(text, _TO_ESCAPE)).as_py():
        return pc.binary_join_element_wise('"', text, '"', "")
    encoded = text.dictionary_encode()
    written = [json.dumps(word, ensure_ascii=False) for word in encoded.dictionary.to_pylist()]
    return pa.array(written, pa.string()).take(encoded.indices)
