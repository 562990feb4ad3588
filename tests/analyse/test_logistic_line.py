"""The line of log-odds: that of scikit-learn, and at its best however the observations lie."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from huaxiang.analyse.logistic_line import PENALTY, Bools, Floats, logistic_line

GROUP = st.tuples(st.integers(-60, 60), st.booleans(), st.integers(1, 40))


def arrays(groups: list[tuple[int, bool, int]]) -> tuple[Floats, Bools, Floats]:
    """Points in tenths, answers and counts; one yes and one no are always among them."""
    points, answers, counts = zip(*groups, (0, True, 1), (1, False, 1), strict=True)
    return np.array(points) / 10, np.array(answers), np.array(counts, dtype=np.float64)


@given(st.lists(GROUP, max_size=12))
def test_no_other_line_is_likelier(groups: list[tuple[int, bool, int]]) -> None:
    points, answers, counts = arrays(groups)
    offset, slope = logistic_line(points, answers, counts)
    yes = expit(offset + slope * points)
    off = counts * (yes - answers)
    assert off.sum() == pytest.approx(0, abs=1e-5 * counts.sum())
    assert off @ points + PENALTY * slope == pytest.approx(0, abs=1e-5 * counts.sum())


def test_it_is_that_of_another_library() -> None:
    dice = np.random.default_rng(3)
    points = np.round(dice.normal(size=400), 1)
    answers = dice.random(400) < 1 / (1 + np.exp(0.4 - 1.7 * points))
    counts = dice.integers(1, 9, 400).astype(np.float64)
    theirs = LogisticRegression(C=1 / PENALTY, tol=1e-10).fit(points[:, None], answers, sample_weight=counts)
    expected = (theirs.intercept_[0], theirs.coef_[0, 0])
    assert logistic_line(points, answers, counts) == pytest.approx(expected, rel=1e-5)


def test_answers_that_part_cleanly_end_in_a_steep_line() -> None:
    points, answers = np.array([-2.0, -1.0, 1.0, 3.0]), np.array([False, False, True, True])
    offset, slope = logistic_line(points, answers, np.array([5.0, 1.0, 1.0, 200.0]))
    assert slope > 5
    assert -slope < offset < slope
