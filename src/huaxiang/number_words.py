"""Numbers, money, shares and days as people read them: 万 and 亿 in Chinese, k, M and B in English.

Nothing is hidden by rounding: a share that is not zero never reads ``0%``, one that is not whole never reads ``100%``.
A missing value reads ``—``.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

Number = int | float | Decimal

MISSING = "—"
# Each scale with the number from which the next one takes over.
_BEYOND = Decimal("Infinity")
_SCALES: dict[str, tuple[tuple[Decimal, Decimal, str], ...]] = {
    "zh": ((Decimal(10**4), Decimal(10**8), "万"), (Decimal(10**8), _BEYOND, "亿")),
    "en": (
        (Decimal(10**3), Decimal(10**6), "k"),
        (Decimal(10**6), Decimal(10**9), "M"),
        (Decimal(10**9), _BEYOND, "B"),
    ),
}
# Below ten thousand every digit is shown in both languages.
_SHORTEN_FROM = Decimal(10**4)
_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥", "TWD": "NT$"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def short_number(value: Number | None, lang: str) -> str:
    """A count or amount in at most three significant digits with its scale: ``12.3万``, ``1.23M``, ``9,876``.

    Below ten thousand whole numbers are exact and others have at most two decimals. Null and NaN read ``—``.
    """
    # The same as below, in a tenth of the time: most numbers are small counts.
    if isinstance(value, int) and -9_999 <= value <= 9_999:
        _known(lang)
        return f"{value:,d}"
    if _missing(value):
        return MISSING
    number = _decimal(value)
    sign, size = ("-" if number < 0 else ""), abs(number)
    return (sign if _rounded(size, 2) else "") + _scaled(size, lang)


def exact_number(value: Number, lang: str) -> str:
    """A number with all its digits, as rules compare with it: ``12,345.67``, or ``5万`` where that loses none."""
    _known(lang)
    number = _decimal(value)
    sign, size = ("-" if number < 0 else ""), abs(number)
    for scale, above, mark in _SCALES[lang]:
        if max(scale, _SHORTEN_FROM) <= size < above and (shown := size / scale) == _rounded(shown, 2):
            return f"{sign}{_trimmed(shown)}{mark}"
    return sign + _trimmed(size)


def exact_percent(share: Number, lang: str) -> str:
    """A share with all its digits: ``12.345%``."""
    _known(lang)
    return f"{_trimmed(_decimal(share) * 100)}%"


def money(value: Number | None, currency: str, lang: str) -> str:
    """An amount with its currency (ISO 4217 code): ``¥1,234.50``, ``¥12.3万``, ``$1.23M``, ``CHF 90.00``.

    Below ten thousand whole amounts have no decimals, others two. Null and NaN read ``—``.
    """
    if _missing(value):
        return MISSING
    number = _decimal(value)
    sign, size = ("-" if number < 0 else ""), abs(number)
    cents = _rounded(size, 2)
    exact = f"{cents:,.0f}" if cents == cents.to_integral_value() else f"{cents:,.2f}"
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    return (sign if cents else "") + symbol + (exact if cents < _SHORTEN_FROM else _scaled(size, lang))


def percent(share: Number | None, lang: str) -> str:
    """A share between 0 and 1 (inclusive; other values are allowed for changes) with one decimal: ``12.3%``.

    Above 0 but below 0.1% reads ``<0.1%``; below 1 but above 99.9% reads ``>99.9%``. Null and NaN read ``—``.
    """
    _known(lang)
    if _missing(share):
        return MISSING
    number = _decimal(share)
    if 0 < number < Decimal("0.001"):
        return "<0.1%"
    if Decimal("0.999") < number < 1:
        return ">99.9%"
    return f"{_trimmed(_rounded(number * 100, 1))}%"


def chance(probability: Number | None, lang: str) -> str:
    """How likely something is (0 to 1), with the digits that tell it from certainty: ``93.7%``, ``99.95%``.

    Above 99.99%, certainty itself included, reads ``>99.99%``: no computation is sure. Null and NaN read ``—``.
    """
    if _missing(probability) or _decimal(probability) <= Decimal("0.999"):
        return percent(probability, lang)
    number = _decimal(probability)
    if number > Decimal("0.9999"):
        return ">99.99%"
    return f"{(number * 100).quantize(Decimal('0.01'), rounding=ROUND_DOWN)}%"


def signed(bits: float) -> str:
    """Bits of evidence with their sign and one decimal: ``+9.5``, ``−3.1``, ``0``."""
    rounded = round(bits, 1)
    return "0" if not rounded else f"{'+' if rounded > 0 else '−'}{abs(rounded):.1f}"


def date_words(day: date | None, lang: str) -> str:
    """A calendar day: ``2026年11月21日`` or ``21 Nov 2026``. Null reads ``—``."""
    _known(lang)
    if day is None:
        return MISSING
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _scaled(size: Decimal, lang: str) -> str:
    _known(lang)
    if _rounded(size, 2) < _SHORTEN_FROM:
        return _trimmed(_rounded(size, 2))
    # What rounds up to the next scale is told in it: 99,999,999 is 1亿, not 10,000万.
    return next(
        f"{_trimmed(shown)}{mark}"
        for scale, above, mark in _SCALES[lang]
        if (shown := _three_digits(size / scale)) * scale < above
    )


def _three_digits(value: Decimal) -> Decimal:
    return _rounded(value, 2 if value < 10 else 1 if value < 100 else 0)


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _trimmed(value: Decimal) -> str:
    text = f"{value:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _decimal(value: Number | None) -> Decimal:
    # Through text, so that 0.1 stays 0.1.
    return Decimal(str(value))


def _missing(value: Number | None) -> bool:
    return value is None or not _decimal(value).is_finite()


def _known(lang: str) -> None:
    if lang not in _SCALES:
        raise ValueError(f"language {lang!r} is not one of {sorted(_SCALES)}")
