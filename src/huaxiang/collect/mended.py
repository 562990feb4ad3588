"""The rows of a file with the cells that a person mended."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Lookup

import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.collect.reading import Reading

#: Row number to header to the text that replaces what stands there.
Fixes = Lookup[int, Lookup[str, str]]


def mended_rows(reading: Reading, fixes: Fixes) -> Iterator[pa.RecordBatch]:
    """Only the rows that were mended. Of a row that could not be cut into cells only the mended cells are known."""
    numbers = pa.array(list(fixes), pa.int64())
    for batch in reading.batches():
        touched = pc.is_in(batch.column("source_row"), value_set=numbers)
        if pc.any(touched).as_py():
            yield _mended(batch.filter(touched), fixes)
    rows = [{"source_row": one.source_row} for one in reading.rejected if one.source_row in fixes]
    if rows:
        fields = [*((name, pa.string()) for name in reading.header), ("source_row", pa.int64())]
        yield _mended(pa.RecordBatch.from_pylist(rows, pa.schema(fields)), fixes)


def _mended(batch: pa.RecordBatch, fixes: Fixes) -> pa.RecordBatch:
    rows = [row | dict(fixes[row["source_row"]]) for row in batch.to_pylist()]
    return pa.RecordBatch.from_pylist(rows, batch.schema)
