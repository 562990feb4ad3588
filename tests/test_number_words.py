"""Numbers as people read them: fixed readings, and promises that hold for every number."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huaxiang.number_words import Number, chance, date_words, exact_number, exact_percent, money, percent, short_number

SCALE = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9, "万": 10**4, "亿": 10**8}


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (-0.001, "0", "0"),
        (1234, "1,234", "1,234"),
        (9999, "9,999", "9,999"),
        (9999.999, "1万", "10k"),
        (12345, "1.23万", "12.3k"),
        (-12345, "-1.23万", "-12.3k"),
        (1234567, "123万", "1.23M"),
        (12_345_678, "1,235万", "12.3M"),
        (99_999_999, "1亿", "100M"),
        (999_999, "100万", "1M"),
        (1_234_567_890, "12.3亿", "1.23B"),
        (12.5, "12.5", "12.5"),
        (None, "—", "—"),
        (float("nan"), "—", "—"),
        (Decimal("Infinity"), "—", "—"),
    ],
)
def test_short_number_reads_as_people_write_it(value: Number | None, zh: str, en: str) -> None:
    assert (short_number(value, "zh"), short_number(value, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("value", "currency", "zh", "en"),
    [
        (Decimal("1234.50"), "CNY", "¥1,234.50", "¥1,234.50"),
        (1234, "CNY", "¥1,234", "¥1,234"),
        (123456, "CNY", "¥12.3万", "¥123k"),
        (-20, "USD", "-$20", "-$20"),
        (Decimal("-0.001"), "USD", "$0", "$0"),
        (90, "CHF", "CHF 90", "CHF 90"),
        (None, "CNY", "—", "—"),
    ],
)
def test_money_names_its_currency(value: Number | None, currency: str, zh: str, en: str) -> None:
    assert (money(value, currency, "zh"), money(value, currency, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0%"), (0.0004, "<0.1%"), (0.123, "12.3%"), (0.9996, ">99.9%"), (1, "100%"), (-0.05, "-5%"), (None, "—")],
)
def test_percent_never_rounds_something_to_nothing_or_all(share: Number | None, words: str) -> None:
    assert percent(share, "zh") == percent(share, "en") == words


def test_a_day_reads_in_both_languages() -> None:
    day = date(2026, 3, 5)
    assert (date_words(day, "zh"), date_words(day, "en"), date_words(None, "zh")) == ("2026年3月5日", "5 Mar 2026", "—")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["zh", "en"]))
def test_a_short_number_is_never_more_than_half_a_percent_off(value: int, lang: str) -> None:
    digits, mark = re.fullmatch(r"(-?[\d,.]+)(\D?)", short_number(value, lang)).groups()  # type: ignore[union-attr]
    read = Decimal(digits.replace(",", "")) * SCALE[mark]
    assert abs(read - value) <= abs(value) * Decimal("0.005")


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (9_999.5, "9,999.5", "9,999.5"),
        (12_300, "1.23万", "12.3k"),
        (12_345.67, "12,345.67", "12,345.67"),
        (100_000.5, "100,000.5", "100,000.5"),
        (-15_000, "-1.5万", "-15k"),
        (250_000_000, "2.5亿", "250M"),
        (1_234_000, "123.4万", "1,234,000"),
    ],
)
def test_an_exact_number_is_scaled_only_where_no_digit_is_lost(value: Number, zh: str, en: str) -> None:
    assert (exact_number(value, "zh"), exact_number(value, "en")) == (zh, en)


@given(st.decimals(-(10**12), 10**12, places=4), st.sampled_from(["zh", "en"]))
def test_an_exact_number_reads_back_as_it_was(value: Decimal, lang: str) -> None:
    number, scale = re.fullmatch(r"(-?[\d,.]+)(\D?)", exact_number(value, lang)).groups()  # type: ignore[union-attr]
    assert Decimal(number.replace(",", "")) * SCALE[scale] == value
    assert Decimal(exact_percent(value, lang).rstrip("%").replace(",", "")) == value * 100


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr'"):
        short_number(5, "fr")


@pytest.mark.parametrize(
    ("probability", "said"),
    [(0.937, "93.7%"), (0.999, "99.9%"), (0.99959, "99.95%"), (0.99996, ">99.99%"), (1.0, ">99.99%"), (None, "—")],
)
def test_a_chance_is_never_certain(probability: float | None, said: str) -> None:
    assert {chance(probability, lang) for lang in ("zh", "en")} == {said}
