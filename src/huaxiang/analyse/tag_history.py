"""How one tag of one customer came to be what it is: its value at the ends of months, each computed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import ibis.expr.types as ir

from huaxiang.analyse.one_past import Everybody, OnePast, figures_used
from huaxiang.analyse.order import with_needed
from huaxiang.analyse.own_rows import OwnRows
from huaxiang.engine.interface import Engine
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


def tag_history(
    engine: Engine,
    tables: Mapping[str, ir.Table],
    tags: Tags,
    known: Everybody,
    customer_id: str,
    tag: str,
    as_of: date,
) -> TagHistory:
    """The history of one tag of one customer, from nothing but the customer's own rows.

    ``tables`` are the published ones and ``known`` what they say of all customers. Raises
    :class:`huaxiang.errors.DefinitionError` for an unknown tag.
    """
    wanted = with_needed([tag], tags)
    past = list(OnePast(OwnRows(engine, tables, customer_id), wanted, known).on(month_ends(as_of)))
    needs_others = any(tag in one.left_out for one in past)
    days = () if needs_others else tuple((one.day, one.row[tag]) for one in past if tag in one.row)
    return TagHistory(days, needs_others, bool(figures_used([tag], wanted)))
