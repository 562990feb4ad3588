"""Intervals, p-values and effect sizes beside published numbers, other libraries and plain arithmetic."""

from __future__ import annotations

import random
from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import jensenshannon

from huaxiang.analyse.groups.effects import beyond_known, cramers_v, distance, standardized_difference
from huaxiang.analyse.groups.intervals import of_mean, of_ratio, ratio_of_shares, wilson
from huaxiang.analyse.groups.significance import alike, corrected, two_groups
from huaxiang.analyse.groups.verdicts import Counts, compared

SMALL = st.integers(0, 40)


def ends(a: int, n: int, c: int, m: int) -> tuple[float, float]:
    """The interval of one ratio."""
    low, high = ratio_of_shares(*(np.array([float(part)]) for part in (a, n, c, m)))
    return float(low[0]), float(high[0])


def test_the_score_interval_is_koopmans() -> None:
    """His own example: 36 of 40 against 16 of 80 (Biometrics 1984)."""
    low, high = ends(36, 40, 16, 80)
    assert (round(low, 2), round(high, 2)) == (2.94, 7.15)


@settings(max_examples=50)
@given(a=SMALL, c=SMALL, more=st.tuples(st.integers(1, 40), st.integers(1, 40)))
def test_the_score_interval_holds_the_ratio_and_turns_over_with_the_groups(
    a: int, c: int, more: tuple[int, int]
) -> None:
    """It holds what was found; exchanging the groups gives one over it; nothing on a side leaves that side open."""
    n, m = a + more[0], c + more[1]
    low, high = ends(a, n, c, m)
    other_low, other_high = ends(c, m, a, n)
    assert (low == 0) == (a == 0)
    assert np.isinf(high) == (c == 0)
    if a and c:
        assert low <= a / n / (c / m) <= high
        assert low * other_high == pytest.approx(1, rel=1e-6)
        assert high * other_low == pytest.approx(1, rel=1e-6)


def test_the_score_interval_nears_the_logarithms_one_for_large_counts() -> None:
    """√(1/a − 1/n + 1/c − 1/N) is its limit."""
    a, n, c, m = 4_000, 40_000, 90_000, 900_000
    error = sqrt(1 / a - 1 / n + 1 / c - 1 / m)
    low, high = ends(a, n, c, m)
    assert (log(low), log(high)) == pytest.approx((-1.96 * error, 1.96 * error), abs=5e-4)


def test_the_score_interval_covers_what_it_promises() -> None:
    """Of 4,000 small samples about 95% have the true ratio inside."""
    dice = np.random.default_rng(7)
    a, c = (dice.binomial(60, 0.1, 4_000), dice.binomial(300, 0.06, 4_000))
    low, high = ratio_of_shares(*(np.asarray(part, dtype=np.float64) for part in (a, a * 0 + 60, c, c * 0 + 300)))
    assert 0.94 <= np.mean((low <= 0.1 / 0.06) & (high >= 0.1 / 0.06)) <= 0.97


@given(a=SMALL, c=SMALL, more=st.tuples(SMALL, SMALL))
def test_small_counts_are_tested_exactly(a: int, c: int, more: tuple[int, int]) -> None:
    """SciPy's Fisher test gives the same."""
    n, m = a + more[0], c + more[1]
    if n and m:
        expected = stats.fisher_exact([[a, more[0]], [c, more[1]]]).pvalue
        assert two_groups(a, n, c, m) == pytest.approx(float(expected), rel=1e-6, abs=1e-12)


def test_a_crowd_in_a_million_is_still_tested_exactly() -> None:
    """Where χ² says 1 in 10,000 and the truth is 1 in 1,200, the truth is told."""
    inside, customers, beside, others = 14, 1_000, 4_986, 999_000
    expected = stats.fisher_exact([[inside, customers - inside], [beside, others - beside]]).pvalue
    chance = stats.chi2_contingency([[inside, customers - inside], [beside, others - beside]], correction=False).pvalue
    assert two_groups(inside, customers, beside, others) == pytest.approx(float(expected), rel=1e-6)
    assert expected > 8 * chance


def test_proportions_are_compared_as_pearson_did() -> None:
    """Σ (O − E)² / E by hand on 2 degrees of freedom, for which the tail is exp(−x/2)."""
    inside, beside = [30, 50, 20], [40, 30, 30]
    pairs = [(here, (here + there) / 2) for here, there in zip(inside, beside, strict=True)]
    x = 2 * sum((seen - expected) ** 2 / expected for seen, expected in pairs)
    assert alike(inside, beside) == pytest.approx(exp(-x / 2))
    assert alike([30, 50, 0], [60, 100, 0]) == pytest.approx(1)
    assert (alike([5], [7]), alike([0, 0], [3, 4]), alike([], [])) == (1, 1, 1)


def test_large_counts_are_tested_by_chi_squared() -> None:
    """SciPy's contingency test gives the same."""
    table = [[21_000, 79_000], [180_500, 719_500]]
    expected = stats.chi2_contingency(table, correction=False).pvalue
    assert two_groups(21_000, 100_000, 180_500, 900_000) == pytest.approx(float(expected), rel=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_many_tests_are_corrected_as_benjamini_and_hochberg_do(p_values: list[float]) -> None:
    """SciPy's false discovery control gives the same."""
    found = corrected(np.array(p_values))
    assert found == pytest.approx(stats.false_discovery_control(p_values), abs=1e-12)


def test_the_correction_is_the_one_of_the_paper() -> None:
    """Benjamini and Hochberg's 15 p-values (1995): four of them stay at 5%."""
    published = [
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459),
        *(0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
    ]
    assert sum(corrected(np.array(published)) <= 0.05) == 4


@given(st.lists(st.tuples(SMALL, SMALL), min_size=1, max_size=8))
def test_the_distance_is_jensens_and_shannons(pairs: list[tuple[int, int]]) -> None:
    """SciPy's distance to base 2 gives the same; it is 0 for the same shape and never above 1."""
    one, other = zip(*pairs, strict=True)
    found = distance(one, other)
    if sum(one) and sum(other):
        assert found == pytest.approx(float(jensenshannon(one, other, base=2)), abs=1e-7)
    assert 0 <= found <= 1 + 1e-9
    assert distance(one, [3 * count for count in one]) == pytest.approx(0, abs=1e-7)


@given(pairs=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8))
def test_what_values_add_is_their_divergence_among_the_known(pairs: list[tuple[int, int]]) -> None:
    """The root of Σ p/2·log₂(p/m) + q/2·log₂(q/m) over the values, less the same of all known together: plain sums."""
    (*known, unknown) = pairs
    inside, beside = [one for one, _ in known], [other for _, other in known]
    here, there = sum(inside) + unknown[0], sum(beside) + unknown[1]

    def part(one: int, other: int) -> float:
        p, q = one / here, other / there
        return sum(each / 2 * log(each / ((p + q) / 2)) / log(2) for each in (p, q) if each)

    found = beyond_known(inside, beside, unknown)
    if not here or not there:
        assert found == 0
        return
    plain = sum(part(*pair) for pair in known) - part(sum(inside), sum(beside))
    assert found == pytest.approx(sqrt(max(plain, 0)), abs=1e-6)
    assert beyond_known(inside, [2 * one for one in inside], (unknown[0], 7)) == pytest.approx(0, abs=1e-6)


def test_cramers_v_is_corrected_for_its_size() -> None:
    """Bergsma's formula by hand: φ² = χ²/n less its expectation, over the corrected smaller side."""
    table = [[30, 10, 5], [12, 25, 18]]
    chi = stats.chi2_contingency(table, correction=False).statistic
    n = 100
    phi = max(chi / n - 1 * 2 / (n - 1), 0)
    least = min(2 - 1 / (n - 1), 3 - 4 / (n - 1)) - 1
    assert cramers_v(table) == pytest.approx(sqrt(phi / least))
    assert cramers_v([[20, 0], [0, 20]]) == pytest.approx(1, abs=0.02)
    assert cramers_v([[5, 5], [0, 0]]) is None


def test_a_difference_is_told_in_standard_deviations() -> None:
    """Two means one deviation apart."""
    assert standardized_difference((12.0, 10.0), (2.0, 2.0)) == pytest.approx(1.0)
    assert standardized_difference((12.0, 10.0), (0.0, 0.0)) is None


def test_the_interval_of_a_share_is_wilsons() -> None:
    """Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_interval_of_a_mean_is_students() -> None:
    """SciPy's t interval over the same values."""
    values = [3.0, 8.5, 1.25, 9.0, 4.0, 4.5]
    expected = stats.t.interval(0.95, 5, np.mean(values), stats.sem(values))
    assert of_mean(sum(values), sum(value * value for value in values), 6) == pytest.approx(expected)
    assert of_mean(1.0, 1.0, 1) is None


def test_the_interval_of_a_ratio_agrees_with_leaving_one_out() -> None:
    """The jackknife over 400 customers gives the same width within a few percent; the ratio lies in the middle."""
    dice = random.Random(5)
    orders = [dice.randrange(1, 9) for _ in range(400)]
    paid = [count * dice.uniform(20, 180) for count in orders]
    squares = (
        sum(p * p for p in paid),
        sum(o * o for o in orders),
        sum(p * o for p, o in zip(paid, orders, strict=True)),
    )
    found = of_ratio(sum(paid), sum(orders), squares, 400)
    assert found is not None
    left_out = [(sum(paid) - p) / (sum(orders) - o) for p, o in zip(paid, orders, strict=True)]
    error = sqrt(399 / 400 * sum((each - np.mean(left_out)) ** 2 for each in left_out))
    assert (found[0] + found[1]) / 2 == pytest.approx(sum(paid) / sum(orders))
    assert (found[1] - found[0]) / 2 == pytest.approx(1.966 * error, rel=0.02)


def test_nothing_proud_comes_from_twelve_people() -> None:
    """Twelve of twelve against a tenth of everybody would be an index of 1,000; it is too few to say."""
    (share,) = compared([Counts(12, 12, 500, 5_000)], within=True)
    assert share.index is not None
    assert share.index > 900
    assert share.verdict == "too_few"
    (rare,) = compared([Counts(9, 500, 3, 100_000)], within=True)
    assert (rare.verdict, rare.q is not None and rare.q < 0.001) == ("too_few", True)


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        (Counts(300, 1_000, 1_000, 9_000), "more"),
        (Counts(50, 1_000, 1_000, 9_000), "less"),
        (Counts(110, 1_000, 1_000, 9_000), "alike"),
        (Counts(20, 100, 1_300, 9_000), "too_few"),
        (Counts(0, 1_000, 1_000, 9_000), "less"),
    ],
)
def test_each_verdict_is_reached(counts: Counts, verdict: str) -> None:
    """Strong, weak, alike, and an index of 138 that as well may be chance."""
    assert compared([counts], within=True)[0].verdict == verdict


def test_the_index_against_everyone_follows_from_the_rest() -> None:
    """The tutorial's 8.9% against 6.6% is 134.9; its interval never passes what the crowd's size allows."""
    (share,) = compared([Counts(89, 1_000, 571, 9_000)], within=True)
    assert share.index is not None
    assert share.index == pytest.approx(8.9 / 6.6 * 100)
    assert share.index_low is not None
    assert share.index_high is not None
    assert share.index_low < share.index < share.index_high <= 1_000
    (alone,) = compared([Counts(10, 100, 0, 900)], within=True)
    assert alone.index_high == pytest.approx(1_000)
    (rest,) = compared([Counts(10, 100, 0, 900)], within=False)
    assert (rest.index, rest.index_high) == (None, None)


def test_the_drawn_index_lies_between_the_index_and_none() -> None:
    """It is (a + k·p) ÷ (n + k) ÷ p with k·p = 10."""
    (share,) = compared([Counts(40, 200, 860, 8_800)], within=True)
    base, k = 900 / 9_000, 100
    assert share.drawn == pytest.approx((40 + k * base) / (200 + k) / base * 100)
    assert share.index is not None
    assert share.drawn is not None
    assert 100 < share.drawn < share.index


def test_nobody_to_compare_with_says_no_index() -> None:
    """Everyone beside nobody has shares and nothing else."""
    (share,) = compared([Counts(40, 200, 0, 0)], within=True)
    assert (share.share, share.index, share.verdict) == (0.2, None, None)
