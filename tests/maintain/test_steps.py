"""Steps of a refresh as people read them while they wait."""

from __future__ import annotations

import pytest

from huaxiang.maintain.steps import STEPS, TRAINING, Telling, step_words, with_cost
from huaxiang.prepare.match import Estimate
from huaxiang.words import LANGUAGES


def test_a_step_says_what_it_will_cost() -> None:
    told: list[tuple[str, int, int]] = []
    telling = Telling(lambda *step: told.append(step))
    tell_cost = telling.cost_of("match")
    assert tell_cost is not None
    tell_cost(Estimate(1_000_000, 3_480_000, 56.8, 3_195.6))
    telling("unify")
    assert told == [("match 3480000 57 3196", 0, len(STEPS)), ("unify", 1, len(STEPS))]
    assert step_words(told[0][0], "en") == "Comparing records: about 3,480,000 pairs, 57 s and 3,196 MB"
    assert step_words(told[0][0], "zh") == "比对相似的资料：约 3,480,000 对，用时约 57 秒，内存约 3,196 MB"


def test_where_nobody_waits_nothing_is_counted() -> None:
    assert Telling(None).cost_of("match") is None
    Telling(None)("match")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_step_has_words(lang: str) -> None:
    for step in (*STEPS, *TRAINING):
        assert step_words(step, lang)
        assert step_words(with_cost(step, Estimate(1, 2, 3.0, 4.0)), lang)


@pytest.mark.parametrize("file", ["会员.csv", "match 2024.csv", "match 1 2", "publish 1 2 x", ""])
def test_the_name_of_a_file_is_no_step(file: str) -> None:
    assert step_words(file, "zh") is None
