"""The bar of an import adds up."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.server.imports.counts import PARTS, WIDTH, parts_of, reason_words, sum_words
from huaxiang.words import catalogue


def report(counts: list[int]) -> dict[str, Any]:
    return {"rows_read": sum(counts), "rows_blank": 0} | {
        f"rows_{name}": n for name, n in zip(PARTS, counts, strict=True)
    }


@given(st.lists(st.integers(0, 10**9), min_size=4, max_size=4))
def test_the_parts_fill_the_bar_side_by_side_and_none_vanishes(counts: list[int]) -> None:
    parts = parts_of(report(counts), "zh")
    assert [part.key for part in parts] == [name for name, n in zip(PARTS, counts, strict=True) if n]
    if parts:
        assert sum(part.width for part in parts) == pytest.approx(WIDTH, abs=0.05)
        assert all(part.width >= 5.5 for part in parts)
        assert parts[0].start == 0
        for left, right in pairwise(parts):
            assert right.start == pytest.approx(left.start + left.width)


def test_the_sum_is_told_with_every_count() -> None:
    assert sum_words(report([90, 4, 5, 1]), "en") == (
        "100 rows read = 90 kept + 4 repaired + 5 waiting + 1 already there; blank lines beside: 0."
    )


def test_every_reason_of_the_reader_has_a_short_name_and_one_with_its_values() -> None:
    short = {code for code in catalogue() if code.startswith("imports.reason.")}
    assert len(short) == 10
    assert reason_words("reading.too_few_fields", "zh") == "这一行的列数太少"
    assert reason_words("reading.too_few_fields", "zh", {"expected": 9, "found": 3}).startswith("这一行只有 3 列")
    assert reason_words("required_missing", "en", {}) == "a required cell is empty"
