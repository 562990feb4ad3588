"""How one tag of one customer came to be what it is: its value at the ends of months, each computed again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from huaxiang.analyse.everybody import Everybody
from huaxiang.analyse.one_past import OnePast, figures_used
from huaxiang.analyse.order import with_needed
from huaxiang.analyse.own_rows import OwnRows
from huaxiang.model.tags import Tags

#: Ends of months that are looked at before the day of the profile.
MONTHS = 12


@dataclass(frozen=True)
class TagHistory:
    """The value of a tag on each of the ``days``, oldest first; days before the customer was known are left out.

    ``needs_others`` says that it is a place among all customers of a day, so that nothing can be computed for one of
    them; ``uses_averages`` that it rests on an average of all customers, taken from the latest day throughout.
    """

    days: tuple[tuple[date, Any], ...]
    needs_others: bool
    uses_averages: bool

    @property
    def changes(self) -> int:
        """How often the value differs from that of the day before it in the list."""
        return sum(before[1] != after[1] for before, after in pairwise(self.days))


def month_ends(as_of: date, months: int = MONTHS) -> list[date]:
    """The last days of that many months before the day, oldest first, and the day itself."""
    found, first = [as_of], as_of.replace(day=1)
    for _ in range(months):
        last = first - timedelta(days=1)
        found.append(last)
        first = last.replace(day=1)
    return sorted(set(found))


class MonthsOfTag:
    """The history of one tag as a question that is asked of one customer after the other, of their own rows alone: what
    is known of all customers is looked up once.

    Raises :class:`huaxiang.errors.DefinitionError` for an unknown tag.
    """

    def __init__(self, own: OwnRows, tags: Tags, known: Everybody, tag: str, as_of: date) -> None:
        self._tag, self._tags, self._days = tag, with_needed([tag], tags), month_ends(as_of)
        self._past = OnePast(own, self._tags, known)
        self._needs_others = any(tag in known.computable(self._tags, day)[1] for day in self._days)

    def found(self) -> TagHistory:
        """The history of the customer whose rows are shown."""
        days = () if self._needs_others else tuple(self._computed())
        return TagHistory(days, self._needs_others, bool(figures_used([self._tag], self._tags)))

    def _computed(self) -> Iterator[tuple[date, Any]]:
        # All days in one question take longer: planning it grows faster than they do.
        past = self._past.on(self._days)
        yield from ((one.day, one.row[self._tag]) for one in past if self._tag in one.row)
