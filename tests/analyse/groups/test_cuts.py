"""Limits between bands: round, ascending, and near equal parts."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.analyse.groups.cuts import day_cuts, has_zero_band, number_cuts, single_values

NUMBERS = st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=1, max_size=200)


@given(NUMBERS, st.booleans())
def test_cuts_ascend_and_lie_among_the_values(values: list[float], whole: bool) -> None:
    """No band outside of them, whatever they are."""
    cuts = number_cuts(np.array(values), whole=whole)
    assert list(cuts) == sorted(set(cuts))
    assert all(min(values) < cut <= max(values) for cut in cuts)
    assert not whole or all(cut == int(cut) for cut in cuts)


@given(st.lists(st.dates(date(1930, 1, 1), date(2030, 1, 1)), min_size=1, max_size=100))
def test_days_are_cut_among_themselves(days: list[date]) -> None:
    """Ascending, and no band without a day before it."""
    cuts = day_cuts(days)
    assert list(cuts) == sorted(set(cuts))
    assert all(min(days) < cut <= max(days) for cut in cuts)


def test_amounts_are_cut_at_round_numbers_near_the_fifths() -> None:
    """Of 0 to 9,999 the fifths are 2,000 apart."""
    assert number_cuts(np.arange(10_000.0), whole=False) == (2_000, 4_000, 6_000, 8_000)


def test_nothing_is_a_band_of_its_own_where_many_have_nothing() -> None:
    """The cuts are then those of who has something."""
    values = np.array([0.0] * 300 + [float(value) for value in range(1, 701)])
    assert has_zero_band(values)
    assert number_cuts(values, whole=True) == (150, 300, 400, 600)
    assert not has_zero_band(np.array([-1.0, 0.0, 0.0]))


def test_few_whole_numbers_are_values_of_their_own() -> None:
    """Five grades are five bars; an hour of the day is cut."""
    assert single_values(np.array([1.0, 5.0, 3.0, 5.0])) == (1, 3, 5)
    assert single_values(np.arange(24.0)) is None


@pytest.mark.parametrize(
    ("first", "count", "cuts"),
    [
        (date(2016, 1, 1), 3_652, (date(2018, 1, 1), date(2020, 1, 1), date(2022, 1, 1), date(2024, 1, 1))),
        (date(2025, 1, 10), 20, (date(2025, 1, 14), date(2025, 1, 18), date(2025, 1, 22), date(2025, 1, 26))),
    ],
)
def test_days_are_cut_at_the_coarsest_step(first: date, count: int, cuts: tuple[date, ...]) -> None:
    """Years for ten years, days for three weeks."""
    assert day_cuts([first + timedelta(days=day) for day in range(count)]) == cuts
