"""The twelve files of csv-spectrum read as their JSON says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from huaxiang.collect.reading import Reading, open_file

NAMES = [
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "location_coordinates",
    "newlines", "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_csv_spectrum(name: str, shared_data: Path, rows: Callable[[Reading], list[tuple[int, list[str]]]]) -> None:
    folder = shared_data / "corpora" / "csv-spectrum"
    expected = json.loads((folder / "json" / f"{name}.json").read_text(encoding="utf-8"))
    [reading] = open_file(folder / "csvs" / f"{name}.csv")
    assert reading.has_header
    found = [dict(zip(reading.header, cells, strict=True)) for _, cells in rows(reading)]
    if name == "location_coordinates":
        # The corpus gives one object here rather than a list, and a telephone number that its CSV does not have.
        expected = [expected | {"Contact Phone Number": "2095257564"}]
    assert found == expected
    assert reading.rejected == []


def test_no_file_of_the_corpus_is_left_out(shared_data: Path) -> None:
    files = (shared_data / "corpora" / "csv-spectrum" / "csvs").iterdir()
    assert sorted(NAMES) == sorted(path.stem for path in files)
