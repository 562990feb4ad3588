"""One JSON object per line, as programs read tables."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import pyarrow as pa

_ROWS = 10_000


def write_ndjson_bytes(table: pa.Table, stream: BinaryIO) -> None:
    """Write every row as an object on a line of its own, in UTF-8. Decimals are text, days and instants ISO 8601."""
    for batch in table.to_batches(max_chunksize=_ROWS):
        lines = [json.dumps(row, ensure_ascii=False, default=_plain) for row in batch.to_pylist()]
        stream.write("".join(f"{line}\n" for line in lines).encode("utf-8", "replace"))


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
