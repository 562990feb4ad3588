"""The numbers that the brand's systems give to orders, accounts and coupons."""

from __future__ import annotations

from huaxiang.town.calendar import DAY, Calendar
from huaxiang.town.chance import scrambled
from huaxiang.town.columns import Column, Ints, joined, pick, whole

# More orders, sessions or tickets than one block can have.
_SPAN = 2_000_000
_HANDLES = ("tb", "u_", "lucky", "sunny", "xiaomi_", "wx_", "hello", "miao")


def serial(block: int, number: Ints) -> Column:
    """A number of eleven digits, distinct over all blocks."""
    return whole(block * _SPAN + number, 11)


def ticket_no(calendar: Calendar, seconds: Ints, block: int, number: Ints, kind: str = "XS") -> Column:
    """The number of a sale (XS) or a return (TH) at the till."""
    return joined(kind, calendar.compact_day(seconds // DAY), serial(block, number))


def order_no(calendar: Calendar, seconds: Ints, block: int, number: Ints) -> Column:
    """The web shop's order number: nineteen digits, too long for a float."""
    return joined(calendar.compact_day(seconds // DAY), serial(block, number))


def web_account(seed: int, index: Ints, slot: Ints) -> Column:
    """The login of a person's first, second or third web account."""
    number = scrambled(index * 4 + slot, seed, 6)
    return joined(pick(_HANDLES, number % len(_HANDLES)), whole(number, 10))


def coupon_no(block: int, number: Ints, kind: str) -> Column:
    """The number of a coupon that was used (A) or of one that was not (B)."""
    return joined("YHQ", kind, serial(block, number))
