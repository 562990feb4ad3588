"""Two tags against each other within a group: which pairs of values meet more or less often than by chance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import sqrt

import ibis.expr.types as ir
import numpy as np

from huaxiang.analyse.groups.bars import Bar, is_list
from huaxiang.analyse.groups.counting import SIDE, Counted, counts, narrow
from huaxiang.analyse.groups.effects import cramers_v
from huaxiang.analyse.groups.significance import LEVEL, corrected, two_groups
from huaxiang.analyse.groups.splits import Split, one_of_each, splits_of
from huaxiang.analyse.groups.verdicts import FEWEST_CUSTOMERS, FEWEST_WITH_VALUE, Verdict
from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import Fields


@dataclass(frozen=True)
class CrossCell:
    """One pair of values: its customers, how many chance would bring together, and how far that is apart.

    ``residual`` is the adjusted standardized residual (Haberman 1973): beyond ±2 is rare by chance in a single cell.
    ``q`` is the exact p-value corrected for all cells.
    """

    customers: int
    expected: float
    residual: float
    q: float
    verdict: Verdict


@dataclass(frozen=True)
class CrossTable:
    """``rows`` and ``columns`` are the bars of both tags with their customers; ``cells`` by row, then column.

    ``v`` is Cramér's V (0 to 1), None where a tag may have several values for one customer.
    """

    rows: tuple[tuple[Bar, int], ...]
    columns: tuple[tuple[Bar, int], ...]
    cells: tuple[tuple[CrossCell, ...], ...]
    customers: int
    v: float | None


def cross_table(engine: Engine, rows: ir.Table, fields: Fields, down: str, across: str) -> CrossTable:
    """Both tags over the customers with ``inside`` true, unknown values included.

    Each cell is compared with what its row and column lead one to expect, which holds for tags with several values too:
    the cell's customers against all others. Tags must be in ``rows`` and differ.
    """
    chosen = rows.filter(rows.inside).select("customer_id", down, across)
    inside = narrow(engine, "cross_rows", chosen.mutate(**{SIDE: 1}))
    splits = splits_of(engine, inside, fields, (down, across))
    (total, _), margins = counts(engine, inside, splits)
    found = _pairs(engine, inside, splits[down], splits[across])
    left, right = (_lines(margins[key]) for key in (down, across))
    met = [[_met(found, margins, (down, across), (one, other)) for other, _ in right] for one, _ in left]
    both_single = not any(is_list(fields[key]) for key in (down, across))
    return CrossTable(left, right, _cells(met, left, right, total), total, cramers_v(met) if both_single else None)


def _lines(counted: Counted) -> tuple[tuple[Bar, int], ...]:
    return tuple((bar, pair[0]) for bar, pair in counted.bars)


def _pairs(engine: Engine, rows: ir.Table, down: Split, across: Split) -> dict[tuple[str | None, str | None], int]:
    left = one_of_each(rows, down).rename(left="place")
    both = one_of_each(left, across).rename(right="place")
    grouped = both.group_by("left", "right").aggregate(customers=both.count())
    told = grouped.select(grouped.left.cast("string"), grouped.right.cast("string"), grouped.customers)
    found: dict[tuple[str | None, str | None], int] = defaultdict(int)
    for one, other, customers in (row.values() for row in only(engine.arrow(told))):
        found[one, other] += int(str(customers))  # type: ignore[index]
    return found


def _met(
    found: dict[tuple[str | None, str | None], int],
    margins: dict[str, Counted],
    keys: tuple[str, str],
    pair: tuple[Bar, Bar],
) -> int:
    sides = [margins[key].places(bar) for key, bar in zip(keys, pair, strict=True)]
    return sum(count for (left, right), count in found.items() if left in sides[0] and right in sides[1])


def _cells(
    met: list[list[int]], rows: tuple[tuple[Bar, int], ...], columns: tuple[tuple[Bar, int], ...], total: int
) -> tuple[tuple[CrossCell, ...], ...]:
    p_values = [
        two_groups(met[down][across], row, column - met[down][across], total - row)
        for down, (_, row) in enumerate(rows)
        for across, (_, column) in enumerate(columns)
    ]
    adjusted = iter(corrected(np.array(p_values, dtype=np.float64)))
    return tuple(
        tuple(
            _cell(met[down][across], row, column, total, float(next(adjusted)))
            for across, (_, column) in enumerate(columns)
        )
        for down, (_, row) in enumerate(rows)
    )


def _cell(customers: int, row: int, column: int, total: int, q: float) -> CrossCell:
    expected = row * column / total
    spread = sqrt(max(expected * (1 - row / total) * (1 - column / total), 0.0))
    residual = (customers - expected) / spread if spread else 0.0
    few = total < FEWEST_CUSTOMERS or max(customers, expected) < FEWEST_WITH_VALUE
    apart: Verdict = "more" if customers > expected else "less"
    return CrossCell(customers, expected, residual, q, "too_few" if few else apart if q <= LEVEL else "alike")
