"""Opinions with their customer, and the mood of a text."""

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.prepare.rows import put, read

from huaxiang.engine import Engine
from huaxiang.prepare.feedback import feedback_fact
from huaxiang.prepare.sentiment import sentiment


def test_feedback_has_customer_and_mood(each_engine: Engine) -> None:
    accounts = each_engine.bring("some_accounts", pa.table({"account_key": ["member_no:M1"], "customer_id": ["c1"]}))
    rows: list[dict[str, Any]] = [
        {"feedback_no": "1", "account_key": "member_no:M1", "text": "味道不错，送货很快"},
        {"feedback_no": "2", "text": "味道不错，送货很快", "satisfaction_1_5": 5},
        {"feedback_no": "3", "text": "质量太差，再也不来"},
        {"feedback_no": "4"},
        {"feedback_no": "5", "occurred_at": datetime(2026, 4, 1), "text": "好"},
    ]
    put(each_engine, feedback=rows)
    found = {
        row["feedback_no"]: row for row in read(each_engine, feedback_fact(each_engine, accounts, date(2026, 3, 31)))
    }
    assert {number: row["sentiment"] for number, row in found.items()} == {"1": 1.0, "2": 1.0, "3": -1.0, "4": None}
    assert [found[number]["customer_id"] for number in "12"] == ["c1", None]
    assert found["2"]["satisfaction_1_5"] == 5


@pytest.mark.parametrize(
    "text",
    [
        "不错",
        "很好吃",
        "没问题",
        "服务热情，环境干净",
        "没有任何问题，推荐",
        "非常满意！",
        "not bad",
        "ＧＯＯＤ",
        "Great, friendly",
    ],
)
def test_good_words(text: str) -> None:
    assert (sentiment(text) or 0) > 0


@pytest.mark.parametrize(
    "text",
    [
        "不好",
        "不是很满意",
        "服务态度不是很好",
        "难吃，等了半天",
        "退款没人理",
        "not good at all",
        "I don't like it",
        "RUDE",
    ],
)
def test_bad_words(text: str) -> None:
    assert (sentiment(text) or 0) < 0


def test_what_follows_a_turn_weighs_more() -> None:
    assert (sentiment("菜很好吃，但是送得很慢") or 0) < 0 < (sentiment("送得很慢，但是菜很好吃") or 0)


@pytest.mark.parametrize(
    ("text", "mood"), [("", None), ("  \u200b", None), ("🙂", 0.0), ("周三下午到货", 0.0), ("goodness", 0.0)]
)
def test_nothing_said(text: str, mood: float | None) -> None:
    assert sentiment(text) == mood


@given(st.text(max_size=60))
def test_any_text_has_a_mood_within_bounds(text: str) -> None:
    mood = sentiment(text)
    assert mood is None or -1 <= mood <= 1


def test_labelled_reviews_are_judged_better_than_by_always_saying_the_same(shared_data: Path) -> None:
    with (shared_data / "cn_reviews" / "waimai_10k.csv").open(encoding="utf-8-sig", newline="") as file:
        labelled = [(row["label"] == "1", sentiment(row["review"]) or 0) for row in csv.DictReader(file)]
    assert len(labelled) == 11_987
    right = sum((mood > 0) == is_good for is_good, mood in labelled) / len(labelled)
    always_bad = sum(not is_good for is_good, _ in labelled) / len(labelled)
    assert right > 0.82 > always_bad
