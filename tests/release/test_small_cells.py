"""Small counts: hidden, and not to be computed back; checked against a count of all tables that look the same."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huaxiang.errors import InputError
from huaxiang.release.small_cells import SafeRow, SafeTable, suppress_row, suppress_table

K = 3


def test_a_row_without_small_counts_is_shown_as_it_is() -> None:
    assert suppress_row([5, 0, 12]) == SafeRow((5, 0, 12), 17)


def test_one_small_count_takes_the_smallest_other_with_it() -> None:
    assert suppress_row([3, 40, 12, 0]) == SafeRow((None, 40, None, 0), 55)


def test_two_counts_of_one_need_a_third_because_hidden_counts_are_at_least_one() -> None:
    assert suppress_row([1, 1, 20]) == SafeRow((None, None, None), 22)


def test_a_small_count_alone_hides_its_total_too() -> None:
    assert suppress_row([3, 0]) == SafeRow((None, 0), None)


@pytest.mark.parametrize("counts", [[], [0], [0, 0]])
def test_nobody_is_shown_as_nobody(counts: list[int]) -> None:
    assert suppress_row(counts) == SafeRow(tuple(counts), 0)


def test_a_table_hides_across_rows_and_columns() -> None:
    safe = suppress_table([[2, 20, 30], [25, 35, 45], [15, 55, 65]])
    hidden = {(r, c) for r, row in enumerate(safe.cells) for c, value in enumerate(row) if value is None}
    assert hidden == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert (safe.row_totals, safe.column_totals, safe.total) == ((52, 105, 135), (42, 110, 140), 292)


@pytest.mark.parametrize("rows", [[[1, 2], [3]], [[5, -1]]])
def test_impossible_tables_are_refused(rows: list[list[int]]) -> None:
    with pytest.raises(InputError):
        suppress_table(rows)


def _row_candidates(safe: SafeRow, top: int) -> list[tuple[int, ...]]:
    choices = [range(1, top + 1) if value is None else (value,) for value in safe.cells]
    found = [cells for cells in product(*choices) if safe.total in (None, sum(cells))]
    return [cells for cells in found if safe.total is not None or sum(cells) > 0]


@settings(max_examples=150)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=4))
def test_no_small_count_of_a_row_can_be_computed_back(counts: list[int]) -> None:
    safe = suppress_row(counts, K)
    for place, count in enumerate(counts):
        assert safe.cells[place] in (None, count)
        if 0 < count < K:
            assert safe.cells[place] is None
            assert len({cells[place] for cells in _row_candidates(safe, 12)}) > 1


def _looks_like(cells: tuple[int, ...], safe: SafeTable, width: int) -> bool:
    rows = [cells[start : start + width] for start in range(0, len(cells), width)]
    sums = [*map(sum, rows), *map(sum, zip(*rows, strict=True)), sum(cells)]
    shown = [*safe.row_totals, *safe.column_totals, safe.total]
    return all((value is None and total > 0) or value == total for value, total in zip(shown, sums, strict=True))


@settings(max_examples=60)
@given(
    st.integers(2, 3).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 4), min_size=n, max_size=n), min_size=2, max_size=2)
    )
)
def test_no_small_count_of_a_table_can_be_computed_back(rows: list[list[int]]) -> None:
    safe = suppress_table(rows, K)
    width = len(rows[0])
    shown = [value for row in safe.cells for value in row]
    choices = [range(1, 7) if value is None else (value,) for value in shown]
    candidates = [cells for cells in product(*choices) if _looks_like(cells, safe, width)]
    for place, count in enumerate(value for row in rows for value in row):
        assert shown[place] in (None, count)
        if 0 < count < K:
            assert len({cells[place] for cells in candidates}) > 1
