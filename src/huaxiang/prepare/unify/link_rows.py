"""Links in Arrow, read as records by whoever wants them one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import pyarrow as pa

from huaxiang.prepare.unify.records import Link


class LinkRows(Sequence[Link]):
    """The rows of a table as links, made when they are asked for: a million of them need not be there at once."""

    def __init__(self, rows: pa.Table) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return int(self._rows.num_rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[Link]:
        for batch in self._rows.to_batches(max_chunksize=10_000):
            yield from map(Link._make, zip(*(column.to_pylist() for column in batch.columns), strict=True))

    @overload
    def __getitem__(self, place: int) -> Link: ...
    @overload
    def __getitem__(self, place: slice) -> list[Link]: ...
    def __getitem__(self, place: int | slice) -> Link | list[Link]:
        if isinstance(place, slice):
            return list(self)[place]
        row = self._rows.take([place % len(self)])
        return Link._make(column[0].as_py() for column in row.columns)
