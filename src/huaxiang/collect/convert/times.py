"""Times and dates as Chinese and English exports write them.

Read are 2026-03-05 14:03:00 (with -, /, . or 年月日, with T, seconds, fractions, AM/PM or 上午/下午, an offset or Z),
20260305, 20260305140300, 3/5/2026 or 5/3/2026 by the mapping's ``month_first``, Excel serial numbers, and epoch
seconds or milliseconds. Instants with an offset, and epochs, are brought into the workspace's time zone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pyarrow as pa

from huaxiang.collect.convert.column import Fault, Read, Reader
from huaxiang.collect.convert.text import narrow

_DAY = re.compile(
    r"^(?:(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|((?:19|20)\d{2})(\d{2})(\d{2})(?=[T\s]))"
)
_CLOCK = re.compile(
    r"^[T\s]*(上午|下午|AM|PM)?\s*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.(\d{1,9}))?秒?)?分?\s*(AM|PM)?\s*((?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d{2}))?|Z|GMT|UTC)?$",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"^((?:18|19|20|21)\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?$")
_SERIAL = re.compile(r"^[2-7]\d{4}(\.\d+)?$")
_EPOCH = re.compile(r"^1\d{9}(\d{3})?$")
_PLAIN_TIME = r"^(19|20)\d{2}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])( (0\d|1\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?)?$"
_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$")
EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2100, 1, 1)


def time_reader(*, month_first: bool, zone: str) -> Reader:
    """Instants as naive timestamps in ``zone``. Faults: ``time_unreadable``, ``time_impossible`` (a day or hour that
    does not exist), ``time_out_of_range`` (before 1900 or after 2099); repair: ``time_reworded``."""
    place = ZoneInfo(zone)
    return Reader(
        pa.timestamp("us"), lambda text: Read(_instant(text, month_first, place), _reworded(text)), _PLAIN_TIME
    )


def date_reader(*, month_first: bool, zone: str) -> Reader:
    """Days, with the same faults as instants."""
    place = ZoneInfo(zone)
    return Reader(
        pa.date32(), lambda text: Read(_instant(text, month_first, place).date(), _reworded(text)), _PLAIN_TIME
    )


def birth_date_reader(*, month_first: bool, zone: str, today: date) -> Reader:
    """Birth dates; days before 1905, the filler 1900-01-01 and days to come are ``birth_date_implausible``."""
    place = ZoneInfo(zone)

    def read(text: str) -> Read:
        try:
            day = _instant(text, month_first, place).date()
        except Fault as fault:
            raise Fault("birth_date_implausible" if str(fault) == "time_out_of_range" else str(fault)) from None
        if not date(1905, 1, 1) <= day <= today:
            raise Fault("birth_date_implausible")
        return Read(day, _reworded(text))

    return Reader(pa.date32(), read)


def _reworded(text: str) -> str | None:
    return None if _ISO.match(text) else "time_reworded"


def _instant(text: str, month_first: bool, zone: ZoneInfo) -> datetime:
    plain = narrow(text)
    value = _numeric(plain, zone) or _worded(plain, month_first, zone)
    if not EARLIEST <= value < LATEST:
        raise Fault("time_out_of_range")
    return value


def _numeric(text: str, zone: ZoneInfo) -> datetime | None:
    if compact := _COMPACT.match(text):
        return _made(*(int(part or 0) for part in compact.groups()))
    if _SERIAL.match(text):
        return datetime(1899, 12, 30) + timedelta(seconds=round(float(text) * 86400))
    if _EPOCH.match(text):
        seconds = int(text) / (1000 if len(text) == 13 else 1)
        return datetime.fromtimestamp(seconds, UTC).astimezone(zone).replace(tzinfo=None)
    return None


def _worded(text: str, month_first: bool, zone: ZoneInfo) -> datetime:
    day = _DAY.match(text)
    if not day:
        raise Fault("time_unreadable")
    year, month, number, first, second, last, *compact = day.groups()
    if last:
        year, month, number = (last, first, second) if month_first else (last, second, first)
    elif compact[0]:
        year, month, number = compact
    rest = text[day.end() :].strip()
    clock = _CLOCK.match(rest) if rest else None
    if rest and not clock:
        raise Fault("time_unreadable")
    return _with_clock(_made(int(year), int(month), int(number)), clock, zone)


def _with_clock(day: datetime, clock: re.Match[str] | None, zone: ZoneInfo) -> datetime:
    if clock is None:
        return day
    before, hour, minute, second, fraction, after, offset, sign, hours, minutes = clock.groups()
    half = (before or after or "").upper()
    number = int(hour) % 12 + (12 if half in ("PM", "下午") else 0) if half else int(hour)
    value = _made(day.year, day.month, day.day, number, int(minute), int(second or 0))
    value += timedelta(microseconds=int((fraction or "0")[:6].ljust(6, "0")))
    if not offset:
        return value
    east = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    return value.replace(tzinfo=timezone(east)).astimezone(zone).replace(tzinfo=None)


def _made(*parts: int) -> datetime:
    try:
        return datetime(*parts)  # type: ignore[arg-type]
    except ValueError:
        raise Fault("time_impossible") from None
