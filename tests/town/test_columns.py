"""The bulk makers of text and chance against plain Python."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.town.calendar import Calendar
from huaxiang.town.chance import ragged, scrambled
from huaxiang.town.columns import money
from huaxiang.town.names import phones
from huaxiang.town.texts import remarks


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1))
def test_money_is_exact(cents: list[int]) -> None:
    written = money(np.array(cents, dtype=np.int64)).to_pylist()
    assert [int(Decimal(text) * 100) for text in written] == cents
    assert all(len(text.split(".")[1]) == 2 for text in written)


_CALENDAR = Calendar(date(2026, 6, 30), 365)


@given(st.lists(st.integers(0, 364 * 86_400), min_size=1))
def test_stamps_name_the_instant(seconds: list[int]) -> None:
    calendar = _CALENDAR
    start = datetime(2025, 7, 1)
    due = [start + timedelta(seconds=second) for second in seconds]
    numbers = np.array(seconds, dtype=np.int64)
    assert calendar.stamp(numbers).to_pylist() == [f"{when:%Y-%m-%d %H:%M:%S}" for when in due]
    short = [f"{when.year}/{when.month}/{when.day} {when.hour}:{when.minute:02d}" for when in due]
    assert calendar.short_stamp(numbers).to_pylist() == short


@given(st.floats(0, 365))
def test_rhythm_days_go_there_and_back(day: float) -> None:
    calendar = _CALENDAR
    assert abs(calendar.from_rhythm(calendar.to_rhythm(np.array([day])))[0] - day) < 1e-6


@given(st.integers(0, 2**31 - 1), st.integers(0, 10))
def test_scrambling_keeps_numbers_apart(seed: int, salt: int) -> None:
    numbers = np.concatenate([np.arange(2_000), np.arange(79_998_000, 80_000_000)])
    mixed = scrambled(numbers, seed, salt)
    assert len(np.unique(mixed)) == len(numbers)
    assert mixed.min() >= 0


@given(st.lists(st.integers(0, 6)))
def test_ragged_lists_keep_their_lengths(counts: list[int]) -> None:
    owner, place = ragged(np.array(counts, dtype=np.int64))
    expected = [(who, n) for who, count in enumerate(counts) for n in range(count)]
    assert list(zip(owner.tolist(), place.tolist(), strict=True)) == expected


def test_phones_are_mobile_numbers_and_distinct() -> None:
    numbers = [phone for slot in (0, 1, 2, 7) for phone in phones(5, slot, np.arange(5_000)).to_pylist()]
    assert len(set(numbers)) == len(numbers)
    assert all(len(phone) == 11 and phone.isdigit() and phone[0] == "1" for phone in numbers)


def test_thousands_of_remarks_differ() -> None:
    rng = np.random.default_rng(1)
    texts = remarks(rng, rng.integers(0, 3, 5_000), rng.integers(0, 8, 5_000)).to_pylist()
    assert len(set(texts)) > 4_000
