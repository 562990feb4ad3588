"""The town's calendar: which days are busy, and how an instant is written down by each system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa

from huaxiang.town.columns import Column, Floats, Ints, joined, pick

DAY = 86_400
_LUNAR_NEW_YEAR = {
    date(2018, 2, 16), date(2019, 2, 5), date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22),
    date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13),
    date(2030, 2, 3),
}  # fmt: skip
_FIXED_PEAKS = (((3, 5), (3, 8), 1.5, 0.10), ((6, 1), (6, 15), 1.4, 0.10), ((6, 16), (6, 18), 3.0, 0.20),
                ((11, 1), (11, 9), 1.7, 0.10), ((11, 10), (11, 11), 4.0, 0.25),
                ((12, 10), (12, 12), 2.0, 0.15))  # fmt: skip
_CLOCK = pa.array([f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(DAY)])
_SHORT_CLOCK = pa.array([f"{m // 60}:{m % 60:02d}" for m in range(DAY // 60)])


@dataclass(frozen=True)
class Calendar:
    """The ``days`` up to ``last_day`` inclusive; instants are seconds since the first midnight."""

    last_day: date
    days: int

    @property
    def first_day(self) -> date:
        """The first day on which the town trades."""
        return self.last_day - timedelta(days=self.days - 1)

    @property
    def end(self) -> int:
        """The second after the last one of the last day."""
        return self.days * DAY

    def day(self, number: int) -> date:
        """The day ``number`` days after the first one."""
        return self.first_day + timedelta(days=number)

    @cached_property
    def discount(self) -> Floats:
        """For each day the share that promotions take off the list price."""
        return np.array([_season(self.day(number))[1] for number in range(self.days)])

    @cached_property
    def _operational(self) -> Floats:
        busy = np.array([_season(self.day(number))[0] for number in range(self.days)])
        return np.concatenate([[0.0], np.cumsum(busy / busy.mean())])

    def to_rhythm(self, day: Floats) -> Floats:
        """Calendar days in rhythm days, which run faster in busy seasons."""
        return np.interp(day, np.arange(self.days + 1), self._operational)

    def from_rhythm(self, rhythm_day: Floats) -> Floats:
        """Rhythm days back in calendar days."""
        return np.interp(rhythm_day, self._operational, np.arange(self.days + 1))

    def stamp(self, seconds: Ints) -> Column:
        """Instants as ``2026-03-05 14:03:00``."""
        return joined(self.iso_day(seconds // DAY), " ", pick(_CLOCK, seconds % DAY))

    def short_stamp(self, seconds: Ints) -> Column:
        """Instants as a till writes them, ``2026/3/5 14:03``; the seconds are lost."""
        return joined(pick(self._day_names[1], seconds // DAY + _MARGIN), " ", pick(_SHORT_CLOCK, seconds % DAY // 60))

    def iso_day(self, day: Ints) -> Column:
        """Days as ``2026-03-05``."""
        return pick(self._day_names[0], day + _MARGIN)

    def compact_day(self, day: Ints) -> Column:
        """Days as ``20260305``."""
        return pick(self._day_names[2], day + _MARGIN)

    @cached_property
    def _day_names(self) -> tuple[Column, Column, Column]:
        days = [self.day(number) for number in range(-_MARGIN, self.days + _MARGIN)]
        forms = ((f"{d:%Y-%m-%d}", f"{d.year}/{d.month}/{d.day}", f"{d:%Y%m%d}") for d in days)
        iso, short, compact = zip(*forms, strict=True)
        return pa.array(iso), pa.array(short), pa.array(compact)


# Members registered, and coupons end, up to this many days outside the trading days.
_MARGIN = 1_500


def _season(day: date) -> tuple[float, float]:
    """How busy a day is against an ordinary weekday, and its promotion discount."""
    weekend = 1.25 if day.weekday() >= 5 else 1.0
    for start, end, busy, discount in _FIXED_PEAKS:
        if start <= (day.month, day.day) <= end:
            return busy * weekend, discount
    for feast in _LUNAR_NEW_YEAR:
        until = (feast - day).days
        if 0 < until <= 21:
            return 1.7 * weekend, 0.08
        if -7 <= until <= 0:
            return 0.5, 0.0
    return weekend, 0.0
