"""How the tests of reading write a file and look at what came out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from huaxiang.collect.reading import Limits, Reading, open_file


def rows_of(reading: Reading) -> list[tuple[int, list[str]]]:
    """The source row and texts of each kept row, once the account is found to balance."""
    found: list[tuple[int, list[str]]] = []
    for batch in reading.batches():
        assert batch.schema.names == [*reading.header, "source_row"]
        assert all(column.null_count == 0 for column in batch.columns)
        columns: list[list[Any]] = [column.to_pylist() for column in batch.columns]
        found += [(row, list(cells)) for *cells, row in zip(*columns, strict=True)]
    assert reading.rows_read == len(found) + len(reading.rejected) + reading.blank_rows
    return found


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    """Open bytes or text as the only table of a file."""

    def opened(content: bytes | str, name: str = "file.csv", limits: Limits | None = None) -> Reading:
        path = tmp_path / name
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        [reading] = open_file(path, limits=limits or Limits())
        return reading

    return opened


@pytest.fixture(scope="session")
def rows() -> Callable[[Reading], list[tuple[int, list[str]]]]:
    """The kept rows of a reading with their source rows; see :func:`rows_of`."""
    return rows_of
