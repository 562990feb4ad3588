"""Tags beside the truth of the town: shopping gender, response to promotions, price sensitivity, lifecycle."""

from __future__ import annotations

import pytest
from benchmarks.tag_truth import (
    Beside,
    besides,
    calibration,
    extremes_ranked,
    gender_ranked,
    in_neutral_band,
    left_by_stage,
)
from tests.main_job.conftest import Job

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def people(job: Job) -> list[Beside]:
    """The customers of the town who are exactly one person."""
    return besides(job.workspace, job.town / "truth")


@pytest.mark.parametrize(("least", "area"), [(1, 0.9), (3, 0.92), (10, 0.92)])
def test_shopping_gender_tells_women_from_men(people: list[Beside], least: int, area: float) -> None:
    """From one line on the area under the curve is above 0.9; three lines are what the tag asks for."""
    assert gender_ranked(people, least).area >= area


def test_the_probability_of_shopping_as_a_woman_is_calibrated(people: list[Beside]) -> None:
    """The mean probability of each band is the share of women in it, as far as chance allows."""
    for low, high, count, mean, share in calibration(people, 3):
        chance = 3 * (mean * (1 - mean) / count) ** 0.5
        assert abs(mean - share) <= 0.06 + chance, (low, high)


def test_the_neutral_band_holds_as_many_women_as_men(people: list[Beside]) -> None:
    """Among those called neutral the share of women is near one half."""
    count, share = in_neutral_band(people)
    assert count >= 30
    assert abs(share - 0.5) <= 0.1 + 1.5 / count**0.5


@pytest.mark.parametrize(("least", "area"), [(3, 0.8), (5, 0.85)])
def test_promotion_sensitivity_ranks_the_planted_responders(people: list[Beside], least: int, area: float) -> None:
    """The top quarter of the planted response against the bottom quarter."""
    found = extremes_ranked(
        people,
        "promotion_sensitivity.promotion_sensitivity",
        "promotion_sensitivity.orders",
        "promotion_response",
        least,
    )
    assert found.area >= area


def test_price_sensitivity_ranks_who_minds_the_price(people: list[Beside]) -> None:
    """The top quarter of the planted sensitivity against the bottom quarter, from five lines on."""
    found = extremes_ranked(people, "price_position.price_sensitivity", "price_position.lines", "price_sensitivity", 5)
    assert found.area >= 0.78


def test_stages_of_the_lifecycle_follow_who_has_truly_left(people: list[Beside]) -> None:
    """Active, slipping, sleeping and lost: each has more who lost interest than the stage before."""
    shares = left_by_stage(people)
    stages = [shares[stage][1] for stage in ("active", "slipping", "sleeping", "lost")]
    assert stages == sorted(stages)
    assert stages[0] <= 0.15
    assert stages[-1] >= 0.85


def test_brands_without_loyalty_show_none(people: list[Beside]) -> None:
    """The town draws brands by chance, so hardly anybody is told to keep to brands or to like a change."""
    told = [one.profile["brand_loyalty_level"] for one in people if one.profile["brand_loyalty_level"] is not None]
    assert len(told) >= 200
    assert sum(level != "indifferent" for level in told) <= 0.05 * len(told)
