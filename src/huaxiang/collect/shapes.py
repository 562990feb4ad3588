"""What values look like: the share of a column's sample that has the shape of a kind of field."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from huaxiang.collect.convert.text import is_missing, meaning, narrow
from huaxiang.model.hashes import HASH_SHAPE

_PHONE = re.compile(r"^(\+?0{0,2}86)?[\s-]*1[3-9](\d[\s-]*){9}$")
_HASH = re.compile(HASH_SHAPE)
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_ID_CARD = re.compile(r"^\d{17}[\dXx]$")
_TIME = re.compile(
    r"^(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}/\d{1,2}/\d{2,4}|(19|20)\d{6})"
    r"([ T]*\d{1,2}[:：时]\d{1,2}.*)?$|^(19|20)\d{12}$|^1\d{9}(\d{3})?$|^[234]\d{4}(\.\d+)?$"
)
_CLEAR_TIME = re.compile(r"^(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|\d{1,2}/\d{1,2}/\d{4})(\D|$)")
_AMOUNT = re.compile(
    r"^\(?[-+]?[¥$€£]?\s*[-+]?\d{1,3}(,?\d{3})*(\.\d+)?\s*(元|rmb|cny)?\)?$|^[-+]?\d+(\.\d+)?(e[-+]?\d+)?$",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"^-?\d+(\.0+)?$")
_BIRTH_YEAR = re.compile(r"^(18|19|20)\d{2}$")

#: Kinds that travel as hashes.
_HASHED = ("phone", "email")

Test = Callable[[str], bool]


def present(values: Sequence[str]) -> list[str]:
    """The values that are not a word for 'no value', width folded and trimmed."""
    return [narrow(value) for value in values if not is_missing(value)]


def share(values: Sequence[str], kind: str) -> float | None:
    """The share of the given present values that have the shape of ``kind``; None when that kind has no shape of its
    own or there is no value."""
    test = _TESTS.get(kind)
    return None if test is None or not values else sum(map(test, values)) / len(values)


def share_named(values: Sequence[str], kind: str) -> float | None:
    """The same under a header that names the kind: a phone or e-mail address may come as a hash, which alone could be
    the hash of anything."""
    plain = [value for value in values if not _HASH.match(value)] if kind in _HASHED else values
    found = share(plain, kind)
    hashed = len(values) - len(plain)
    return found if not hashed else ((found or 0) * len(plain) + hashed) / len(values)


def _pattern(pattern: re.Pattern[str]) -> Test:
    return lambda value: bool(pattern.match(value))


def _whole(low: float, high: float) -> Test:
    return lambda value: bool(_WHOLE.match(value)) and low <= float(value) <= high


def _worded(kind: str) -> Test:
    return lambda value: meaning(value, kind) is not None


_TESTS: dict[str, Test] = {
    "phone": _pattern(_PHONE),
    "email": _pattern(_EMAIL),
    "id_card": _pattern(_ID_CARD),
    "time": _pattern(_TIME),
    "clear_time": _pattern(_CLEAR_TIME),
    "date": _pattern(_TIME),
    "birth_date": _pattern(_TIME),
    "birth_year": _pattern(_BIRTH_YEAR),
    "age": _whole(1, 130),
    "money": _pattern(_AMOUNT),
    "quantity": _pattern(_AMOUNT),
    "int": _whole(float("-inf"), float("inf")),
    "score_0_10": _whole(0, 10),
    "score_1_5": _whole(1, 5),
    "sentiment_0_1": _whole(0, 1),
    **{kind: _worded(kind) for kind in ("gender", "bool", "order_status", "payment_status", "event_name")},
}
