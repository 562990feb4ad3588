"""Values of tags as text, and read back from it.

Numbers are spelled in full, those in floating point in the shortest way that gives them back, days as ``2026-06-30``,
moments as ``2026-06-30 10:00:00.000000``, yes and no as ``true`` and ``false``, lists as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from huaxiang.model.fields import FieldType
from huaxiang.model.given_values import TYPED

_READERS: Mapping[str, Callable[[str], Any]] = {**TYPED, "text": str, "list": json.loads}
#: Types whose values are sums in floating point, which depend on the order in which they were added up.
FLOATS: frozenset[FieldType] = frozenset({"number", "share"})


def spelled(values: pa.ChunkedArray, kind: FieldType) -> pa.ChunkedArray:
    """The texts of values of that type, null for null."""
    if kind == "list":
        texts = [None if one is None else json.dumps(one, ensure_ascii=False) for one in values.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return values.cast(pa.string())


def value_of(text: str | None, kind: FieldType) -> Any:
    """The value that such a text stands for; None for none. Raises :class:`ValueError` for a text of another type."""
    return None if text is None else _READERS[kind](text)
