"""Amounts and counts: currency signs, thousands separators, brackets for negatives, full-width digits."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal

import pyarrow as pa

from huaxiang.collect.convert.column import Fault, Read, Reader
from huaxiang.collect.convert.text import narrow

MONEY = pa.decimal128(18, 4)
_NUMBER = re.compile(r"^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?$")
_GROUPED = re.compile(r"^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$")
_SIGN_BEFORE = re.compile(r"^([-+]?)\s*(?:cny|rmb|usd|eur|gbp|[¥$€£])\s*", re.IGNORECASE)
_SIGN_BEHIND = re.compile(r"\s*(?:元|圆|cny|rmb|usd|eur|gbp|[¥$€£])$", re.IGNORECASE)
_PLAIN = r"^-?\d{1,14}(\.\d{1,4})?$"
_PLACES = Decimal("0.0001")


def amount_reader(*, decimal_comma: bool = False) -> Reader:
    """Exact decimals with four places. Faults: ``amount_unreadable``, ``amount_out_of_range``; repairs:
    ``amount_reworded`` (signs, separators, width taken off), ``amount_rounded`` (more than four places)."""

    def read(text: str) -> Read:
        bare = _bare(narrow(text))
        plain = bare.replace(".", "").replace(",", ".") if decimal_comma else _ungrouped(bare)
        if not _NUMBER.match(plain):
            raise Fault("amount_unreadable")
        exact = Decimal(plain)
        if abs(exact) >= Decimal(10) ** 14:
            raise Fault("amount_out_of_range")
        value = exact.quantize(_PLACES, ROUND_HALF_EVEN)
        return Read(value, _repair(exact, value, plain != text))

    return Reader(MONEY, read, None if decimal_comma else _PLAIN)


def whole_reader(low: int | None = None, high: int | None = None, *, implausible: str | None = None) -> Reader:
    """Whole numbers from ``low`` to ``high``. Faults: ``number_unreadable``, and ``number_out_of_range`` (or the code
    given as ``implausible``) outside the range."""

    def read(text: str) -> Read:
        plain = re.sub(r"\s*(分|星|人|岁|个|年)$", "", narrow(text))
        match = re.match(r"^([-+]?\d{1,17})(?:\.0+)?$", _ungrouped(plain))
        if not match:
            raise Fault("number_unreadable")
        value = int(match[1])
        if (low is not None and value < low) or (high is not None and value > high):
            raise Fault(implausible or "number_out_of_range")
        return Read(value, None if match[0] == text else "number_reworded")

    return Reader(pa.int64(), read)


def _repair(exact: Decimal, value: Decimal, reworded: bool) -> str | None:
    # A binary fraction printed in full (4.950000000000001) is the same amount, not a rounding.
    if abs(exact - value) > Decimal("0.00000001"):
        return "amount_rounded"
    return "amount_reworded" if reworded else None


def _bare(text: str) -> str:
    inner = re.match(r"^\((.+)\)$", text)
    signed = "-" + inner[1] if inner else text
    return _SIGN_BEHIND.sub("", _SIGN_BEFORE.sub(r"\1", signed)).replace(" ", "")


def _ungrouped(text: str) -> str:
    return text.replace(",", "") if _GROUPED.match(text) else text
